import { expect, it } from '@jest/globals';
import { compileCesql } from '../../../../src/knative/eventing/cesql/compile.ts';
import { parseCesql } from '../../../../src/knative/eventing/cesql/parse.ts';
import type { Value } from '../../../../src/knative/eventing/cesql/value.ts';

const EVENT = new Map<string, Value>([
  ['amount', '50'],
  ['name', 'abc'],
]);

/** As sdk-go gives them (sql/v2/expression). */
it.each<[string, Value, string | undefined]>([
  ['name != 1', false, '"abc" is no Integer'],
  ['name = 1', false, '"abc" is no Integer'],
  ["'1:' = 1", false, '"1:" is no Integer'],
  ["'1/' = 1", false, '"1/" is no Integer'],
  ["'007' = 7", true, undefined],
  ["'' = 0", false, '"" is no Integer'],
  ["'-7' = -7", true, undefined],
  ["amount IN ('x', '50')", true, undefined],
  ["INT(amount) IN (1, 'x', 50)", false, '"x" is no Integer'],
  ["INT(amount) IN ('50', 'x')", true, undefined],
  ['INT(amount) IN (1, INT(name), 50)', false, '"abc" is no Integer'],
  ["INT(amount) IN ('1', INT(amount), name)", true, undefined],
  ["gone IN ('x')", false, 'the event has no attribute gone'],
  ['INT(gone)', 0, 'the event has no attribute gone'],
  ['STRING(gone)', '', 'the event has no attribute gone'],
  ["amount + 'x'", 0, '"x" is no Integer'],
  ['amount / 0', 0, '50 / 0 has no result'],
])('%s comes to %j (%s)', (text, value, problem) => {
  const parsed = parseCesql(text);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  const found = compileCesql(parsed.expression)(EVENT);
  expect([found.value, found.failure?.message]).toEqual([value, problem]);
});
