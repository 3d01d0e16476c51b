/**
 * `spec.namespace`: the guard rails, which every namespace of the environment must contain. What is made of them stands
 * in src/guardrails; what contradicts itself, in ../load/guardRails.ts.
 */
import { type JsonSchema, section, textList } from './bounds.ts';

/** The sections, by the names that `optOut.allowed` and the label `weir.dev/guard-rail` use. */
export const GUARD_RAILS = ['networkPolicies', 'roles', 'pullSecrets', 'limitRange', 'quota'] as const;
export type GuardRailName = (typeof GUARD_RAILS)[number];

export interface NamespacePolicy {
  readonly networkPolicies?: NetworkPoliciesPolicy;
  readonly roles?: RolesPolicy;
  readonly pullSecrets?: PullSecretsPolicy;
  readonly quota?: QuotaPolicy;
  readonly limitRange?: LimitRangePolicy;
  readonly optOut?: { readonly allowed?: readonly GuardRailName[] };
}

type Labels = Readonly<Record<string, string>>;

export interface NetworkPoliciesPolicy {
  readonly ingress?: {
    readonly default?: 'deny' | 'allow';
    /** Who reads the metrics of services, on queue-proxy's port 9091. */
    readonly prometheus?: PodsElsewhere;
    readonly others?: readonly IngressPath[];
  };
  readonly egress?: {
    readonly default?: 'deny' | 'allow';
    /** Where names are looked up; kube-dns in kube-system unless said. */
    readonly dns?: PodsElsewhere;
    /** Where the Brokers' ingress runs; knative-eventing unless said. */
    readonly eventingNamespace?: string;
    readonly others?: readonly EgressPath[];
  };
}

/** Pods of another namespace: those with the labels, or all of it. */
export interface PodsElsewhere {
  readonly namespace: string;
  readonly labels?: Labels;
}

/** A way in that stays open beside those that Knative needs. */
export interface IngressPath {
  readonly name: string;
  readonly from: readonly NetworkPeer[];
  /** The namespace's pods that it leads to, by their labels; all of them unless said. */
  readonly to?: Labels;
  /** Every port unless said. */
  readonly ports?: readonly NetworkPort[];
}

/** A way out that stays open beside those that Knative needs. */
export interface EgressPath {
  readonly name: string;
  readonly to: readonly NetworkPeer[];
  /** The namespace's pods that it is open for, by their labels; all of them unless said. */
  readonly from?: Labels;
  readonly ports?: readonly NetworkPort[];
}

/** `cidr` alone, or namespaces and pods by name and labels; pods alone are those of the same namespace. */
export interface NetworkPeer {
  readonly namespace?: string;
  readonly namespaceLabels?: Labels;
  readonly pods?: Labels;
  readonly cidr?: string;
  readonly except?: readonly string[];
}

export interface NetworkPort {
  readonly port: number;
  readonly endPort?: number;
  readonly protocol?: 'TCP' | 'UDP' | 'SCTP';
}

export interface RolesPolicy {
  /** The Role's name. */
  readonly 'knative-deployer'?: { readonly groups?: readonly string[] };
}

export interface PullSecretsPolicy {
  /** The namespace that holds the Secrets that are copied. */
  readonly from?: string;
  readonly names?: readonly string[];
  /** ServiceAccounts whose imagePullSecrets name the copies. */
  readonly serviceAccounts?: readonly string[];
  /** What was named above once: Weir may write nothing that no policy names, not even to take it back. */
  readonly retired?: { readonly names?: readonly string[]; readonly serviceAccounts?: readonly string[] };
}

export interface QuotaPolicy {
  readonly hard?: Readonly<Record<string, string | number>>;
}

/** What a LimitRange says of a container; quantities by resource. */
export interface LimitRangePolicy {
  readonly default?: Quantities;
  readonly defaultRequest?: Quantities;
  readonly min?: Quantities;
  readonly max?: Quantities;
  readonly maxLimitRequestRatio?: Quantities;
}

export const LIMITED = ['cpu', 'memory', 'ephemeral-storage'] as const;
export type Limited = (typeof LIMITED)[number];
type Quantities = Readonly<Partial<Record<Limited, string | number>>>;

const name: JsonSchema = { type: 'string', format: 'name' };
const namespaceName: JsonSchema = { ...name, description: 'the name of a namespace' };
const quantity: JsonSchema = { type: ['string', 'number'], format: 'quantity', minimum: 0 };
const way: JsonSchema = { enum: ['deny', 'allow'] };

function labels(description: string): JsonSchema {
  return { type: 'object', description, additionalProperties: { type: 'string' } };
}

function podsElsewhere(description: string): JsonSchema {
  return {
    ...section(description, { namespace: namespaceName, labels: labels('the labels of those pods; all unless said') }),
    required: ['namespace'],
  };
}

const peer = section('', {
  namespace: namespaceName,
  namespaceLabels: labels('or all namespaces with these labels'),
  pods: labels('the labels of the pods; alone, of pods of the same namespace'),
  cidr: { type: 'string', format: 'cidr', description: 'or addresses outside of the cluster: 10.1.0.0/16' },
  except: textList('ranges within the cidr that stay closed', { type: 'string', format: 'cidr' }),
});

const port = {
  ...section('', {
    port: { type: 'integer', minimum: 1, maximum: 65535, description: 'of the pod, not of a Service before it' },
    endPort: { type: 'integer', minimum: 1, maximum: 65535, description: 'all ports from port to this one' },
    protocol: { enum: ['TCP', 'UDP', 'SCTP'], description: 'TCP unless said' },
  }),
  required: ['port'],
};

function list(description: string, items: JsonSchema): JsonSchema {
  return { type: 'array', description, items };
}

const ports = list('every port unless said', port);

function path(side: 'from' | 'to', description: string, own: string): JsonSchema {
  const other = side === 'from' ? 'to' : 'from';
  return list(description, {
    ...section('', {
      name: { ...name, description: `the NetworkPolicy is called weir-${side}-<name>` },
      [side]: { ...list('one of these', peer), minItems: 1 },
      [other]: labels(own),
      ports,
    }),
    required: ['name', side],
  });
}

function quantities(description: string): JsonSchema {
  return section(description, Object.fromEntries(LIMITED.map((resource) => [resource, quantity])));
}

export const namespaceSchema = section('The guard rails that each namespace of the environment contains', {
  networkPolicies: section('who reaches the pods, and whom they reach', {
    ingress: section('into the namespace', {
      default: {
        ...way,
        description:
          'deny closes every pod but for what Knative needs: requests from the gateways of knative.gateways and the activator, metrics for the autoscaler; allow unless said',
      },
      prometheus: podsElsewhere('who reads the metrics of services, on port 9091'),
      others: path('from', 'other ways in that stay open', "the namespace's pods that they lead to; all unless said"),
    }),
    egress: section('out of the namespace', {
      default: {
        ...way,
        description:
          "deny closes every way out but those to the gateways' cluster-local side, to the Brokers' ingress and to DNS; allow unless said",
      },
      dns: podsElsewhere('where names are looked up; the pods k8s-app: kube-dns of kube-system unless said'),
      eventingNamespace: { ...name, description: 'where Knative Eventing runs; knative-eventing unless said' },
      others: path('to', 'other ways out that stay open', "the namespace's pods that they are for; all unless said"),
    }),
  }),
  roles: section('Roles of Weir, and who has them', {
    'knative-deployer': section('may deploy Knative Services and wire events, and read pods and their logs', {
      groups: textList('the groups of its RoleBinding', { type: 'string', format: 'group' }),
    }),
  }),
  pullSecrets: section('Secrets that pull images, kept equal to those of one namespace', {
    from: { ...name, description: 'the namespace that holds them' },
    names: textList('their names, which the copies have too', name),
    serviceAccounts: textList(
      'ServiceAccounts whose imagePullSecrets get the names; one that Argo CD tracks is left alone',
      name,
    ),
    retired: section('What was named above once, until it is taken back everywhere', {
      names: textList('Secrets whose copies go', name),
      serviceAccounts: textList('ServiceAccounts whose imagePullSecrets lose the names that Weir wrote there', name),
    }),
  }),
  quota: section('the ResourceQuota weir-quota', {
    hard: {
      type: 'object',
      description:
        'what all pods may take together, by resource: requests.cpu, limits.memory, pods. queue-proxy counts in it, with a CPU request of 25m in each pod',
      additionalProperties: quantity,
    },
  }),
  limitRange: section('the LimitRange weir-limits, of containers; queue-proxy is one in each pod', {
    default: quantities('limits of a container that has none'),
    defaultRequest: quantities('requests of a container that has none'),
    min: quantities('the smallest request'),
    max: quantities('the largest limit'),
    maxLimitRequestRatio: quantities('how many times its request a limit may be'),
  }),
  optOut: section('What a namespace may leave out by its annotation weir.dev/guard-rails-opt-out', {
    allowed: list('the guard rails that it may name there, with commas between them; none unless said', {
      enum: GUARD_RAILS,
    }),
  }),
});
