/** Knative Services at random, for properties: some sound, some with any value anywhere. */
import fc from 'fast-check';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { aService } from './builders.ts';

const scales = ['0', '1', '2', '3', '5', '9', '20', '50', '60', '500'];
const durations = ['0s', '6s', '10s', '30s', '60s', '5m', '15m', '45m', '1h'];
const percents = ['1', '10', '50', '70', '90', '100'];

/** By key, in every spelling; each value is one that Knative can read. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  'min-scale': scales,
  minScale: scales,
  'max-scale': scales,
  maxScale: scales,
  'initial-scale': ['1', '2', '5', '30'],
  'activation-scale': ['2', '3', '20'],
  target: ['0.5', '1', '20', '50', '100', '700', '5000'],
  metric: ['concurrency', 'rps', 'cpu', 'memory', 'queue_depth'],
  class: ['kpa.autoscaling.knative.dev', 'hpa.autoscaling.knative.dev', 'somebody.example.com'],
  'target-utilization-percentage': percents,
  'target-burst-capacity': ['-1', '0', '100', '1000'],
  window: ['6s', '60s', '5m', '1h'],
  'scale-down-delay': durations,
  scaleDownDelay: durations,
  'scale-to-zero-pod-retention-period': durations,
  'panic-window-percentage': percents,
  'panic-threshold-percentage': ['110', '200', '1000'],
};

const quantities = {
  cpu: ['5m', '10m', '100m', '250m', '1', '2', '3500m', '8', '2000m'],
  memory: ['16Mi', '64Mi', '128Mi', '512Mi', '1Gi', '1000M', '4Gi', '16Gi', '1073741824'],
};

const annotations: fc.Arbitrary<Record<string, string>> = fc
  .subarray(Object.entries(VALUES))
  .chain((entries) =>
    fc.tuple(...entries.map(([key, values]) => fc.tuple(fc.constant(key), fc.constantFrom(...values)))),
  )
  .map((found) => Object.fromEntries(found));

const side = fc.record(
  { cpu: fc.constantFrom(...quantities.cpu), memory: fc.constantFrom(...quantities.memory) },
  { requiredKeys: [] },
);
const resources = fc.record({ requests: side, limits: side }, { requiredKeys: [] });

/** Services whose every value can be read; what they come to together may be refused by anybody. */
export const services: fc.Arbitrary<JsonObject> = fc
  .record({
    annotations,
    podSpec: fc.record(
      {
        containerConcurrency: fc.constantFrom(0, 1, 10, 100, 150, 1000),
        timeoutSeconds: fc.constantFrom(1, 60, 300, 500, 600),
        responseStartTimeoutSeconds: fc.constantFrom(1, 60, 600, 900),
        idleTimeoutSeconds: fc.constantFrom(0, 60, 900),
      },
      { requiredKeys: [] },
    ),
    container: fc.record({ resources }, { requiredKeys: [] }),
  })
  .map((parts) => aService(parts));

const anything: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(null, '', 0, -1, 1.5, true, [], {}, [null], 'text', '__proto__', [{}], ['x'], { '': null }),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Services with any value at some place of their tree. */
export const brokenServices: fc.Arbitrary<JsonObject> = fc
  .tuple(services, fc.array(fc.tuple(fc.nat(), anything), { minLength: 1, maxLength: 3 }))
  .map(([service, breaks]) => {
    const copy: unknown = JSON.parse(JSON.stringify(service));
    for (const [seed, value] of breaks) breakAt(copy, seed, value);
    return copy as JsonObject;
  });

function breakAt(root: unknown, seed: number, value: unknown): void {
  const places: [Record<string, unknown>, string][] = [];
  const walk = (node: unknown) => {
    if (typeof node !== 'object' || node === null) return;
    for (const key of Object.keys(node)) {
      places.push([node as Record<string, unknown>, key]);
      walk((node as Record<string, unknown>)[key]);
    }
  };
  walk(root);
  const place = places[seed % Math.max(places.length, 1)];
  // The kind decides which rules look at all.
  if (place !== undefined && place[1] !== 'kind' && place[1] !== 'apiVersion')
    place[0][place[1]] = JSON.parse(JSON.stringify(value));
}
