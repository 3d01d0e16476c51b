/**
 * What an API server makes of TrafficRollouts by their CustomResourceDefinition alone: the tables of test/rollout, where its
 * schema and its CEL are played, hold on a real one too.
 */
import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  isObject,
  type JsonObject,
  type JsonValue,
  objectAt,
  stringAt,
  valueAt,
} from '../../../../src/kubernetes/json.ts';
import { freshStatus, statusJson } from '../../../../src/rollout/status.ts';
import { aDocument } from '../../../rollout/builders.ts';
import { BAD, GOOD } from '../../../rollout/documents.ts';
import { cluster, freshNamespace } from '../../harness/cluster.ts';

const { api, kubectl } = cluster();
const SLOW_MS = 120_000;
let namespace = '';
let count = 0;

beforeAll(async () => {
  const applied = await kubectl(['apply', '--server-side', '-f', 'overlays/base/trafficrollouts.yaml']);
  if (applied.code !== 0) throw new Error(applied.stderr);
  await kubectl(['wait', '--for=condition=Established', '--timeout=30s', 'crd/trafficrollouts.weir.dev']);
  namespace = await freshNamespace(cluster());
}, SLOW_MS);

function collection(): string {
  return `/apis/weir.dev/v1alpha1/namespaces/${namespace}/trafficrollouts`;
}

/** Under a name of its own. */
async function create(document: JsonObject): Promise<{ status: number; body: JsonValue; name: string }> {
  const name = `rollout-${++count}`;
  const { status, body } = await api.ask('POST', collection(), { ...document, metadata: { name, namespace } });
  return { status, body, name };
}

/** `/spec/strategy/canary/steps/0/percent minimum` is `spec.strategy.canary.steps[0].percent` to an API server. */
function placeOf(refusal: string): string {
  if (!refusal.startsWith('/')) return refusal;
  const [pointer = ''] = refusal.split(' ');
  return pointer
    .slice(1)
    .replaceAll(/\/(\d+)/g, '[$1]')
    .replaceAll('/', '.');
}

describe('an API server', () => {
  it.each(GOOD)('stores %s', async (_, document) => {
    const { status, body } = await create(document);
    expect([status, valueAt(body, 'message')]).toEqual([201, undefined]);
    expect(valueAt(body, 'spec')).toEqual(document.spec);
  });

  it.each(BAD)('refuses %j', async (document, _, refusal) => {
    const { status, body } = await create(document);
    expect([status, stringAt(body, 'reason')]).toEqual([422, 'Invalid']);
    expect(stringAt(body, 'message')).toContain(placeOf(refusal));
  });

  it('refuses an edit that takes the order out of the steps', async () => {
    const { name } = await create(aDocument());
    const steps = [{ percent: 30 }, { percent: 10 }, { percent: 60 }];
    const body = { spec: { strategy: { canary: { steps } } } };
    const refused = await api.ask('PATCH', `${collection()}/${name}`, body, 'application/merge-patch+json');
    expect([refused.status, stringAt(refused.body, 'message')]).toEqual([
      422,
      expect.stringContaining('a step is smaller than the one before it'),
    ]);
  });

  it('stores the whole of a status, and refuses a phase that there is not', async () => {
    const { name, body: made } = await create(aDocument());
    const rollout = isObject(made) ? made : {};
    const status = statusJson({
      ...freshStatus('2026-11-23T10:00:00Z', 'uid'),
      phase: 'Progressing',
      stable: 'api-service-00001',
      stablePods: 4,
      candidate: {
        revision: 'api-service-00002',
        tag: 'candidate',
        since: '2026-11-23T10:00:00Z',
        unknownSince: '2026-11-23T10:05:00Z',
      },
      step: 1,
      weight: 10,
      previous: { revision: 'api-service-00000', pods: 3, until: '2026-11-23T11:00:00Z' },
      claims: [{ revision: 'api-service-00001', minScale: 4 }],
    });
    const place = `${collection()}/${name}/status`;
    const put = (next: JsonObject) => api.ask('PUT', place, { ...rollout, status: next });
    expect((await put({ ...status, phase: 'Hurrying' })).status).toBe(422);
    const { status: code, body } = await put(status);
    expect([code, objectAt(body, 'status')]).toEqual([200, status]);
  });
});
