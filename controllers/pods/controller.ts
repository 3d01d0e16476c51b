/** Wires what runs Pods: a key is a Pod's namespace and name. */
import { configMaps, pods, secrets } from '../../src/kubernetes/client/resources.ts';
import type { Change } from '../../src/kubernetes/client/store.ts';
import { type JsonObject, stringAt } from '../../src/kubernetes/json.ts';
import { nameOf } from '../../src/kubernetes/object.ts';
import type { Controller, MakeController, Right } from '../manager/controller.ts';
import type { PodTools } from './pod/tools.ts';
import { reconcile } from './reconcile.ts';
import type { Listeners, Runs } from './runs.ts';

export interface PodControllerParts {
  readonly runs: Runs;
  readonly listeners: Listeners;
  /** All but what the manager gives. */
  readonly tools: Omit<PodTools, 'clock' | 'log' | 'sources'>;
  /** How many Pods may run at once. */
  readonly mostPods: number;
  /** Of Pods that are gone: what is kept of them on disk goes. */
  tidy(uids: ReadonlySet<string>): void;
}

const WORKERS = 8;

const RIGHTS: readonly Right[] = [
  { resource: pods, verbs: ['patch', 'delete'] },
  { resource: pods, subresource: 'status', verbs: ['patch'] },
  { resource: pods, subresource: 'binding', verbs: ['create'] },
];

export function podController(parts: PodControllerParts): MakeController {
  return (tools) => {
    const { follow, enqueue, clock, log, record } = tools;
    const followed = follow({ resource: pods, keysOf: ({ object, old }) => [keyOf(object ?? old ?? {})] });
    const sources = {
      configMaps: follow({ resource: configMaps, keysOf: (change) => inSameNamespace(change, parts.runs) }).store,
      secrets: follow({ resource: secrets, keysOf: (change) => inSameNamespace(change, parts.runs) }).store,
    };
    const dependencies = {
      ...parts,
      store: followed.store,
      enqueue,
      record,
      clock,
      log,
      tools: { ...parts.tools, clock, log, sources },
      tidied: { isDone: false },
      waiting: new Set<string>(),
    };
    return {
      name: 'pods',
      workers: WORKERS,
      rights: RIGHTS,
      reconcile: (key, round) => reconcile(key, round, dependencies),
    } satisfies Controller;
  };
}

export function keyOf(pod: JsonObject): string {
  return `${stringAt(pod, 'metadata', 'namespace') ?? ''}/${nameOf(pod)}`;
}

/** A ConfigMap or Secret concerns Pods of its namespace that run. */
function inSameNamespace({ object, old }: Change, runs: Runs): string[] {
  const prefix = `${stringAt(object ?? old, 'metadata', 'namespace') ?? ''}/`;
  const keys = runs.keys().filter((key) => key.startsWith(prefix));
  for (const key of keys) runs.find(key)?.markStale();
  return keys;
}
