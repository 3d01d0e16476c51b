import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import type { PatchOperation } from '../../../../src/kubernetes/jsonPatch.ts';
import { catalogue } from '../../../../src/policy/catalogue.ts';
import { autoscalingDefaults } from '../../../../src/policy/defaults/autoscaling.ts';
import type { Finding } from '../../../../src/policy/engine/judge.ts';
import { autoscalingRules } from '../../../../src/policy/rules/autoscaling/index.ts';
import { imagePullSecretMisplaced } from '../../../../src/policy/rules/images/pullSecretMisplaced.ts';
import { knativeRules } from '../../../../src/policy/rules/knative/index.ts';
import { aPolicy, aService, only, verdictOf } from '../../builders.ts';

const judging = { ...only({ rules: knativeRules }), knativeDefaults: catalogue.knativeDefaults };
const MIN = 'autoscaling.knative.dev/min-scale';
const ON_TEMPLATE = '/spec/template/metadata/annotations/autoscaling.knative.dev~1min-scale';

function refusals(object: JsonObject): readonly Finding[] {
  return verdictOf(judging, object).findings;
}

describe('knative/', () => {
  it.each<[string, JsonObject, string, string]>([
    [
      'knative/schema',
      aService({ annotations: { 'min-scale': 2 } }),
      ON_TEMPLATE,
      'refused by Knative: cannot decode incoming new object: expected a text, got 2; write "2"',
    ],
    [
      'knative/schema',
      { ...aService(), apiVersion: 'serving.knative.dev/v1alpha1' },
      '/apiVersion',
      'refused by Knative: no matches for kind "Service" in version "serving.knative.dev/v1alpha1" (Knative serves serving.knative.dev/v1)',
    ],
    [
      'knative/unknown-field',
      aService({ podSpec: { timeoutSecond: 5 } }),
      '/spec/template/spec/timeoutSecond',
      'unknown field "spec.template.spec.timeoutSecond": strict clients such as kubectl and Argo CD refuse it, and any other loses the setting',
    ],
    [
      'knative/autoscaling',
      aService({ annotations: { 'min-scale': '5', 'max-scale': '2' } }),
      '/spec/template/metadata/annotations/autoscaling.knative.dev~1max-scale',
      'refused by Knative: max-scale=2 is less than min-scale=5',
    ],
    [
      'knative/autoscaling',
      aService({ podSpec: { containerConcurrency: 5000 } }),
      '/spec/template/spec/containerConcurrency',
      'refused by Knative: expected 0 <= 5000 <= 1000',
    ],
    [
      'knative/metadata',
      aService({ name: 'Cart' }),
      '/metadata/name',
      "refused by Knative: not a DNS 1035 label: [a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')]",
    ],
    [
      'knative/timeouts',
      aService({ podSpec: { timeoutSeconds: 601 } }),
      '/spec/template/spec/timeoutSeconds',
      'refused by Knative: expected 0 <= 601 <= 600',
    ],
    [
      'knative/containers',
      aService({ podSpec: { hostNetwork: true } }),
      '/spec/template/spec/hostNetwork',
      'refused by Knative: must not set the field(s): spec.template.spec.hostNetwork',
    ],
    [
      'knative/traffic',
      aService({ traffic: [{ latestRevision: true, percent: 90 }] }),
      '/spec/traffic',
      'refused by Knative: Traffic targets sum to 90, want 100',
    ],
  ])('%s tells its refusals in the words of Knative', (rule, object, path, message) => {
    expect(refusals(object)).toMatchObject([{ rule, path, message, action: 'deny' }]);
  });

  it('denies whatever the policy says', () => {
    const policy = aPolicy({ enforcement: 'warn', actions: { 'knative/*': 'off', 'knative/timeouts': 'off' } });
    const { findings } = verdictOf(judging, aService({ podSpec: { timeoutSeconds: 601 } }), policy);
    expect(findings).toMatchObject([{ rule: 'knative/timeouts', action: 'deny' }]);
  });

  it('says of a Service of traffic alone what is missing', () => {
    const object = {
      apiVersion: 'serving.knative.dev/v1',
      kind: 'Service',
      metadata: { name: 'cart' },
      spec: { traffic: [{ revisionName: 'cart-v1', percent: 100 }] },
    };
    expect(refusals(object)).toMatchObject([
      {
        rule: 'knative/containers',
        message:
          'refused by Knative: missing field(s): spec.template.spec.containers; there is no Service of traffic alone: write the template beside it, with the image that runs',
      },
    ]);
  });

  it('leaves other kinds alone', () => {
    expect(
      refusals({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'Cart' }, spec: { hostNetwork: 1 } }),
    ).toEqual([]);
  });

  it('tells one mistake once', () => {
    const rules = [...knativeRules, ...autoscalingRules, imagePullSecretMisplaced];
    const policy = aPolicy({ autoscaling: { maxScale: { max: 20 }, window: { max: '10m' } } });
    const service = aService({
      annotations: { 'max-scale': '-5', window: '2h' },
      metadata: { annotations: { [MIN]: '1' } },
      container: { imagePullSecrets: [{ name: 'regcred' }] },
    });
    const { findings } = verdictOf({ ...only({ rules }), knativeDefaults: catalogue.knativeDefaults }, service, policy);
    expect(findings.map((finding) => finding.rule).sort()).toEqual([
      'images/pull-secret-misplaced',
      'knative/autoscaling',
      'knative/autoscaling',
      'knative/autoscaling',
    ]);
  });
});

describe('the fixes of knative/', () => {
  it.each<[string, JsonObject, PatchOperation[] | undefined]>([
    [
      'quotes a number',
      aService({ annotations: { 'min-scale': 2 } }),
      [{ op: 'replace', path: ON_TEMPLATE, value: '2' }],
    ],
    [
      'quotes a truth value',
      aService({ labels: { team: true } }),
      [{ op: 'replace', path: '/spec/template/metadata/labels/team', value: 'true' }],
    ],
    [
      'takes the quotes off a number',
      aService({ podSpec: { timeoutSeconds: '60' } }),
      [{ op: 'replace', path: '/spec/template/spec/timeoutSeconds', value: 60 }],
    ],
    ['leaves any other text', aService({ podSpec: { timeoutSeconds: '60s' } }), undefined],
    [
      'moves an annotation to the template',
      aService({ metadata: { annotations: { [MIN]: '10' } } }),
      [
        { op: 'remove', path: '/metadata/annotations/autoscaling.knative.dev~1min-scale' },
        { op: 'add', path: ON_TEMPLATE, value: '10' },
      ],
    ],
    [
      "leaves the template's own value",
      aService({ annotations: { minScale: '3' }, metadata: { annotations: { [MIN]: '10' } } }),
      [{ op: 'remove', path: '/metadata/annotations/autoscaling.knative.dev~1min-scale' }],
    ],
    [
      'corrects a misspelt one on the way',
      aService({ metadata: { annotations: { 'autoscaling.knative.dev/minscale': '10' } } }),
      [
        { op: 'remove', path: '/metadata/annotations/autoscaling.knative.dev~1minscale' },
        { op: 'add', path: ON_TEMPLATE, value: '10' },
      ],
    ],
    [
      'moves a field of the pod out of the container',
      aService({ container: { serviceAccountName: 'cart' } }),
      [
        { op: 'remove', path: '/spec/template/spec/containers/0/serviceAccountName' },
        { op: 'add', path: '/spec/template/spec/serviceAccountName', value: 'cart' },
      ],
    ],
    [
      'leaves a field where its place is taken',
      aService({ podSpec: { serviceAccountName: 'a' }, container: { serviceAccountName: 'b' } }),
      undefined,
    ],
    [
      'gives the only target all',
      aService({ traffic: [{ latestRevision: true }] }),
      [{ op: 'add', path: '/spec/traffic/0/percent', value: 100 }],
    ],
    [
      'removes a target that names nothing',
      aService({ traffic: [{ revisionName: 'cart-v1', percent: 100 }, { latestRevision: false }] }),
      [{ op: 'remove', path: '/spec/traffic/1' }],
    ],
    [
      'leaves one that gets traffic',
      aService({
        traffic: [
          { revisionName: 'cart-v1', percent: 50 },
          { latestRevision: false, percent: 50 },
        ],
      }),
      undefined,
    ],
    [
      'removes an activation-scale of 1',
      aService({ annotations: { 'activation-scale': '1' } }),
      [{ op: 'remove', path: '/spec/template/metadata/annotations/autoscaling.knative.dev~1activation-scale' }],
    ],
  ])('%s', (_, object, expected) => {
    expect(refusals(object)[0]?.fix).toEqual(expected);
  });

  it('offers no name that Knative would refuse again', () => {
    const metadata = { metadata: { name: 'v2' } };
    const named = { ...aService({ name: '60s' }), spec: { template: { ...metadata, spec: { containers: [] } } } };
    const finding = refusals(named).find(({ message }) => message.includes('must have prefix'));
    expect(finding).toMatchObject({ path: '/spec/template/metadata/name' });
    expect(finding?.fix).toBeUndefined();
  });

  it("completes a Revision's name, and the traffic that names it", () => {
    const service = aService({ traffic: [{ revisionName: 'v2', percent: 100 }] });
    const named = {
      ...service,
      spec: {
        ...(service.spec as JsonObject),
        template: { metadata: { name: 'v2' }, spec: { containers: [{ image: 'a:1' }] } },
      },
    };
    expect(refusals(named)[0]?.fix).toEqual([
      { op: 'replace', path: '/spec/template/metadata/name', value: 'cart-v2' },
      { op: 'replace', path: '/spec/traffic/0/revisionName', value: 'cart-v2' },
    ]);
  });

  it("takes a default's place for what the author wrote in the wrong one", () => {
    const policy = aPolicy({ autoscaling: { minScale: { default: 2 } } });
    const service = aService({ metadata: { annotations: { [MIN]: '10' } } });
    const { findings } = verdictOf({ ...judging, defaulters: autoscalingDefaults }, service, policy);
    expect(findings[0]?.fix?.at(-1)).toEqual({ op: 'add', path: ON_TEMPLATE, value: '10' });
  });
});
