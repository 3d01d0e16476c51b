/**
 * Judges what is in the cluster when an object, an exception or a policy changes, and when an exception ends; never by
 * polling. One report a namespace says what was found.
 */

import { placeOf } from '../../src/audit/scope.ts';
import { resourceInGroup } from '../../src/kubernetes/client/resourceInGroup.ts';
import type { Change } from '../../src/kubernetes/client/store.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { namespace as namespaceKind } from '../../src/kubernetes/kinds.ts';
import { nameOf } from '../../src/kubernetes/object.ts';
import type { MakeController, Outcome, Round, Tools } from '../manager/controller.ts';
import { Following } from './following.ts';
import type { KindCaches } from './inventory.ts';
import { CLUSTER, KINDS, keyOf } from './keys.ts';
import { Lookups } from './lookups.ts';
import { AuditMetrics } from './metrics.ts';
import { AuditReconciler } from './reconcile.ts';
import { followReports, reportRights } from './reports.ts';

export interface AuditControllerOptions {
  /** The environment by whose policy what is in no namespace is judged; nobody judges it without one. */
  readonly grade?: string;
}

/** One namespace is judged, and the API server takes the reports of the others meanwhile, which costs it tenths of a second. */
const WORKERS = 8;
/** How long after the API server had no such kind it is asked again. */
const LOOK_AGAIN_MS = 60_000;

export function auditController({ grade }: AuditControllerOptions = {}): MakeController {
  return (tools) => {
    const kinds = new Map<string, KindCaches>();
    const lookups = new Lookups(kinds);
    const everyKey = (): string[] => [CLUSTER, ...namespacesIn(kinds).map(nameOf)];
    const following = new Following({
      tools,
      kinds,
      keysOf: (change) => concerned(change, lookups),
      everyKey,
      onLost: () => tools.enqueue(KINDS),
    });
    const askForKinds = (): void => {
      if (following.unknown().length > 0) tools.enqueue(KINDS);
    };
    askForKinds();
    tools.policies.onChange(() => {
      following.followPolicies();
      askForKinds();
      for (const key of everyKey()) tools.enqueue(key);
    });

    const reconciler = new AuditReconciler({
      policies: tools.policies,
      grade,
      kinds,
      lookups,
      reports: followReports(tools, everyKey),
      metrics: new AuditMetrics(tools.registry),
      clock: tools.clock,
      log: tools.log,
    });
    return {
      name: 'audit',
      workers: WORKERS,
      rights: reportRights,
      reconcile: (key, round) =>
        key === KINDS ? findKinds(following, round, tools) : reconciler.reconcile(key, round),
    };
  };
}

/**
 * Follows the kinds of custom rules as what the API server serves them; what it has not is asked for again. One that
 * cannot be asked for holds up no other.
 */
async function findKinds(following: Following, { client }: Round, { clock }: Tools): Promise<Outcome> {
  const failures: unknown[] = [];
  for (const kind of following.unknown()) {
    try {
      const resource = await resourceInGroup(client, kind);
      if (resource !== undefined) following.followKind(kind, resource);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return following.unknown().length === 0 ? {} : { again: new Date(clock.now().getTime() + LOOK_AGAIN_MS) };
}

function namespacesIn(kinds: ReadonlyMap<string, KindCaches>): readonly JsonObject[] {
  return kinds.get(namespaceKind.key)?.caches.flatMap(({ store }) => store.all()) ?? [];
}

function concerned(change: Change, lookups: Lookups): string[] {
  const changed = change.object ?? change.old;
  if (changed === undefined) return [];
  return [keyOf(placeOf(changed)), ...[...lookups.readersOf(change)].map(keyOf)];
}
