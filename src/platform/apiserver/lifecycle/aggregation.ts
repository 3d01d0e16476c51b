/**
 * ClusterRoles whose rules are gathered from others by labels: admin, edit, view
 * (k8s.io/kubernetes pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go).
 */

import type { Clock } from '../../../kubernetes/clock.ts';
import { arrayAt, equals, isObject, type JsonObject } from '../../../kubernetes/json.ts';
import { labelsFrom, selects } from '../../../kubernetes/labelSelector.ts';
import { workQueue } from '../queue.ts';
import { Failure } from '../status/failure.ts';
import type { Reader, Stored, WatchEvent } from '../store/store.ts';
import { AGGREGATION_CONTROLLER, type Writes } from './writes.ts';

const CLUSTER_ROLES = 'clusterroles.rbac.authorization.k8s.io';
const MANAGER = 'clusterrole-aggregation-controller';

export interface AggregationOptions {
  readonly reader: Reader;
  readonly writes: Writes;
  readonly clock: Clock;
  readonly failed: (what: string, error: unknown) => void;
}

export interface Aggregation {
  take(event: WatchEvent): void;
  idle(): Promise<void>;
  stop(): void;
}

export function aggregationController({ reader, writes, clock, failed }: AggregationOptions): Aggregation {
  const gathering = new Set<string>();
  const queue = workQueue({
    clock,
    // one after the other: `edit` is gathered into `admin`
    workers: 1,
    failed: (name, error) => failed(`ClusterRole ${name}`, error),
    async work(name) {
      const key = { resource: CLUSTER_ROLES, namespace: '', name };
      const role = reader.get(key)?.object();
      if (role === undefined || !isObject(role.aggregationRule)) return undefined;
      const rules = gatheredRules(name, role, reader);
      if (equals(rules, arrayAt(role, 'rules'))) return undefined;
      const body = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name }, rules };
      try {
        await writes.apply(AGGREGATION_CONTROLLER, key, body, MANAGER);
      } catch (error) {
        if (!(error instanceof Failure && error.code === 404)) throw error;
      }
      return undefined;
    },
  });
  return {
    take({ type, stored }) {
      if (stored.key.resource !== CLUSTER_ROLES) return;
      if (type !== 'DELETED' && isObject(stored.object().aggregationRule)) gathering.add(stored.key.name);
      else gathering.delete(stored.key.name);
      for (const name of gathering) queue.add(name);
    },
    idle: () => queue.idle(),
    stop: () => queue.stop(),
  };
}

/** The rules of all roles that a selector selects, by the roles' names, each rule once. */
export function gatheredRules(name: string, role: JsonObject, reader: Reader): JsonObject[] {
  const rules = new Map<string, JsonObject>();
  for (const selector of arrayAt(role, 'aggregationRule', 'clusterRoleSelectors')) {
    const isSelected = (stored: Stored): boolean => selects(selector, labelsFrom(stored.labels)) === 'yes';
    const { items } = reader.list({ resource: CLUSTER_ROLES, namespace: '', matches: isSelected });
    for (const stored of items) {
      if (stored.key.name === name) continue;
      for (const rule of arrayAt(stored.object(), 'rules').filter(isObject)) {
        const text = textOf(rule);
        if (!rules.has(text)) rules.set(text, rule);
      }
    }
  }
  return [...rules.values()];
}

/** The same for rules that are equal: their fields are lists of texts. */
function textOf(rule: JsonObject): string {
  return JSON.stringify(Object.entries(rule).sort(([one], [other]) => (one < other ? -1 : 1)));
}
