/** The CustomResourceDefinition of PolicyException, as an API server reads it. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { isObject, type JsonObject, objectAt, stringAt, valueAt } from '../../src/kubernetes/json.ts';
import { objectsAt } from '../overlays/read.ts';
import { cluster, freshNamespace } from './harness/cluster.ts';
import { applyOverlay, removeEntries } from './overlay.ts';

const controlPlane = cluster();
const { api, kubectl } = controlPlane;
/** The entries are taken away again before anybody is asked. */
const NOWHERE = 1;

describe('the CRD of PolicyException', () => {
  const good: JsonObject = {
    rules: ['autoscaling/max-scale', 'resources/*'],
    match: { kinds: ['serving.knative.dev/Service', 'Secret'], names: ['checkout', 'checkout-*'] },
    reason: 'the sale needs twice the usual pods',
    owner: 'team-shop',
    until: '2026-12-01',
  };

  beforeAll(async () => {
    await applyOverlay(controlPlane, { grade: 'prod', port: NOWHERE });
    await removeEntries(controlPlane);
    await kubectl(['wait', '--for=condition=Established', '--timeout=30s', 'crd/policyexceptions.weir.dev']);
  });

  async function tried(spec: JsonObject): Promise<string> {
    const metadata = { name: 'black-friday', namespace: 'default' };
    const object = { apiVersion: 'weir.dev/v1alpha1', kind: 'PolicyException', metadata, spec };
    const path = '/apis/weir.dev/v1alpha1/namespaces/default/policyexceptions?dryRun=All&fieldValidation=Strict';
    const { status, body } = await api.ask('POST', path, object);
    return status === 201 ? '' : (stringAt(body, 'message') ?? `${status}`);
  }

  it('has a schema that Kubernetes finds nothing wrong with', async () => {
    const crd = await api.get('/apis/apiextensions.k8s.io/v1/customresourcedefinitions/policyexceptions.weir.dev');
    const conditions = objectsAt(isObject(crd) ? crd : {}, 'status', 'conditions');
    expect(conditions.map(({ type, status }) => `${type} ${status}`).sort()).toEqual([
      'Established True',
      'NamesAccepted True',
    ]);
  });

  it.each`
    what                     | change
    ${'as the guide has it'} | ${{}}
    ${'for every object'}    | ${{ match: {} }}
    ${'with empty lists'}    | ${{ match: { kinds: [], names: [] } }}
    ${'until a moment'}      | ${{ until: '2026-12-01T18:00:00Z' }}
    ${'until a minute'}      | ${{ until: '2026-12-01T18:00+01:00' }}
    ${'for a custom rule'}   | ${{ rules: ['custom/team-label'] }}
  `('takes one $what', async ({ change }) => {
    expect(await tried({ ...good, ...objectAt(change) })).toBe('');
  });

  it.each`
    change                                     | reason
    ${{ rules: [] }}                           | ${'should have at least 1 items'}
    ${{ rules: ['knative/schema'] }}           | ${'what Knative itself refuses (knative/…) nobody can excuse'}
    ${{ rules: ['exceptions/expired'] }}       | ${'what is wrong with an exception (exceptions/…) no exception excuses'}
    ${{ rules: ['images/tag', 'images/tag'] }} | ${'Duplicate value'}
    ${{ rules: ['Images/tag'] }}               | ${'should match'}
    ${{ reason: ' ' }}                         | ${'spec.reason'}
    ${{ owner: '' }}                           | ${'spec.owner'}
    ${{ until: 'tomorrow' }}                   | ${'spec.until'}
    ${{ until: '2026-13-01' }}                 | ${'spec.until'}
    ${{ until: 20261201 }}                     | ${'must be of type string'}
    ${{ match: { name: ['checkout'] } }}       | ${'unknown field "spec.match.name"'}
    ${{ match: { kinds: ['service'] } }}       | ${'spec.match.kinds[0]'}
    ${{ untill: '2026-12-01' }}                | ${'unknown field "spec.untill"'}
  `('refuses $change', async ({ change, reason }) => {
    expect(await tried({ ...good, ...objectAt(change) })).toContain(reason);
  });

  it.each(['rules', 'reason', 'owner', 'until'])('refuses one without %s', async (field) => {
    const { [field]: _, ...rest } = good;
    expect(await tried(rest)).toContain(`spec.${field}: Required value`);
  });

  it('shows what counts, and keeps a status that a client has no say in', async () => {
    const namespace = await freshNamespace(controlPlane);
    const path = `/apis/weir.dev/v1alpha1/namespaces/${namespace}/policyexceptions`;
    const condition = {
      type: 'InForce',
      status: 'True',
      reason: 'Excuses',
      message: 'it excuses checkout',
      lastTransitionTime: '2026-11-21T12:00:00Z',
    };
    const object = { apiVersion: 'weir.dev/v1alpha1', kind: 'PolicyException', metadata: { name: 'sale' }, spec: good };
    expect(
      valueAt(await api.create(path, { ...object, status: { conditions: [condition] } }), 'status'),
    ).toBeUndefined();
    await api.patch(`${path}/sale/status`, { status: { observedGeneration: 1, conditions: [condition] } });

    const { stdout } = await kubectl(['get', 'policyexceptions', '--namespace', namespace]);
    const [head = '', row = ''] = stdout.split('\n');
    expect(head.split(/ {2,}/)).toEqual(['NAME', 'RULES', 'UNTIL', 'OWNER', 'IN FORCE', 'AGE']);
    expect(row).toMatch(/^sale +\["autoscaling\/max-scale","resources\/\*"] +2026-12-01 +team-shop +True /);
  });
});
