/** What a namespace must contain, by the policy of its environment. */
import { type JsonObject, objectAt } from '../kubernetes/json.ts';
import { nameOf } from '../kubernetes/object.ts';
import type { EffectivePolicy } from '../policy/engine/policy.ts';
import { OWN_NAMESPACE, ownerOfLeftOut } from '../policy/leftOut.ts';
import type { GuardRailName } from '../policy/model/namespace.ts';
import { limitRange, resourceQuota } from './limits.ts';
import { GUARD_RAIL_LABEL, MANAGED_BY, WEIR } from './marks.ts';
import { EVENTING, networkPolicySpecs } from './networkPolicies.ts';
import { type OptOut, optOutOf } from './optOut.ts';
import { type PullSecrets, pullSecretsFor } from './pullSecrets.ts';
import { deployerBinding, deployerRole } from './roles.ts';

export interface GuardRail {
  readonly section: GuardRailName;
  readonly object: JsonObject;
}

export interface GuardRails {
  /** In the order in which they are made: what opens before what closes, what fills in before what counts. */
  readonly objects: readonly GuardRail[];
  /** They need their sources, which only a cluster has. */
  readonly pullSecrets: PullSecrets | undefined;
  /** The pull secrets of which this namespace holds the source, or did. */
  readonly sources: readonly string[];
  readonly optOut: OptOut;
  /** Why the namespace gets none at all, as a sentence. */
  readonly exempt?: string;
  /** The same, where somebody should know of it: the label is a mistake. */
  readonly mislabelled?: string;
}

/**
 * @param namespace the Namespace: its name, and its annotations for what it opts out of
 * @example
 * guardRailsOf({ metadata: { name: 'shop-prod' } }, policies.get('prod')).objects
 */
export function guardRailsOf(namespace: JsonObject, policy: EffectivePolicy): GuardRails {
  const name = nameOf(namespace);
  const exempt = exemptionOf(name, policy);
  if (exempt !== undefined) {
    const told = name === OWN_NAMESPACE ? {} : { mislabelled: exempt };
    return { ...NO_GUARD_RAILS, sources: sourcesIn(name, policy), exempt, ...told };
  }
  const section = policy.namespace ?? {};
  const optOut = optOutOf(namespace, policy);
  const objects: GuardRail[] = [];
  const add = (rail: GuardRailName, object: JsonObject | undefined): void => {
    if (object !== undefined && !optOut.taken.has(rail))
      objects.push({ section: rail, object: marked(object, name, rail) });
  };

  for (const each of networkPolicySpecs(section.networkPolicies ?? {}, policy.knative)) {
    add('networkPolicies', {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: each.name },
      spec: each.spec,
    });
  }
  const groups = section.roles?.['knative-deployer']?.groups;
  if (groups !== undefined && groups.length > 0) {
    add('roles', deployerRole());
    add('roles', deployerBinding(groups));
  }
  add('limitRange', limitRange(section.limitRange ?? {}));
  add('quota', resourceQuota(section.quota ?? {}));
  const pullSecrets = optOut.taken.has('pullSecrets') ? undefined : pullSecretsFor(name, policy);
  return { objects, pullSecrets, sources: sourcesIn(name, policy), optOut };
}

export const NO_GUARD_RAILS: GuardRails = {
  objects: [],
  pullSecrets: undefined,
  sources: [],
  optOut: { taken: new Set(), refused: [] },
};

/** Whoever labels the namespace of the activator by mistake would cut every service off. */
function exemptionOf(name: string, { name: environment, knative, namespace }: EffectivePolicy): string | undefined {
  const eventing = namespace?.networkPolicies?.egress?.eventingNamespace ?? EVENTING;
  const isKnatives = [knative.systemNamespace, eventing, ...knative.gateways].includes(name);
  const whose = ownerOfLeftOut(name) ?? (isKnatives ? "Knative's" : undefined);
  if (whose === undefined) return undefined;
  return `${name} is ${whose} own namespace, and gets no guard rails, although its label says ${environment}: they would close ways on which the whole platform depends`;
}

function sourcesIn(name: string, { namespace }: EffectivePolicy): readonly string[] {
  const { from, names = [], retired = {} } = namespace?.pullSecrets ?? {};
  return from === name ? [...names, ...(retired.names ?? [])] : [];
}

/** The object with its namespace and the labels of a guard rail. */
export function marked(object: JsonObject, namespace: string, section: GuardRailName): JsonObject {
  const metadata = objectAt(object, 'metadata');
  const labels = { ...objectAt(metadata, 'labels'), [MANAGED_BY]: WEIR, [GUARD_RAIL_LABEL]: section };
  return { ...object, metadata: { ...metadata, namespace, labels } };
}
