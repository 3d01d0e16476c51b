/**
 * Judges what is in the cluster when an object, an exception or a policy changes, and when an exception ends; never by
 * polling. One report a namespace says what was found.
 */

import { audited } from '../../src/audit/keep.ts';
import { auditedKinds, SETTINGS } from '../../src/audit/kinds.ts';
import { placeOf } from '../../src/audit/scope.ts';
import { pullSecretOnly } from '../../src/audit/secrets.ts';
import { configMaps, secrets } from '../../src/kubernetes/client/resources.ts';
import type { Change } from '../../src/kubernetes/client/store.ts';
import { configMap, type Kind, namespace as namespaceKind, secret } from '../../src/kubernetes/kinds.ts';
import { nameOf } from '../../src/kubernetes/object.ts';
import { catalogue } from '../../src/policy/catalogue.ts';
import type { EffectivePolicy } from '../../src/policy/engine/policy.ts';
import type { Followed, MakeController, Policies, Tools } from '../manager/controller.ts';
import type { KindCaches } from './inventory.ts';
import { CLUSTER, keyOf } from './keys.ts';
import { Lookups } from './lookups.ts';
import { AuditMetrics } from './metrics.ts';
import { AuditReconciler } from './reconcile.ts';
import { followReports, reportRights } from './reports.ts';

export interface AuditControllerOptions {
  /** The environment by whose policy what is in no namespace is judged; nobody judges it without one. */
  readonly grade?: string;
}

/** While the API server takes a report, which costs it tenths of a second, others are judged. */
const WORKERS = 4;

export function auditController({ grade }: AuditControllerOptions = {}): MakeController {
  return (tools) => {
    const kinds = new Map<string, KindCaches>();
    const lookups = new Lookups(kinds);
    followEverything(tools, kinds, (change) => concerned(change, lookups));
    const namespaces = onlyCacheOf(kinds, namespaceKind);
    const lookEverywhere = (): void => {
      tools.enqueue(CLUSTER);
      for (const object of namespaces.store.all()) tools.enqueue(nameOf(object));
    };
    for (const { store } of kinds.get(configMap.key)?.caches ?? []) store.onChange(lookEverywhere);
    tools.policies.onChange(lookEverywhere);

    const reconciler = new AuditReconciler({
      policies: tools.policies,
      grade,
      kinds,
      lookups,
      reportPlace: followReports(tools),
      metrics: new AuditMetrics(tools.registry),
      clock: tools.clock,
      log: tools.log,
    });
    return {
      name: 'audit',
      workers: WORKERS,
      rights: reportRights,
      reconcile: (key, round) => reconciler.reconcile(key, round),
    };
  };
}

function onlyCacheOf(kinds: ReadonlyMap<string, KindCaches>, { key }: Kind): Followed {
  const [cache] = kinds.get(key)?.caches ?? [];
  if (cache === undefined) throw new Error(`an audit follows no ${key}`);
  return cache;
}

/** Kinds of which one policy alone speaks, and that no table knows, are for `weir audit`, which asks the API server. */
function followEverything(tools: Tools, kinds: Map<string, KindCaches>, keysOf: KeysOf): void {
  const policies = everyPolicy(tools.policies);
  for (const { kind, served, keep, labelSelector } of auditedKinds(catalogue, policies).known) {
    // who reads all Secrets holds every login of the cluster
    if (kind.key === secret.key) continue;
    const [version, ...otherVersions] = served.versions;
    const isNamespaced = served.scope === 'Namespaced';
    const cache = tools.follow({
      resource: { group: served.group, version, plural: served.plural, kind: kind.kind, isNamespaced },
      otherVersions,
      keep,
      keysOf,
      ...(labelSelector === undefined ? {} : { labelSelector }),
    });
    kinds.set(kind.key, { isNamespaced, caches: [cache] });
  }
  kinds.set(secret.key, followPullSecrets(tools, policies, keysOf));
  kinds.set(configMap.key, followSettings(tools, policies));
}

type KeysOf = (change: Change) => string[];

function concerned(change: Change, lookups: Lookups): string[] {
  const changed = change.object ?? change.old;
  if (changed === undefined) return [];
  return [keyOf(placeOf(changed)), ...[...lookups.readersOf(change)].map(keyOf)];
}

/** Those that the policies name, each by its name, which is a right of its own. */
function followPullSecrets(tools: Tools, policies: readonly EffectivePolicy[], keysOf: KeysOf): KindCaches {
  const names = new Set(policies.flatMap(({ images }) => images?.pullSecrets?.map((pull) => pull.secret) ?? []));
  const caches = [...names].sort().map((name) =>
    tools.follow({
      resource: secrets,
      fieldSelector: `metadata.name=${name}`,
      keep: pullSecretOnly,
      keysOf,
    }),
  );
  return { isNamespaced: true, caches, names };
}

/** Knative's own settings, which decide what Knative accepts in every namespace. */
function followSettings(tools: Tools, policies: readonly EffectivePolicy[]): KindCaches {
  const namespaces = [...new Set(policies.map(({ knative }) => knative.systemNamespace))].sort();
  const caches = namespaces.flatMap((namespace) =>
    SETTINGS.map((name) =>
      tools.follow({
        resource: configMaps,
        namespace,
        fieldSelector: `metadata.name=${name}`,
        keep: audited,
      }),
    ),
  );
  return { isNamespaced: true, caches, names: new Set(SETTINGS) };
}

function everyPolicy(policies: Policies): EffectivePolicy[] {
  return policies.environments().flatMap((name) => policies.policyFor(name) ?? []);
}
