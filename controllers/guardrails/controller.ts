/**
 * Wires the controller of guard rails: a key is the name of a namespace. Nothing is asked for between changes; what it
 * holds of each namespace is what carries Weir's label, and of Secrets and ServiceAccounts those that a policy names.
 */
import { GUARD_RAIL_LABEL } from '../../src/guardrails/marks.ts';
import { isGuardRail } from '../../src/guardrails/owner.ts';
import { DEPLOYER_RULES } from '../../src/guardrails/roles.ts';
import { namespaces, secrets, serviceAccounts } from '../../src/kubernetes/client/resources.ts';
import type { Change, Store } from '../../src/kubernetes/client/store.ts';
import { type JsonObject, stringAt, textsAt } from '../../src/kubernetes/json.ts';
import { nameOf } from '../../src/kubernetes/object.ts';
import { ENVIRONMENT_LABEL } from '../../src/policy/environmentLabel.ts';
import type { NamespacePolicy } from '../../src/policy/model/namespace.ts';
import type { Controller, Followed, MakeController, Right, Tools } from '../manager/controller.ts';
import { keepNamespace, keepRail, keepSecret, keepServiceAccount } from './keep.ts';
import { guardRailMetrics } from './metrics.ts';
import { RAILS } from './rails.ts';
import { reconcile } from './reconcile.ts';

/** Namespaces are many and their rounds short. */
const WORKERS = 4;

/**
 * @example
 * startManager({ controllers: [guardRails], … });
 */
export const guardRails: MakeController = (tools) => {
  const known = followNamespaces(tools);
  const rails = new Map(
    RAILS.map((resource) => [
      resource.plural,
      tools.follow({ resource, labelSelector: GUARD_RAIL_LABEL, keep: keepRail, keysOf: namespaceOf }).store,
    ]),
  );
  const named = new Named(tools, known);
  tools.policies.onChange(() => {
    named.follow();
    for (const namespace of known.all()) if (isInEnvironment(namespace)) tools.enqueue(nameOf(namespace));
  });

  const dependencies = {
    policies: tools.policies,
    record: tools.record,
    announce: tools.announce,
    namespaces: known,
    storeOf: ({ plural }: { readonly plural: string }) => storeIn(rails, plural),
    secretsNamed: (name: string) => named.store(named.secrets, name),
    secretNames: () => [...named.secrets.keys()],
    accountsNamed: (name: string) => named.store(named.accounts, name),
    metrics: guardRailMetrics(tools.registry),
    established: new Set<string>(),
  };
  return {
    name: 'guardrails',
    workers: WORKERS,
    rights: rightsFor(named),
    reconcile: (key, round) => reconcile(key, round, dependencies),
  } satisfies Controller;
};

function followNamespaces({ follow }: Tools): Store {
  return follow({
    resource: namespaces,
    keep: keepNamespace,
    keysOf: ({ object, old }) => ([object, old].some(isInEnvironment) ? [nameOf(object ?? old ?? {})] : []),
  }).store;
}

function isInEnvironment(namespace: JsonObject | undefined): boolean {
  return stringAt(namespace, 'metadata', 'labels', ENVIRONMENT_LABEL) !== undefined;
}

function namespaceOf({ object, old }: Change): string[] {
  const namespace = stringAt(object ?? old, 'metadata', 'namespace');
  return namespace === undefined ? [] : [namespace];
}

/** The Secrets and ServiceAccounts that policies name, each name followed by itself: no other Secret may be read. */
class Named {
  readonly secrets = new Map<string, Followed>();
  readonly accounts = new Map<string, Followed>();
  readonly #tools: Tools;
  readonly #namespaces: Store;

  constructor(tools: Tools, known: Store) {
    this.#tools = tools;
    this.#namespaces = known;
    this.follow();
  }

  /**
   * What a changed policy names is followed from then on; what none names any more, too, for there may be copies. A
   * process that starts later does not know those: `retired` names them.
   */
  follow(): void {
    for (const { names = [], serviceAccounts: accounts = [], retired = {} } of this.#sections()) {
      for (const name of [...names, ...(retired.names ?? [])]) {
        if (!this.secrets.has(name)) this.secrets.set(name, this.#followSecrets(name));
      }
      for (const name of [...accounts, ...(retired.serviceAccounts ?? [])]) {
        if (!this.accounts.has(name)) this.accounts.set(name, this.#followAccounts(name));
      }
    }
  }

  store(followed: ReadonlyMap<string, Followed>, name: string): Store | undefined {
    const found = followed.get(name);
    return found?.hasSynced() === true ? found.store : undefined;
  }

  #followSecrets(name: string): Followed {
    return this.#tools.follow({
      resource: secrets,
      fieldSelector: `metadata.name=${name}`,
      keep: keepSecret,
      keysOf: (change) => this.#aboutSecret(name, change),
    });
  }

  #followAccounts(name: string): Followed {
    return this.#tools.follow({
      resource: serviceAccounts,
      fieldSelector: `metadata.name=${name}`,
      keep: keepServiceAccount,
      keysOf: (change) => namespaceOf(change).filter((namespace) => this.#isKept(namespace)),
    });
  }

  /** Its own namespace; and every namespace that has a copy, where it is the source. */
  *#aboutSecret(name: string, change: Change): Iterable<string> {
    const [own = ''] = namespaceOf(change);
    if (this.#isKept(own) || [change.object, change.old].some((each) => each !== undefined && isGuardRail(each))) {
      yield own;
    }
    const isSource = [...this.#sections()].some(({ from, names = [] }) => from === own && names.includes(name));
    if (!isSource) return;
    for (const namespace of this.#namespaces.all()) if (isInEnvironment(namespace)) yield nameOf(namespace);
  }

  #isKept(namespace: string): boolean {
    return isInEnvironment(this.#namespaces.find('', namespace));
  }

  *#sections(): Iterable<NonNullable<NamespacePolicy['pullSecrets']>> {
    const { policies } = this.#tools;
    for (const environment of policies.environments()) {
      const section = policies.policyFor(environment)?.namespace?.pullSecrets;
      if (section !== undefined) yield section;
    }
  }
}

/**
 * Beside what is followed. Applied by name, everything is made by a PATCH, whose names the API server knows: a right to
 * create can be kept to them. Who writes a Role must have what it grants, or the verb escalate, by which it could write
 * any right into it: so it has what knative-deployer grants.
 */
function rightsFor(named: Named): readonly Right[] {
  const write = ['create', 'patch', 'delete'] as const;
  return [
    ...RAILS.map((resource): Right => ({ resource, verbs: write })),
    ...handedOut(),
    { resource: secrets, verbs: write, names: [...named.secrets.keys()] },
    { resource: serviceAccounts, verbs: ['patch'], names: [...named.accounts.keys()] },
    // a copy may name one that no policy names any more
    { resource: serviceAccounts, verbs: ['get'] },
  ];
}

function handedOut(): readonly Right[] {
  return DEPLOYER_RULES.flatMap((rule) =>
    textsAt(rule, 'apiGroups').flatMap((group) =>
      textsAt(rule, 'resources').map((resource): Right => {
        const [plural = '', subresource] = resource.split('/');
        return {
          resource: { group, version: 'v1', plural, kind: '', isNamespaced: true },
          ...(subresource === undefined ? {} : { subresource }),
          verbs: VERBS.filter((verb) => textsAt(rule, 'verbs').includes(verb)),
        };
      }),
    ),
  );
}

const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'] as const;

function storeIn(stores: ReadonlyMap<string, Store>, plural: string): Store {
  const store = stores.get(plural);
  if (store === undefined) throw new Error(`nobody follows ${plural}`);
  return store;
}
