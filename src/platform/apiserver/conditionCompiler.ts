/** Conditions of webhooks in CEL: the admission's own words, and the language's. */
import { DYN } from '../../cel/check/types.ts';
import { compile } from '../../cel/program.ts';
import { fromJson } from '../../cel/values/json.ts';
import type { ConditionCompiler } from './admission/conditions.ts';

const VARIABLES = { object: DYN, oldObject: DYN, request: DYN };

/** `authorizer` is not known to expressions here: what asks for it does not compile, and says so. */
export const compileCondition: ConditionCompiler = (expression) => {
  const compiled = compile(expression, { variables: VARIABLES, result: 'bool' });
  if (!compiled.ok) throw new Error(compiled.message);
  return ({ object, oldObject, request }) => {
    const outcome = compiled.program.run({
      object: () => fromJson(object ?? null),
      oldObject: () => fromJson(oldObject ?? null),
      request: () => fromJson(request),
    });
    if (!outcome.ok) throw new Error(outcome.message);
    return outcome.value === true;
  };
};
