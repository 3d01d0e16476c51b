/** Holds what expressions give to what a kube-apiserver makes of them; see tools/schemas-reference. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { compile } from '../../../../../src/cel/program.ts';
import type { JsonObject } from '../../../../../src/kubernetes/json.ts';
import { celType } from '../../../../../src/platform/apiserver/schemas/rules/types.ts';
import { celValue } from '../../../../../src/platform/apiserver/schemas/rules/values.ts';
import { toSchema } from '../../../../../src/platform/apiserver/schemas/structural/convert.ts';
import { structuralSchema } from '../../../../../src/platform/apiserver/schemas/structural/structural.ts';

interface Verdict {
  readonly error?: string;
  readonly value?: string | null;
}

const golden: {
  readonly evaluated: readonly [JsonObject, JsonObject];
  readonly expressions: readonly (readonly [string, Verdict])[];
} = JSON.parse(readFileSync(`${import.meta.dirname}/../testdata/kubernetes-verdicts.json`, 'utf8'));

const [json, object] = golden.evaluated;
const schema = toSchema(json);
const self = celType(schema);

/** What is told otherwise, or later, than cel-go tells it, each with what this has instead. */
const DIFFERS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  // the type of self has a name by chance
  [
    'string(self.pods == [{"name": "b", "cpu": 1}, {"name": "a", "cpu": 2}])',
    { error: expect.stringContaining('list(object.pods.@idx)') },
  ],
  // only the first thing is told that is no CEL
  ['"abc', { error: expect.stringContaining("1:1: Syntax error: token recognition error at: '\"abc'") }],
]);

/** As the reference asks: the expression is the message of a rule that never holds. */
function verdictOn(messageExpression: string): Verdict {
  const rule = { rule: 'false', message: 'none', messageExpression };
  const withRule = { ...json, 'x-kubernetes-validations': [rule] };
  const { causes } = structuralSchema({ type: 'object', properties: { spec: withRule } });
  const [told] = causes.map(({ reason, field, message }) => `${reason} ${field}: ${message}`).sort();
  if (told !== undefined) return { error: told.replace(/^.*?\}: /s, '') };

  if (self === undefined) throw new Error('the schema has no type');
  const compiled = compile(messageExpression, { variables: { self }, result: 'string' });
  if (!compiled.ok) throw new Error(compiled.message);
  const outcome = compiled.program.run({ self: celValue(object, schema) });
  // an empty message is as good as none
  return { value: outcome.ok && outcome.value !== '' ? String(outcome.value) : null };
}

describe('what a kube-apiserver makes of an expression', () => {
  it('is asked often enough', () => {
    expect(golden.expressions.length).toBeGreaterThan(110);
  });

  it.each(golden.expressions.map(([source, verdict]) => ({ source, verdict })))('$source', ({ source, verdict }) => {
    expect(verdictOn(source)).toEqual(DIFFERS.get(source) ?? verdict);
  });

  it.each([...DIFFERS.keys()])('differs still: %s', (source) => {
    const [, verdict] = golden.expressions.find(([each]) => each === source) ?? [];
    expect(verdict).toBeDefined();
    expect(verdictOn(source)).not.toEqual(verdict);
  });
});
