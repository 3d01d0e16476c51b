/** A second of the autoscaler over 1,000 Revisions under load, with the platform's own way of requests. */
import { Fleet } from '../../controllers/serving/instances/fleet.ts';
import { readSettings } from '../../controllers/serving/settings.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import type { Plane, PlaneReport } from '../../src/platform/network/plane.ts';
import { startPlane } from '../../src/platform/network/start.ts';
import { median, table, verdict } from '../admission/table.ts';
import type { Part, PartOptions } from '../parts.ts';

const MOST_MS = 10;
const PODS = 2;

export async function benchTick({ isQuick }: PartOptions): Promise<Part> {
  const [count, seconds] = isQuick ? [100, 20] : [1_000, 240];
  const started = await startPlane();
  try {
    const plane = underLoad(started.plane);
    const fleet = new Fleet({ plane, pods: undefined }, { changed: () => {}, misses: () => {}, woke: () => {} });
    const settings = readSettings([], 'localhost');
    const begin = Date.parse('2026-11-22T08:00:00Z');
    for (let index = 0; index < count; index++) fleet.see(`bench/cart-${index}`, seen(index, settings), begin);
    const spans: number[] = [];
    for (let second = 1; second <= seconds; second++) {
      plane.second = second;
      const began = performance.now();
      fleet.tick(begin + second * 1000);
      spans.push(performance.now() - began);
      // as between two seconds: what has been read is dropped
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (fleet.awake !== count) throw new Error(`only ${fleet.awake} of ${count} Revisions were looked at`);
    const sorted = spans.slice(Math.floor(seconds / 4)).sort((left, right) => left - right);
    const typical = median(sorted);
    const at99 = sorted[Math.floor(sorted.length * 0.99)] ?? 0;
    return {
      text: `${count} Revisions with ${PODS} Pods each under load that changes, ${seconds} seconds\n\n${table(
        ['', 'p50', 'p99', 'a Revision'],
        [
          [
            'a tick',
            `${typical.toFixed(2)} ms`,
            `${at99.toFixed(2)} ms`,
            `${((typical / count) * 1000).toFixed(1)} µs`,
          ],
        ],
      )}`,
      aims: [
        verdict(`a tick over ${count} Revisions under ${MOST_MS} ms`, typical < MOST_MS, `${typical.toFixed(2)} ms`),
      ],
    };
  } finally {
    await started.close();
  }
}

/** The real one, which is asked for each report; the load is one that comes and goes. */
function underLoad(real: Plane): Plane & { second: number } {
  const busy = {
    second: 0,
    setRoutes: real.setRoutes.bind(real),
    setRevision: real.setRevision.bind(real),
    removeRevision: real.removeRevision.bind(real),
    setInstances: real.setInstances.bind(real),
    setProxied: real.setProxied.bind(real),
    drained: real.drained.bind(real),
    onWaiting: real.onWaiting.bind(real),
    explainUnserved: real.explainUnserved.bind(real),
    report(key: string): PlaneReport | undefined {
      const report = real.report(key);
      if (report === undefined) return undefined;
      const wave = 100 + 90 * Math.sin(busy.second / 20 + key.length);
      return { ...report, concurrency: wave, requests: wave * 3, seconds: 1 };
    },
  };
  return busy;
}

function seen(index: number, settings: ReturnType<typeof readSettings>) {
  const name = `cart-${index}`;
  const revision = { metadata: { name, namespace: 'bench', uid: `revision-${index}` }, spec: {} };
  const conditions = [{ type: 'ScaleTargetInitialized', status: 'True' }];
  const podAutoscaler = { metadata: { name, namespace: 'bench' }, status: { desiredScale: PODS, conditions } };
  const pods = Array.from({ length: PODS }, (_, pod) => aPod(index, pod));
  return { revision, podAutoscaler, pods, settings };
}

function aPod(index: number, pod: number): JsonObject {
  return {
    metadata: {
      name: `cart-${index}-${pod}`,
      namespace: 'bench',
      uid: `pod-${index}-${pod}`,
      annotations: { 'platform.weir.dev/port': String(20_000 + index * PODS + pod) },
      ownerReferences: [{ controller: true, uid: `revision-${index}`, kind: 'Revision', name: `cart-${index}` }],
    },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  };
}
