/** The component default-environment: in which environment a new Namespace is. */
import { describe, expect, it } from '@jest/globals';
import { isObject, type JsonObject, objectAt } from '../../../src/kubernetes/json.ts';
import { until } from '../../../tools/controlplane/process/wait.ts';
import { cluster } from '../harness/cluster.ts';
import { useWeir } from './harness/weir.ts';

const controlPlane = cluster();
const { api } = controlPlane;

describe('a new Namespace', () => {
  useWeir(controlPlane, { components: ['default-environment'] });

  /** The environment that one with these labels has once it is stored; a dry run, since it passes every webhook as well. */
  async function environmentWith(labels: JsonObject, name = 'weir-test-new'): Promise<unknown> {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
    const { status, body } = await api.ask('POST', '/api/v1/namespaces?dryRun=All', namespace);
    if (status !== 201 || !isObject(body)) throw new Error(`${status}: ${JSON.stringify(body)}`);
    return objectAt(body, 'metadata', 'labels')?.['weir.dev/environment'];
  }

  it('joins dev where its author names no environment', async () => {
    // the API server learns of the entry, and of its caBundle, by a watch of its own
    await until('the entry is asked', { seconds: 60 }, async () => (await environmentWith({})) !== undefined);
    expect(await environmentWith({ team: 'shop' })).toBe('dev');
  });

  it.each([
    ['staging', { 'weir.dev/environment': 'staging' }],
    ['', { 'weir.dev/environment': '' }],
  ])('stays in "%s" where its author says so', async (environment, labels) => {
    expect(await environmentWith(labels)).toBe(environment);
  });

  it('that Weir leaves out by name joins none', async () => {
    const { body } = await api.ask('GET', '/api/v1/namespaces/argocd');
    const isThere = isObject(body) && body.kind === 'Namespace';
    if (!isThere) expect(await environmentWith({}, 'argocd')).toBeUndefined();
  });
});
