import { describe, expect, it } from '@jest/globals';
import { DYN, typeOf } from '../../src/cel/check/types.ts';
import {
  type AccessQuestion,
  ADMISSION_FUNCTIONS,
  authorizerValue,
  requestResourceValue,
} from '../../src/cel/functions/authorizer.ts';
import { compile } from '../../src/cel/program.ts';
import { fromJson, toJson } from '../../src/cel/values/json.ts';

const variables = {
  object: DYN,
  authorizer: typeOf('kubernetes.authorization.Authorizer'),
  'authorizer.requestResource': typeOf('kubernetes.authorization.ResourceCheck'),
};
const resource = { group: 'apps', resource: 'deployments', subresource: '', namespace: 'shop', name: 'web' };

function asked(source: string): { value: unknown; questions: AccessQuestion[] } {
  const questions: AccessQuestion[] = [];
  const ask = (question: AccessQuestion): { allowed: boolean; reason: string } => {
    questions.push(question);
    return { allowed: question.verb === 'get', reason: 'because' };
  };
  const compiled = compile(source, { variables, functions: ADMISSION_FUNCTIONS });
  if (!compiled.ok) throw new Error(compiled.message);
  const outcome = compiled.program.run({
    object: fromJson({ kind: 'Deployment' }),
    authorizer: authorizerValue(ask),
    'authorizer.requestResource': requestResourceValue(ask, resource),
  });
  return { value: outcome.ok ? toJson(outcome.value) : outcome.message, questions };
}

describe('the authorizer', () => {
  it.each<[string, unknown, Partial<AccessQuestion>]>([
    [
      "authorizer.group('').resource('pods').subresource('log').namespace('shop').name('a').check('get').allowed()",
      true,
      { resource: { group: '', resource: 'pods', subresource: 'log', namespace: 'shop', name: 'a' } },
    ],
    ["authorizer.path('/healthz').check('post').allowed()", false, { path: '/healthz' }],
    ["authorizer.requestResource.check('breakglass').reason()", 'because', { verb: 'breakglass', resource }],
    [
      "authorizer.serviceAccount('shop', 'robot').path('/x').check('get').errored()",
      false,
      { serviceAccount: { namespace: 'shop', name: 'robot' } },
    ],
  ])('%s', (source, value, question) => {
    const { value: given, questions } = asked(source);
    expect(given).toBe(value);
    expect(questions).toEqual([expect.objectContaining(question)]);
  });

  it('is not asked where something else decides', () => {
    const { value, questions } = asked("object.kind == 'Deployment' || authorizer.path('/').check('get').allowed()");
    expect([value, questions]).toEqual([true, []]);
  });

  it('knows no other questions', () => {
    const compiled = compile("authorizer.resource('x')", { variables, functions: ADMISSION_FUNCTIONS });
    expect(compiled).toEqual({ ok: false, message: expect.stringContaining('found no matching overload') });
  });
});
