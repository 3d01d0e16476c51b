import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import type { AdmissionAttributes } from '../../../../src/platform/apiserver/admission/admission.ts';
import { compileCondition } from '../../../../src/platform/apiserver/admission/celConditions.ts';
import { conditionGuard } from '../../../../src/platform/apiserver/admission/conditionGuard.ts';
import { requestOf, seenAs } from '../../../../src/platform/apiserver/admission/review.ts';
import type { Attributes } from '../../../../src/platform/apiserver/auth/user.ts';
import { Failure } from '../../../../src/platform/apiserver/status/failure.ts';
import { aConfigMap, asked, entry, resource } from './webhooks.ts';

const seen: Attributes[] = [];
const authorizer = {
  decide(attributes: Attributes) {
    seen.push(attributes);
    return { allowed: attributes.verb === 'get', reason: `for ${attributes.user.name}` };
  },
};

/** What the condition says of a request; `no: …` where it cannot say. */
function run(expression: string, changes: Partial<AdmissionAttributes> = {}): boolean | string {
  const attributes = asked(changes);
  try {
    const { object, old } = attributes;
    const request = requestOf(seenAs(attributes, attributes.resource));
    return compileCondition(expression)({ object, oldObject: old, request, authorizer, attributes });
  } catch (error) {
    return `no: ${error instanceof Error ? error.message.split('\n')[0] : error}`;
  }
}

describe('a condition', () => {
  const object = aConfigMap({ a: '1' }, { app: 'web' });
  it.each<[string, Partial<AdmissionAttributes>, boolean | string]>([
    ["object.metadata.labels.app == 'web'", { object }, true],
    ["object.metadata.labels['app'] == 'api'", { object }, false],
    ['has(object.metadata.labels.team)', { object }, false],
    ['oldObject == null', {}, true],
    ['object == null', { operation: 'DELETE', object: undefined, old: object }, true],
    [
      "oldObject.data.a == '1' && object.data.a != oldObject.data.a",
      { object: aConfigMap({ a: '2' }), old: object },
      true,
    ],
    ["request.operation == 'CREATE' && request.namespace == 'shop' && request.name == 'web'", {}, true],
    ["request.kind.kind == 'ConfigMap' && request.resource.resource == 'configmaps'", {}, true],
    ["!(request.userInfo.username in ['jane'])", {}, false],
    ["'dev' in request.userInfo.groups", {}, true],
    ['request.dryRun', { dryRun: true }, true],
    ["request.options.fieldManager == 'kubectl'", { options: { fieldManager: 'kubectl' } }, true],
    ['has(request.subResource)', {}, false],
    ["!request.userInfo.username.startsWith('system:')", {}, true],
    ["object.metadata.name.matches('^w.b$')", {}, true],
    ['object.metadata.labels.team == "x"', { object }, 'no: no such key: team'],
    ['object.metadata.labels.app', { object }, 'no: must evaluate to bool but got dyn'],
    ['1 + 1', {}, 'no: must evaluate to bool but got int'],
    ['object.', {}, expect.stringMatching(/^no: compilation failed: ERROR: <input>:1:8: /) as unknown as string],
    ['request.nothing', {}, "no: compilation failed: ERROR: <input>:1:8: undefined field 'nothing'"],
    ['params.x', {}, "no: compilation failed: ERROR: <input>:1:1: undeclared reference to 'params' (in container '')"],
  ])('%s', (expression, changes, expected) => {
    expect(run(expression, changes)).toEqual(expected);
  });
});

describe('the authorizer', () => {
  it.each<[string, boolean | string, object | undefined]>([
    [
      "authorizer.group('apps').resource('deployments').subresource('scale').namespace('shop').name('web').check('get').allowed()",
      true,
      {
        user: { name: 'jane' },
        verb: 'get',
        resource: {
          group: 'apps',
          version: '*',
          plural: 'deployments',
          subresource: 'scale',
          namespace: 'shop',
          name: 'web',
        },
      },
    ],
    [
      "authorizer.group('').resource('pods').check('delete').allowed()",
      false,
      { verb: 'delete', resource: { group: '', plural: 'pods', subresource: '', namespace: '', name: '' } },
    ],
    ["authorizer.path('/healthz').check('get').allowed()", true, { verb: 'get', path: '/healthz' }],
    [
      "authorizer.requestResource.check('breakglass').allowed()",
      false,
      { verb: 'breakglass', resource: { group: '', plural: 'configmaps', namespace: 'shop', name: 'web' } },
    ],
    [
      "authorizer.serviceAccount('shop', 'bot').group('').resource('pods').check('get').reason() == 'for system:serviceaccount:shop:bot'",
      true,
      {
        user: {
          name: 'system:serviceaccount:shop:bot',
          groups: ['system:serviceaccounts', 'system:serviceaccounts:shop'],
        },
      },
    ],
    ["authorizer.group('').resource('pods').check('get').errored()", false, {}],
    ["authorizer.group('').resource(' ').check('get').allowed()", 'no: resource must not be empty', undefined],
    [
      "authorizer.serviceAccount('shop', 'A').group('').resource('pods').check('get').allowed()",
      'no: Invalid service account name',
      undefined,
    ],
    ["object.metadata.name.group('').resource('pods').check('get').allowed()", 'no: no such overload', undefined],
    [
      "authorizer.check('get').allowed()",
      expect.stringContaining('no: compilation failed') as unknown as string,
      undefined,
    ],
  ])('%s', (expression, expected, attributes) => {
    seen.length = 0;
    expect(run(expression)).toEqual(expected);
    if (attributes === undefined) expect(seen).toEqual([]);
    else expect(seen).toMatchObject([attributes]);
  });
});

describe('a configuration that is written', () => {
  const guard = conditionGuard(compileCondition);
  const kind = resource('MutatingWebhookConfiguration', 'admissionregistration.k8s.io', false);

  function refusal(matchConditions: readonly JsonObject[], old?: readonly JsonObject[]): string | undefined {
    const of = (conditions: readonly JsonObject[]) => ({
      webhooks: [entry({}), entry({}, { matchConditions: conditions })],
    });
    try {
      guard(asked({ resource: kind, name: 'one', object: of(matchConditions), old: old && of(old) }));
      return undefined;
    } catch (error) {
      if (error instanceof Failure) return error.message.replace(/^.*?"one" is invalid: /, '');
      throw error;
    }
  }

  it.each<[readonly JsonObject[], string | undefined]>([
    [[{ name: 'a', expression: 'true' }], undefined],
    [
      [{ name: 'a', expression: 'x' }],
      `webhooks[1].matchConditions[0].expression: Invalid value: "x": compilation failed: ERROR: <input>:1:1: undeclared reference to 'x' (in container '')\n | x\n | ^`,
    ],
    [[{ name: 'a', expression: ' ' }], 'webhooks[1].matchConditions[0].expression: Required value'],
    [[{ expression: 'true' }], 'webhooks[1].matchConditions[0].name: Required value'],
    [
      [
        { name: 'a', expression: 'true' },
        { name: 'a', expression: 'true' },
      ],
      'webhooks[1].matchConditions[1].name: Duplicate value: "a"',
    ],
    [
      Array.from({ length: 65 }, (_, index) => ({ name: `c${index}`, expression: 'true' })),
      'webhooks[1].matchConditions: Too many: 65: must have at most 64 items',
    ],
  ])('%#', (conditions, expected) => {
    expect(refusal(conditions)).toBe(expected);
  });

  it('keeps a wrong expression that it had before', () => {
    const wrong = [{ name: 'a', expression: 'x' }];
    expect(refusal(wrong, wrong)).toBeUndefined();
    expect(refusal([{ name: 'a', expression: 'y' }], wrong)).toMatch(/undeclared reference to 'y'/);
  });

  it('is no matter of other kinds', () => {
    expect(() => guard(asked({ object: { webhooks: [{ matchConditions: [{}] }] } }))).not.toThrow();
  });
});
