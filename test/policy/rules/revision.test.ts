/** A Revision that somebody writes by hand, which Knative's own roles let the editors of a namespace do. */
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { applyKnativeDefaults } from '../../../src/knative/serving/index.ts';
import { type JsonObject, objectAt } from '../../../src/kubernetes/json.ts';
import { catalogue } from '../../../src/policy/catalogue.ts';
import { applyPatch } from '../../../src/policy/engine/edit.ts';
import { loadPolicies } from '../../../src/policy/load/load.ts';
import { verdictOf } from '../builders.ts';

const { policies } = await loadPolicies(path.resolve(import.meta.dirname, '../../../policies'), 'policies');
const prod = policies.get('prod');
if (prod === undefined) throw new Error('no policy prod');

interface Parts {
  readonly metadata?: JsonObject;
  readonly annotations?: JsonObject;
  readonly spec?: JsonObject;
  readonly container?: JsonObject;
}

/** One that prod has nothing against. */
function aRevision({ metadata, annotations, spec, container }: Parts = {}): JsonObject {
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Revision',
    metadata: {
      name: 'cart-by-hand',
      namespace: 'shop',
      annotations: {
        'autoscaling.knative.dev/min-scale': '2',
        'autoscaling.knative.dev/max-scale': '20',
        'autoscaling.knative.dev/target': '100',
        ...annotations,
      },
      ...metadata,
    },
    spec: {
      imagePullSecrets: [{ name: 'regcred' }],
      containers: [
        {
          image: 'registry.example.com/shop/cart:1.4.2',
          resources: { requests: { cpu: '200m', memory: '512Mi' }, limits: { cpu: '2', memory: '2Gi' } },
          securityContext: {
            runAsNonRoot: true,
            allowPrivilegeEscalation: false,
            capabilities: { drop: ['ALL'] },
            seccompProfile: { type: 'RuntimeDefault' },
          },
          ...container,
        },
      ],
      ...spec,
    },
  };
}

const SECURITY = '/spec/containers/0/securityContext';

const judged = (object: JsonObject) => verdictOf(catalogue, object, prod);

describe('a Revision by hand', () => {
  it('passes where it is as the policy wants it, and nothing is filled into any', () => {
    const { findings, failures, judged: isJudged } = judged(aRevision());
    expect([isJudged, failures]).toEqual([true, []]);
    expect(findings.filter(({ action }) => action === 'deny')).toEqual([]);

    const bare = { ...aRevision(), spec: { containers: [{ image: 'registry.example.com/shop/cart:1.4.2' }] } };
    expect(judged(bare).defaults).toEqual([]);
    expect(judged(bare).object).toBe(bare);
  });

  it.each<[string, Parts, string]>([
    ['images/registry', { container: { image: 'docker.io/library/nginx:1.27' } }, '/spec/containers/0/image'],
    ['images/tag', { container: { image: 'registry.example.com/shop/cart' } }, '/spec/containers/0/image'],
    ['images/pull-secret', { spec: { imagePullSecrets: [] } }, '/spec/imagePullSecrets'],
    ['resources/limits', { container: { resources: {} } }, '/spec/containers/0'],
    ['security/privilege-escalation', { container: { securityContext: {} } }, `${SECURITY}/allowPrivilegeEscalation`],
    ['security/run-as-non-root', { container: { securityContext: {} } }, `${SECURITY}/runAsNonRoot`],
    [
      'security/credential',
      { container: { env: [{ name: 'DB_PASSWORD', value: 'hunter2hunter2' }] } },
      '/spec/containers/0/env/0/value',
    ],
    [
      'autoscaling/max-scale',
      { annotations: { 'autoscaling.knative.dev/max-scale': '500' } },
      '/metadata/annotations/autoscaling.knative.dev~1max-scale',
    ],
    [
      'autoscaling/unknown-key',
      { annotations: { 'autoscaling.knative.dev/stable-window': '60s' } },
      '/metadata/annotations/autoscaling.knative.dev~1stable-window',
    ],
    [
      'knative/autoscaling',
      { annotations: { 'autoscaling.knative.dev/min-scale': '-1' } },
      '/metadata/annotations/autoscaling.knative.dev~1min-scale',
    ],
    ['knative/containers', { spec: { hostNetwork: true } }, '/spec/hostNetwork'],
    ['knative/timeouts', { spec: { timeoutSeconds: 1200 } }, '/spec/timeoutSeconds'],
    ['knative/unknown-field', { spec: { template: {} } }, '/spec/template'],
    [
      'images/pull-secret-misplaced',
      { container: { imagePullSecrets: [{ name: 'regcred' }] } },
      '/spec/containers/0/imagePullSecrets',
    ],
  ])('is told %s once, where it stands', (rule, parts, place) => {
    const told = judged(aRevision(parts)).findings.filter((finding) => finding.rule === rule);
    expect(told.map(({ path: at, action }) => [at, action])).toEqual([[place, 'deny']]);
  });

  it('has its labels judged once, as those of its template', () => {
    const { findings } = judged(
      aRevision({ metadata: { annotations: {}, labels: { 'autoscaling.knative.dev/min-scale': '2' } } }),
    );
    const [misplaced, ...more] = findings.filter(({ rule }) => rule === 'autoscaling/misplaced');
    expect(more).toEqual([]);
    expect(misplaced).toMatchObject({
      path: '/metadata/labels/autoscaling.knative.dev~1min-scale',
      message:
        '"autoscaling.knative.dev/min-scale" is a label here and does nothing: Knative\'s autoscaler reads metadata.annotations',
    });
    const fixed = applyPatch(aRevision(), misplaced?.fix?.filter(({ op }) => op !== 'remove') ?? []);
    expect(objectAt(fixed, 'metadata', 'annotations')).toMatchObject({ 'autoscaling.knative.dev/min-scale': '2' });
  });

  it('is judged as Knative completes it', () => {
    const completed = applyKnativeDefaults(aRevision(), prod.knative).object;
    expect(completed).not.toEqual(aRevision());
    expect(judged(completed).findings).toEqual(judged(aRevision()).findings);
  });
});
