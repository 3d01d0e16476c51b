/** Holds src/cel to what Kubernetes' own packages make of expressions and of definitions; see tools/cel-reference. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { DYN, showType, type Type } from '../../src/cel/check/types.ts';
import { estimateCost } from '../../src/cel/cost/estimate.ts';
import { type Compiled, compile, type Outcome } from '../../src/cel/program.ts';
import { fromJson } from '../../src/cel/values/json.ts';
import type { CelValue } from '../../src/cel/values/value.ts';
import type { JsonObject, JsonValue } from '../../src/kubernetes/json.ts';
import { type SchemaSizes, sizesOf } from '../../src/platform/apiserver/schemas/rules/sizes.ts';
import { celType } from '../../src/platform/apiserver/schemas/rules/types.ts';
import { celValue } from '../../src/platform/apiserver/schemas/rules/values.ts';
import { toSchema } from '../../src/platform/apiserver/schemas/structural/convert.ts';
import { structuralSchema } from '../../src/platform/apiserver/schemas/structural/structural.ts';
import { show } from './show.ts';

interface Verdict {
  readonly error?: string;
  readonly type?: string;
  readonly cost?: readonly [min: string, max: string];
  readonly value?: string;
  readonly failed?: string;
  /** Go goes through maps in any order. */
  readonly varies?: true;
}

interface Group {
  readonly name: string;
  readonly schema: JsonObject | null;
  readonly object: JsonValue;
  readonly expressions: readonly (readonly [string, Verdict])[];
}

const golden: {
  readonly groups: readonly Group[];
  readonly definitions: readonly (readonly [JsonObject, readonly string[]])[];
} = JSON.parse(readFileSync(`${import.meta.dirname}/testdata/kubernetes.json`, 'utf8'));

/** What has another outcome here, on purpose or for the price of the other one. */
const DIFFERS: ReadonlySet<string> = new Set([
  // messages are unknown
  'google.protobuf.Value{}',
  // numbers that are not whole are no keys
  '{0.0/0.0: 1}',
  '{1.0: 1}',
  '{1.5: 1}',
  // JavaScript knows zones by any case
  'timestamp("2024-07-01T00:00:00Z").getHours("europe/berlin")',
  // Go's own representation of a quantity overflows before the number does
  'quantity("1Ei").add(quantity("1Ei")).asInteger()',
  // a list that Go turned round forgets what it is a list of
  '(self.set.reverse()).max()',
]);

/** Sentences that tell more here, or less: why a text is no address, no URL and no version, or which argument does not fit. */
const OTHER_WORDS =
  /ParseAddr|netip\.ParsePrefix|IPv4-mapped|^URL parse error|Major\.Minor\.Patch|Major number|major number|^no such overload: |^internal error|: charAt\(/;

const groups = golden.groups.map((group) => {
  const schema = group.schema === null ? undefined : toSchema(group.schema);
  const self: Type = (schema === undefined ? DYN : celType(schema, 'selfType')) ?? DYN;
  const object: CelValue = schema === undefined ? fromJson(group.object) : celValue(group.object, schema);
  const sizes = schema === undefined ? undefined : sizesOf(schema);
  const cases = group.expressions
    // where Kubernetes itself stops, there is nothing to be held to
    .filter(([source, { error = '' }]) => !DIFFERS.has(source) && !error.startsWith('panic:'))
    .map(([source, verdict]) => ({ source, verdict, compiled: compile(source, { variables: { self } }) }));
  return { name: group.name, cases, object, sizes };
});

interface Case {
  readonly source: string;
  readonly verdict: Verdict;
  readonly compiled: Compiled;
}

/** What is told otherwise, each with both verdicts. */
function differing(
  cases: readonly Case[],
  look: (one: Case) => readonly [theirs: unknown, ours: unknown] | undefined,
): unknown[] {
  return cases.flatMap((one) => {
    const pair = look(one);
    if (pair === undefined || JSON.stringify(pair[0]) === JSON.stringify(pair[1])) return [];
    return [{ source: one.source, theirs: pair[0], ours: pair[1] }];
  });
}

function estimated(compiled: Compiled, sizes: SchemaSizes | undefined): readonly string[] | undefined {
  if (!compiled.ok) return undefined;
  const { min, max } = estimateCost(compiled.program.expr, compiled.program.checked, sizes);
  return [String(min), String(max)];
}

function told(outcome: Outcome | undefined): string {
  if (outcome === undefined) return 'refused';
  return outcome.ok ? show(outcome.value) : `failed: ${outcome.message}`;
}

describe.each(groups)('$name', ({ cases, object, sizes }) => {
  it('is asked about enough', () => {
    expect(cases.length).toBeGreaterThan(250);
  });

  it('takes and refuses the same expressions', () => {
    expect(differing(cases, ({ verdict, compiled }) => [verdict.error === undefined, compiled.ok])).toEqual([]);
  });

  it('refuses them with the same sentences', () => {
    const wrong = differing(cases, ({ verdict, compiled }) => {
      // of texts that are no CEL, the parser has its own words for some
      const isSyntax = /Syntax error|unsupported syntax|\{/.test(verdict.error ?? '');
      return compiled.ok || isSyntax ? undefined : [verdict.error, compiled.message];
    });
    expect(wrong).toEqual([]);
  });

  it('finds the same types', () => {
    const wrong = differing(cases, ({ verdict, compiled }) =>
      compiled.ok ? [verdict.type, showType(compiled.program.checked.type)] : undefined,
    );
    expect(wrong).toEqual([]);
  });

  it('estimates the same costs', () => {
    const wrong = differing(cases, ({ verdict, compiled }) =>
      compiled.ok ? [verdict.cost, estimated(compiled, sizes)] : undefined,
    );
    expect(wrong).toEqual([]);
  });

  it('gives the same values, or fails for the same reason', () => {
    const wrong = differing(cases, ({ verdict, compiled }) => {
      if (!compiled.ok || verdict.varies === true) return undefined;
      const outcome = compiled.program.run({ self: object });
      const { failed } = verdict;
      if (failed === undefined) return [verdict.value, told(outcome)];
      if (OTHER_WORDS.test(failed)) return [false, outcome.ok];
      return [`failed: ${failed}`, told(outcome)];
    });
    expect(wrong).toEqual([]);
  });
});

describe('what differs', () => {
  it.each([...DIFFERS])('is asked about: %s', (source) => {
    expect(golden.groups.some(({ expressions }) => expressions.some(([asked]) => asked === source))).toBe(true);
  });
});

describe('definitions', () => {
  it('are refused for what their rules could cost, and for what is wrong with them, in the same words', () => {
    const wrong = golden.definitions.flatMap(([schema, theirs]) => {
      const ours = structuralSchema(schema).causes.map(({ field, message }) => `${field}: ${message}`);
      const [left, right] = [[...theirs].sort(), ours.sort()];
      return JSON.stringify(left) === JSON.stringify(right) ? [] : [{ schema, theirs: left, ours: right }];
    });
    expect(wrong).toEqual([]);
  });

  it('are refused often enough to mean something', () => {
    const causes = golden.definitions.flatMap(([, theirs]) => theirs);
    expect(causes.filter((cause) => cause.includes('estimated rule cost exceeds budget')).length).toBeGreaterThan(100);
    expect(causes.filter((cause) => cause.includes('for entire OpenAPIv3 schema exceeds')).length).toBeGreaterThan(30);
  });
});
