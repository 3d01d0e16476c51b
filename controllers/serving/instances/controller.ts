/**
 * What steers instances, wired: objects in, Pods and the Plane's settings out. Its keys are Revisions, `hosts` for all
 * Routes together, and `tick` for a second of all Revisions that are awake.
 */
import { podAutoscalers, revisions, routes, services } from '../../../src/knative/resources.ts';
import type { Client } from '../../../src/kubernetes/client/client.ts';
import { pods } from '../../../src/kubernetes/client/resources.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { isBeingDeleted } from '../../../src/kubernetes/object.ts';
import type { MakeController } from '../../manager/controller.ts';
import { type Shared, standOn } from '../ground.ts';
import { REVISION_LABEL } from '../keys.ts';
import { isControlledBy, keyOf, labelOf, namespaceOf, placeOf } from '../read.ts';
import { keepPods } from './keepPods.ts';
import { instancesMetrics } from './metrics.ts';
import { PodsByRevision } from './podsByRevision.ts';
import type { Running } from './running.ts';
import { Unready } from './unserved.ts';

const TICK = 'tick';
const HOSTS = 'hosts';
/** Pods of several Revisions are made side by side: who waits from zero does not wait for others. */
const WORKERS = 8;

export function instancesController(options: Shared, running: Running): MakeController {
  return (tools) => {
    const { clock, random } = tools;
    const ground = standOn(tools, options, { resource: revisions });
    const autoscalers = tools.follow({
      resource: podAutoscalers,
      keysOf: ({ object, old }) => [object ?? old].flatMap((each) => (each === undefined ? [] : [keyOf(each)])),
    });
    const theirPods = tools.follow({
      resource: pods,
      labelSelector: REVISION_LABEL,
      keysOf: ({ object, old }) => [object ?? old].flatMap((each) => (each === undefined ? [] : [revisionOf(each)])),
    });
    const byRevision = new PodsByRevision(theirPods.store);
    const theirRoutes = tools.follow({ resource: routes, keysOf: () => [HOSTS] });
    // a host of theirs that leads nowhere yet is asked about: nothing is to be done when they change
    const theirServices = tools.follow({ resource: services, keysOf: () => [] });
    const unready = new Unready({
      routes: () => theirRoutes.store.all(),
      route: (namespace: string, name: string) => theirRoutes.store.find(namespace, name),
      service: (namespace: string, name: string) => theirServices.store.find(namespace, name),
    });
    const now = (): number => clock.now().getTime();
    const ways = {
      now,
      enqueue: (key: string) => tools.enqueue(key),
      lookAtHosts: () => tools.enqueue(HOSTS),
      tick: () => tools.enqueue(TICK),
      // Knative itself has come: what is served is said elsewhere
      explainUnserved: (host: string) => (running.hosts.isTold ? unready.why(host, ground.settings()) : undefined),
      after: (milliseconds: number, callback: () => void) => void clock.after(milliseconds, callback),
    };
    const { states, observe } = running.options;
    const observer = instancesMetrics(tools.registry, {
      fleet: running.fleet,
      now,
      ...(states === undefined ? {} : { states }),
    });

    /** @returns false where there is no Revision of that name to be run here */
    function look(key: string): boolean {
      const { namespace, name } = placeOf(key);
      const revision = ground.main.store.find(namespace, name);
      const podAutoscaler = autoscalers.store.find(namespace, name);
      const isRun =
        revision !== undefined &&
        podAutoscaler !== undefined &&
        !isBeingDeleted(revision) &&
        isControlledBy(podAutoscaler, revision);
      if (!isRun) {
        running.fleet.forget(key);
        return false;
      }
      const seen = { revision, podAutoscaler, pods: byRevision.of(key), settings: ground.settings() };
      running.fleet.see(key, seen, now());
      return true;
    }

    function lookAtHosts(): void {
      // requests that waited for the Plane to be told find the Revisions there
      if (!running.hosts.isTold) for (const each of ground.main.store.all()) look(keyOf(each));
      running.hosts.replace(theirRoutes.store.all(), ground.settings());
    }

    async function reconcileRevision(key: string, client: Client): Promise<void> {
      if (running.hosts.isBehind(ground.settings())) tools.enqueue(HOSTS);
      const entry = look(key) ? running.fleet.find(key) : undefined;
      if (entry === undefined) return;
      const { plane, nodeName } = running.options;
      try {
        await keepPods(entry, { client, plane, nodeName, random, onDrained: () => tools.enqueue(key) });
      } finally {
        // what was written is in the caches by now, and what was refused is to be told
        look(key);
      }
    }

    return {
      name: 'serving-instances',
      workers: WORKERS,
      rights: [{ resource: pods, verbs: ['create', 'delete'] }],
      async reconcile(key, { client }) {
        if (!ground.isOurs()) {
          running.leave();
          return undefined;
        }
        // not before: who asks for its rights alone makes it, too
        running.begin(ways);
        observe?.(observer);
        if (key === TICK) {
          running.fleet.tick(now());
          return running.fleet.awake === 0 ? undefined : { again: nextSecond(now()) };
        }
        if (key === HOSTS) lookAtHosts();
        else await reconcileRevision(key, client);
        return undefined;
      },
    };
  };
}

function nextSecond(now: number): Date {
  return new Date((Math.floor(now / 1000) + 1) * 1000);
}

function revisionOf(pod: JsonObject): string {
  return `${namespaceOf(pod)}/${labelOf(pod, REVISION_LABEL) ?? ''}`;
}
