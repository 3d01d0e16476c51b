import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import type { AdmissionAttributes } from '../../../../src/platform/apiserver/admission/admission.ts';
import type { ConditionInput } from '../../../../src/platform/apiserver/admission/conditions.ts';
import { configurationsOf } from '../../../../src/platform/apiserver/admission/configurations.ts';
import { isExempt, seenBy } from '../../../../src/platform/apiserver/admission/selection.ts';
import type { Resource, Resources } from '../../../../src/platform/apiserver/resources/resource.ts';
import { Failure } from '../../../../src/platform/apiserver/status/failure.ts';
import { aConfigMap, anAdmission, asked, configure, entry, outcome, resource } from './webhooks.ts';

const conditions: Readonly<Record<string, (input: ConditionInput) => boolean>> = {
  yes: () => true,
  no: () => false,
  fails: () => {
    throw new Error('no such key: x');
  },
  'is jane': ({ request }) => (request.userInfo as JsonObject).username === 'jane',
};

function compile(expression: string): (input: ConditionInput) => boolean {
  const condition = conditions[expression];
  if (condition === undefined) throw new Error('undeclared reference');
  return condition;
}

/** `yes`, `no`, another version that is seen, or the code and the sentence of a failure. */
async function seen(
  fields: JsonObject,
  changes: Partial<AdmissionAttributes> = {},
  resources?: Resources,
): Promise<string> {
  const { store } = await anAdmission();
  await configure(store, 'validating', 'one', [entry({ url: 'https://localhost' }, fields)]);
  const [webhook] = configurationsOf(store, compile).validating();
  if (webhook === undefined) throw new Error('no webhook');
  try {
    const result = seenBy(webhook, asked(changes), { store, authorizer: undefined, resources });
    if (result === undefined) return 'no';
    return result.as.version === 'v1' ? 'yes' : `${result.as.version} ${String(result.object?.apiVersion)}`;
  } catch (error) {
    if (error instanceof Failure) return `${error.code} ${error.message}`;
    throw error;
  }
}

const deployment = { resource: resource('Deployment', 'apps') };
const node = { resource: resource('Node', '', false), namespace: '', name: 'n' };
const namespace = { resource: resource('Namespace', '', false), namespace: 'shop', name: 'shop' };

function rule(fields: JsonObject): JsonObject {
  return { rules: [{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*'], ...fields }] };
}

describe('rules', () => {
  it.each<[JsonObject, Partial<AdmissionAttributes>, string]>([
    [{}, {}, 'yes'],
    [{ operations: ['UPDATE', 'CREATE'] }, {}, 'yes'],
    [{ operations: ['UPDATE'] }, {}, 'no'],
    [{ operations: ['DELETE'] }, { operation: 'DELETE' }, 'yes'],
    [{ apiGroups: ['apps'] }, {}, 'no'],
    [{ apiGroups: [''] }, {}, 'yes'],
    [{ apiGroups: ['', 'apps'] }, deployment, 'yes'],
    [{ apiVersions: ['v1beta1'] }, {}, 'no'],
    [{ resources: ['configmaps'] }, {}, 'yes'],
    [{ resources: ['configmap'] }, {}, 'no'],
    [{ resources: ['deployments'] }, { ...deployment, subresource: 'scale' }, 'no'],
    [{ resources: ['*'] }, { ...deployment, subresource: 'scale' }, 'no'],
    [{ resources: ['deployments/scale'] }, { ...deployment, subresource: 'scale' }, 'yes'],
    [{ resources: ['deployments/*'] }, { ...deployment, subresource: 'scale' }, 'yes'],
    [{ resources: ['deployments/*'] }, deployment, 'yes'],
    [{ resources: ['*/scale'] }, { ...deployment, subresource: 'scale' }, 'yes'],
    [{ resources: ['*/scale'] }, deployment, 'no'],
    [{ resources: ['*/*'] }, { ...deployment, subresource: 'status' }, 'yes'],
    [{ resources: [7, null] }, {}, 'no'],
    [{ scope: 'Namespaced' }, {}, 'yes'],
    [{ scope: 'Namespaced' }, node, 'no'],
    [{ scope: 'Namespaced' }, namespace, 'no'],
    [{ scope: 'Cluster' }, {}, 'no'],
    [{ scope: 'Cluster' }, node, 'yes'],
    [{ scope: 'Cluster' }, namespace, 'yes'],
    [{ scope: 'Galaxy' }, {}, 'no'],
  ])('%j', async (fields, changes, expected) => {
    expect(await seen(rule(fields), changes)).toBe(expected);
  });

  it('one of several is enough, and none means nothing', async () => {
    const rules = [...(rule({ apiGroups: ['x'] }).rules as JsonObject[]), ...(rule({}).rules as JsonObject[])];
    expect(await seen({ rules })).toBe('yes');
    expect(await seen({ rules: [] })).toBe('no');
  });
});

describe('a namespaceSelector', () => {
  const shop = { namespaceSelector: { matchLabels: { team: 'shop' } } };
  const notShop = { namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'NotIn', values: ['shop'] }] } };
  const labelled = { metadata: { name: 'shop', labels: { team: 'other' } } };
  it.each<[JsonObject, Partial<AdmissionAttributes>, string]>([
    [shop, {}, 'yes'],
    [shop, { namespace: 'other' }, 'no'],
    [shop, { namespace: 'none' }, '404 namespaces "none" not found'],
    [{ ...shop, ...rule({ apiGroups: ['x'] }) }, { namespace: 'none' }, 'no'],
    [notShop, {}, 'no'],
    [notShop, { namespace: 'other' }, 'yes'],
    [shop, node, 'yes'],
    [shop, { ...namespace, object: labelled }, 'no'],
    [notShop, { ...namespace, object: labelled }, 'yes'],
    [shop, { ...namespace, operation: 'DELETE', object: undefined, old: labelled }, 'yes'],
    [shop, { ...namespace, operation: 'UPDATE', subresource: 'status', object: labelled }, 'yes'],
  ])('%j and %j', async (fields, changes, expected) => {
    expect(await seen(fields, changes)).toBe(expected);
  });
});

describe('an objectSelector', () => {
  const blue = { objectSelector: { matchLabels: { color: 'blue' } } };
  const blueOne = aConfigMap({}, { color: 'blue' });
  it.each<[Partial<AdmissionAttributes>, string]>([
    [{}, 'no'],
    [{ object: blueOne }, 'yes'],
    [{ operation: 'UPDATE', old: blueOne }, 'yes'],
    [{ operation: 'DELETE', object: undefined, old: blueOne }, 'yes'],
    [{ operation: 'DELETE', object: undefined, old: aConfigMap() }, 'no'],
    [{ object: { metadata: 'none' } }, 'no'],
  ])('%j', async (changes, expected) => {
    expect(await seen(blue, changes)).toBe(expected);
  });
});

describe('matchConditions', () => {
  it.each<[readonly string[], string, string]>([
    [['yes', 'is jane'], 'Fail', 'yes'],
    [['yes', 'no'], 'Fail', 'no'],
    [['fails', 'no'], 'Fail', 'no'],
    [
      ['yes', 'fails'],
      'Fail',
      `403 configmaps "web" is forbidden: expression 'fails' resulted in error: no such key: x`,
    ],
    [
      ['fails', 'fails'],
      'Fail',
      `403 configmaps "web" is forbidden: [expression 'fails' resulted in error: no such key: x, expression 'fails' resulted in error: no such key: x]`,
    ],
    [['yes', 'fails'], 'Ignore', 'no'],
    [['unknown'], 'Fail', '403 configmaps "web" is forbidden: compilation error: undeclared reference'],
  ])('%j with %s', async (expressions, failurePolicy, expected) => {
    const matchConditions = expressions.map((expression, index) => ({ name: `c${index}`, expression }));
    expect(await seen({ matchConditions, failurePolicy })).toBe(expected);
  });

  it('are compiled once for each change of the configuration', async () => {
    let compiled = 0;
    const { store } = await anAdmission();
    const configurations = configurationsOf(store, () => {
      compiled++;
      return () => true;
    });
    const webhooks = [entry({}, { matchConditions: [{ name: 'a', expression: 'x' }] })];
    await configure(store, 'mutating', 'one', webhooks);
    for (let round = 0; round < 3; round++) configurations.mutating();
    expect(compiled).toBe(1);
    await configure(store, 'mutating', 'one', webhooks);
    configurations.mutating();
    expect(compiled).toBe(2);
  });
});

describe('matchPolicy', () => {
  const custom: Resource = { ...resource('Widget', 'example.com'), isCustom: true };
  const all = [custom, { ...custom, version: 'v2' }];
  const resources = { all: () => all } as unknown as Resources;
  const widget = { resource: custom, object: { apiVersion: 'example.com/v1', kind: 'Widget' } };
  const other = rule({ apiVersions: ['v2'] });
  it.each<[JsonObject, string]>([
    [{ ...other, matchPolicy: 'Equivalent' }, 'v2 example.com/v2'],
    [other, 'v2 example.com/v2'],
    [{ ...other, matchPolicy: 'Exact' }, 'no'],
    [rule({ apiVersions: ['v2', 'v1'] }), 'yes'],
    [rule({ apiVersions: ['v3'] }), 'no'],
  ])('%j', async (fields, expected) => {
    expect(await seen(fields, widget, resources)).toBe(expected);
  });
});

describe('what no webhook is asked about', () => {
  it.each([
    ['MutatingWebhookConfiguration', 'admissionregistration.k8s.io', true],
    ['ValidatingWebhookConfiguration', 'admissionregistration.k8s.io', true],
    ['ValidatingWebhookConfiguration', 'example.com', false],
    ['ConfigMap', '', false],
  ])('%s of %j: %j', (kind, group, expected) => {
    expect(isExempt(asked({ resource: resource(kind, group) }))).toBe(expected);
  });

  it('is let through by both kinds of webhooks', async () => {
    const { store, admission } = await anAdmission();
    const webhooks = [entry({ url: 'https://127.0.0.1:1' })];
    await configure(store, 'mutating', 'one', webhooks);
    const configuration = asked({ resource: resource('MutatingWebhookConfiguration', 'admissionregistration.k8s.io') });
    expect(await outcome(admission, configuration)).toEqual({});
    await configure(store, 'mutating', 'one', []);
    await configure(store, 'validating', 'one', webhooks);
    expect(await outcome(admission, configuration)).toEqual({});
    expect(await outcome(admission, asked())).toMatch(/connection refused$/);
  });
});
