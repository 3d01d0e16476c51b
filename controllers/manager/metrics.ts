/** What the manager counts, under the names that controller-runtime gives it. */
import type { Registry } from 'prom-client';
import type { Connection } from '../../src/kubernetes/client/connection.ts';
import { fullName } from '../../src/kubernetes/client/resource.ts';
import { counter, histogram, readCounter, readGauge } from '../../src/process/metrics/make.ts';
import type { Manager } from './manager.ts';
import type { RunnerObserver } from './runner.ts';

const RESULTS = ['success', 'requeue_after', 'error'] as const;

/** Hears of the queue and of the rounds of one controller. */
export function controllerMetrics(registry: Registry, controller: string): RunnerObserver {
  const queue = { name: controller, controller };
  const adds = counter(registry, 'workqueue_adds_total');
  const waited = histogram(registry, 'workqueue_queue_duration_seconds');
  const worked = histogram(registry, 'workqueue_work_duration_seconds');
  const retries = counter(registry, 'workqueue_retries_total');
  const rounds = counter(registry, 'controller_runtime_reconcile_total');
  const errors = counter(registry, 'controller_runtime_reconcile_errors_total');
  const timeouts = counter(registry, 'controller_runtime_reconcile_timeouts_total');
  const seconds = histogram(registry, 'controller_runtime_reconcile_time_seconds');
  // what never happened is told, too: an alert on a rate needs a beginning
  for (const result of RESULTS) rounds.inc({ controller, result }, 0);
  for (const each of [errors, timeouts]) each.inc({ controller }, 0);
  for (const each of [adds, retries]) each.inc(queue, 0);
  return {
    added: () => adds.inc(queue),
    taken: (wait) => waited.observe(queue, wait),
    worked: (work) => worked.observe(queue, work),
    retried: () => retries.inc(queue),
    round(result, took) {
      rounds.inc({ controller, result });
      seconds.observe({ controller }, took);
      if (result === 'error') errors.inc({ controller });
    },
    tookTooLong: () => timeouts.inc({ controller }),
  };
}

/** @param lease its name, or what stands for it; nothing is said of who leads without one */
export function managerMetrics(registry: Registry, manager: Manager, lease: string | undefined, now: () => Date): void {
  const each = (tell: (controller: string, runner: Manager['controllers'][number]['runner']) => void): void => {
    for (const { controller, runner } of manager.controllers) tell(controller.name, runner);
  };
  readGauge(registry, 'workqueue_depth', (depth) =>
    each((name, { queue }) => depth.set({ name, controller: name, priority: '0' }, queue.depth)),
  );
  readGauge(registry, 'workqueue_unfinished_work_seconds', (unfinished) =>
    each((name, { queue }) => unfinished.set({ name, controller: name }, sum(queue.unfinished()))),
  );
  readGauge(registry, 'workqueue_longest_running_processor_seconds', (longest) =>
    each((name, { queue }) => longest.set({ name, controller: name }, Math.max(0, ...queue.unfinished()))),
  );
  readGauge(registry, 'controller_runtime_max_concurrent_reconciles', (most) =>
    each((controller, { workers }) => most.set({ controller }, workers)),
  );
  readGauge(registry, 'controller_runtime_active_workers', (active) =>
    each((controller, runner) => active.set({ controller }, runner.active)),
  );
  readGauge(registry, 'leader_election_master_status', (status) => {
    if (lease !== undefined) status.set({ name: lease }, manager.isLeader() ? 1 : 0);
  });
  readCounter(registry, 'weir_events_lost_total', () => manager.lostEvents());
  const began = now();
  readGauge(registry, 'weir_cache_age_seconds', (ages) => {
    for (const { options, follower } of manager.caches.all()) {
      const heard = follower.lastHeard() ?? began;
      ages.set({ kind: fullName(options.resource) }, Math.max(0, (now().getTime() - heard.getTime()) / 1000));
    }
  });
}

/** The same connection, whose requests are counted by their answers; a request without one has the code `<error>`. */
export function countRequests(connection: Connection, registry: Registry): Connection {
  const requests = counter(registry, 'rest_client_requests_total');
  const host = /^\w+:\/\/([^/\s]+)/.exec(connection.name)?.[1] ?? '';
  return {
    ...connection,
    async send(sending) {
      const { method } = sending;
      try {
        const answer = await connection.send(sending);
        requests.inc({ code: `${answer.statusCode}`, method, host });
        return answer;
      } catch (error) {
        requests.inc({ code: '<error>', method, host });
        throw error;
      }
    },
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
