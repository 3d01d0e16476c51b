/** Knative Services that begin at zero, on the platform. */
import { services } from '../../../src/knative/resources.ts';
import { ApiError } from '../../../src/kubernetes/client/errors.ts';
import { configMaps, namespaces } from '../../../src/kubernetes/client/resources.ts';
import { arrayAt, type JsonObject, stringAt, valueAt } from '../../../src/kubernetes/json.ts';
import { nameOf } from '../../../src/kubernetes/object.ts';
import { IMAGE, type Platform } from './start.ts';

export const NAMESPACE = 'bench';
const READY_WITHIN_MS = 300_000;
const LOOK_MS = 200;
const AT_ONCE = 8;

/** A namespace without an environment, and Services that may begin without a Pod. */
export async function prepare({ client }: Platform): Promise<void> {
  await client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
  const system = 'knative-serving';
  await client
    .create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: system } })
    .catch((error: unknown) => {
      if (!(error instanceof ApiError && error.status === 409)) throw error;
    });
  const metadata = { name: 'config-autoscaler', namespace: system };
  const data = { 'allow-zero-initial-scale': 'true' };
  await client.create(configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data });
}

export interface ServiceOptions {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly containerConcurrency?: number;
  readonly env?: Readonly<Record<string, string>>;
}

export function service(name: string, { annotations = {}, containerConcurrency, env = {} }: ServiceOptions = {}) {
  const autoscaling = { 'initial-scale': '0', ...annotations };
  const prefixed = Object.entries(autoscaling).map(([key, value]) => [`autoscaling.knative.dev/${key}`, value]);
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name, namespace: NAMESPACE },
    spec: {
      template: {
        metadata: { annotations: Object.fromEntries(prefixed) },
        spec: {
          ...(containerConcurrency === undefined ? {} : { containerConcurrency }),
          containers: [{ image: IMAGE, env: Object.entries(env).map(([key, value]) => ({ name: key, value })) }],
        },
      },
    },
  } satisfies JsonObject;
}

/** Applies them, and waits until all are ready. */
export async function make(platform: Platform, wanted: readonly JsonObject[]): Promise<void> {
  const { client } = platform;
  const left = [...wanted];
  const lane = async (): Promise<void> => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) await client.create(services, next);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  const names = new Set(wanted.map(nameOf));
  const end = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const { items } = await client.list(services, { namespace: NAMESPACE });
    const waiting = items.filter((each) => names.has(nameOf(each)) && !isReady(each));
    if (waiting.length === 0) return;
    if (Date.now() > end) {
      const [first] = waiting;
      throw new Error(`${waiting.length} Services did not become ready: ${JSON.stringify(valueAt(first, 'status'))}`);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

function isReady(each: JsonObject): boolean {
  return arrayAt(each, 'status', 'conditions').some(
    (condition) => stringAt(condition, 'type') === 'Ready' && stringAt(condition, 'status') === 'True',
  );
}

export function hostOf(name: string): string {
  return `${name}.${NAMESPACE}.localhost`;
}
