/** What an audit follows: the kinds that rules look at, and, as long as a policy names them, its pull secrets and custom kinds. */
import { auditCatalogue } from '../../src/audit/catalogue.ts';
import { audited } from '../../src/audit/keep.ts';
import { auditedKinds, SETTINGS } from '../../src/audit/kinds.ts';
import { pullSecretOnly } from '../../src/audit/secrets.ts';
import type { Resource } from '../../src/kubernetes/client/resource.ts';
import { configMaps, secrets } from '../../src/kubernetes/client/resources.ts';
import { configMap, type Kind, secret } from '../../src/kubernetes/kinds.ts';
import type { EffectivePolicy } from '../../src/policy/engine/policy.ts';
import type { Followed, FollowOptions, Tools } from '../manager/controller.ts';
import type { KindCaches } from './inventory.ts';

type KeysOf = NonNullable<FollowOptions['keysOf']>;

export interface FollowingOptions {
  readonly tools: Tools;
  readonly keysOf: KeysOf;
  /** Every key: a pull secret may be missing in any namespace, and Knative's own settings count in each. */
  readonly everyKey: () => Iterable<string>;
  /** By the kind's key. What the policies name comes into it, and goes. */
  readonly kinds: Map<string, KindCaches>;
  /** Called when the API server has a kind of a custom rule no more, or not in the version in which it is followed. */
  readonly onLost: () => void;
}

export class Following {
  readonly #options: FollowingOptions;
  readonly #pullSecrets = new Map<string, Followed>();
  readonly #settings = new Map<string, readonly Followed[]>();
  /** Those of custom rules that are followed, by the kind's key. */
  readonly #custom = new Map<string, Followed>();
  #unknown: readonly Kind[] = [];

  constructor(options: FollowingOptions) {
    this.#options = options;
    for (const { kind, served, keep, labelSelector } of auditedKinds(auditCatalogue, []).known) {
      // who reads all Secrets holds every login of the cluster
      if (kind.key === secret.key) continue;
      const [version, ...otherVersions] = served.versions;
      const isNamespaced = served.scope === 'Namespaced';
      const cache = options.tools.follow({
        resource: { group: served.group, version, plural: served.plural, kind: kind.kind, isNamespaced },
        otherVersions,
        keep,
        keysOf: options.keysOf,
        ...(labelSelector === undefined ? {} : { labelSelector }),
      });
      options.kinds.set(kind.key, { isNamespaced, caches: [cache] });
    }
    this.followPolicies();
  }

  /** From the start, and again whenever the policies changed: what they name no more is let go. */
  followPolicies(): void {
    const policies = this.#policies();
    this.#followPullSecrets(policies);
    this.#followSettings(policies);
    const { unknown } = auditedKinds(auditCatalogue, policies);
    this.#unknown = unknown;
    const wanted = new Set(unknown.map(({ key }) => key));
    letGo(this.#custom, wanted, (cache, key) => {
      cache.leave();
      this.#options.kinds.delete(key);
    });
  }

  /**
   * The kinds of custom rules that are not followed yet, or as what the API server serves no more: it alone knows as what
   * it serves them.
   */
  unknown(): readonly Kind[] {
    return this.#unknown.filter(({ key }) => this.#custom.get(key)?.isServed() !== true);
  }

  /** As what the API server serves the kind; nothing where no policy names it any more. */
  followKind({ key }: Kind, resource: Resource): void {
    if (!this.unknown().some((each) => each.key === key)) return;
    const before = this.#custom.get(key);
    const cache = this.#options.tools.follow({ resource, keep: audited, keysOf: this.#options.keysOf });
    cache.onServed(() => {
      if (!cache.isServed()) this.#options.onLost();
    });
    this.#custom.set(key, cache);
    this.#options.kinds.set(key, { isNamespaced: resource.isNamespaced, caches: [cache] });
    before?.leave();
  }

  #policies(): EffectivePolicy[] {
    const { policies } = this.#options.tools;
    return policies.environments().flatMap((name) => policies.policyFor(name) ?? []);
  }

  /** Those that the policies name, each by its name, which is a right of its own. */
  #followPullSecrets(policies: readonly EffectivePolicy[]): void {
    const { tools, keysOf, everyKey } = this.#options;
    const wanted = new Set(policies.flatMap(pullSecretsIn));
    letGo(this.#pullSecrets, wanted, (followed) => followed.leave());
    for (const name of [...wanted].sort()) {
      if (this.#pullSecrets.has(name)) continue;
      const fieldSelector = `metadata.name=${name}`;
      const cache = tools.follow({ resource: secrets, fieldSelector, keep: pullSecretOnly, keysOf });
      // from then on it is known where there is none, of which no change tells
      cache.onServed(() => {
        for (const key of everyKey()) tools.enqueue(key);
      });
      this.#pullSecrets.set(name, cache);
    }
    this.#options.kinds.set(secret.key, {
      isNamespaced: true,
      caches: [...this.#pullSecrets.values()],
      // of one that a policy named just now nobody knows yet whether it is there
      knowsName: (name) => this.#pullSecrets.get(name)?.hasSynced() === true,
    });
  }

  #followSettings(policies: readonly EffectivePolicy[]): void {
    const wanted = new Set(policies.map(({ knative }) => knative.systemNamespace));
    letGo(this.#settings, wanted, (followed) => {
      for (const cache of followed) cache.leave();
    });
    for (const namespace of [...wanted].sort()) {
      if (!this.#settings.has(namespace)) this.#settings.set(namespace, this.#settingsIn(namespace));
    }
    const names: ReadonlySet<string> = new Set(SETTINGS);
    this.#options.kinds.set(configMap.key, {
      isNamespaced: true,
      caches: [...this.#settings.values()].flat(),
      knowsName: (name) => names.has(name),
    });
  }

  #settingsIn(namespace: string): Followed[] {
    const { tools, everyKey: keysOf } = this.#options;
    return SETTINGS.map((name) => {
      const fieldSelector = `metadata.name=${name}`;
      return tools.follow({ resource: configMaps, namespace, fieldSelector, keep: audited, keysOf });
    });
  }
}

/** Those that pods pull with, those that guard rails copy, and those whose copies go. */
function pullSecretsIn({ images, namespace }: EffectivePolicy): readonly string[] {
  const pulledWith = images?.pullSecrets?.map((pull) => pull.secret) ?? [];
  const { names = [], retired = {} } = namespace?.pullSecrets ?? {};
  return [...pulledWith, ...names, ...(retired.names ?? [])];
}

function letGo<Value>(
  known: Map<string, Value>,
  wanted: ReadonlySet<string>,
  leave: (value: Value, key: string) => void,
): void {
  for (const [key, value] of known) {
    if (wanted.has(key)) continue;
    known.delete(key);
    leave(value, key);
  }
}
