/** Conditions in CEL, with the variables of k8s.io/apiserver pkg/admission/plugin/cel/compile.go. */
import { check } from '../../../cel/check/check.ts';
import { BOOL, DYN, type ObjectType, showType, type Type, typeOf } from '../../../cel/check/types.ts';
import { type FunctionTable, tableOf } from '../../../cel/functions/function.ts';
import { KUBERNETES_FUNCTIONS } from '../../../cel/functions/kubernetes.ts';
import { compile } from '../../../cel/program.ts';
import { parse } from '../../../cel/syntax/parser.ts';
import { fromJson } from '../../../cel/values/json.ts';
import { AUTHORIZER_FUNCTIONS, AUTHORIZER_TYPE, AuthorizerValue } from './authorizerValue.ts';
import type { Condition, ConditionInput } from './conditions.ts';

const FUNCTIONS: FunctionTable = new Map([...KUBERNETES_FUNCTIONS, ...tableOf(AUTHORIZER_FUNCTIONS)]);

const STRING = typeOf('string');
const KIND = objectType('GroupVersionKind', { group: STRING, version: STRING, kind: STRING });
const RESOURCE = objectType('GroupVersionResource', { group: STRING, version: STRING, resource: STRING });
const USER = objectType('UserInfo', {
  username: STRING,
  uid: STRING,
  groups: typeOf('list<string>'),
  extra: typeOf('map<string, list<string>>'),
});
const REQUEST = objectType('AdmissionRequest', {
  kind: KIND,
  resource: RESOURCE,
  subResource: STRING,
  requestKind: KIND,
  requestResource: RESOURCE,
  requestSubResource: STRING,
  name: STRING,
  namespace: STRING,
  operation: STRING,
  userInfo: USER,
  dryRun: BOOL,
  options: DYN,
});
const VARIABLES: Readonly<Record<string, Type>> = {
  object: DYN,
  oldObject: DYN,
  request: REQUEST,
  authorizer: AUTHORIZER_TYPE,
};

/** @throws Error where it is no condition, as kube-apiserver says it */
export function compileCondition(expression: string): Condition {
  const compiled = compile(expression, { variables: VARIABLES, functions: FUNCTIONS });
  if (!compiled.ok) throw new Error(`compilation failed: ${compiled.message}`);
  // Of an object without a type nothing is known to be true or false: `has(object.x) && object.x == true` is.
  const { type } = check(parse(expression), new Map(Object.entries(VARIABLES)), FUNCTIONS);
  if (showType(type) !== 'bool') throw new Error(`must evaluate to bool but got ${showType(type)}`);

  const { program } = compiled;
  return (input) => {
    const outcome = program.run({
      object: () => fromJson(input.object ?? null),
      oldObject: () => fromJson(input.oldObject ?? null),
      request: () => fromJson(input.request),
      authorizer: () => authorizerOf(input),
    });
    if (!outcome.ok) throw new Error(outcome.message);
    return outcome.value === true;
  };
}

function authorizerOf({ authorizer, attributes }: ConditionInput): AuthorizerValue {
  const { user, resource, subresource, namespace, name } = attributes;
  const { group, version, plural } = resource;
  const asked = { group, version, plural, subresource, namespace, name };
  return new AuthorizerValue(authorizer ?? NOBODY, user, asked);
}

const NOBODY = { decide: () => ({ allowed: false, reason: 'there is no authorizer' }) };

function objectType(name: string, fields: Readonly<Record<string, Type>>): ObjectType {
  const types = new Map(Object.entries(fields));
  return { kind: 'object', name: `kubernetes.${name}`, field: (field) => types.get(field) };
}
