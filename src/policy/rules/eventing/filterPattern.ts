import { type Comparison, comparisonsOf, type Dialect } from '../../../knative/eventing/filterShape.ts';
import { arrayAt, isObject, type JsonObject, type JsonValue, objectAt, valueAt } from '../../../kubernetes/json.ts';
import { trigger } from '../../../kubernetes/kinds.ts';
import { titleOf } from '../../../kubernetes/object.ts';
import type { Edit } from '../../engine/edit.ts';
import { defineRule, type Violation } from '../../engine/rule.ts';

/**
 * Filters compare letter by letter: `order.*` passes an event whose type is `order.*`, and no other
 * (knative/eventing pkg/eventfilter/attributes/filter.go, pkg/eventfilter/subscriptionsapi).
 */
export const filterPattern = defineRule({
  id: 'eventing/filter-pattern',
  title: 'filters hold no patterns',
  why: 'A filter compares text as it stands. A pattern in it matches nothing, and the Trigger is ready and silent for ever.',
  howToFix:
    'Say what is meant with the dialects of `filters`: `prefix` for `order.*`, `suffix` for `*.failed`, `any` for alternatives, `cesql` for anything else.',
  kinds: [trigger],
  action: 'deny',
  examples: {
    bad: `
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: projection}
spec:
  broker: accounts
  filter: {attributes: {type: account.event.*}}
  subscriber: {ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: projection}}
`,
    good: `
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: projection}
spec:
  broker: accounts
  filters:
  - prefix: {type: account.event.}
  subscriber: {ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: projection}}
`,
  },

  judge(subject) {
    const violations: Violation[] = [];
    for (const comparison of comparisonsOf(subject.object)) {
      if (!looksLikePattern(comparison)) continue;
      const { attribute, value, dialect, path } = comparison;
      // The fix rewrites the whole filter at once, so it stands with the first finding only.
      const fix = violations.length === 0 ? fixFor(subject.object) : undefined;
      violations.push({
        path,
        message: `${titleOf(subject.reference)} compares ${attribute} with "${value}" ${SENSE[dialect]}, and filters know no patterns; ${adviceFor(comparison)}`,
        ...(fix === undefined ? {} : { fix }),
      });
    }
    return violations;
  },
});

const SENSE: Readonly<Record<Dialect, string>> = {
  exact: 'letter by letter',
  prefix: 'as a prefix, letter by letter',
  suffix: 'as a suffix, letter by letter',
};

/** Stars are in no attribute that anybody sends; the rest of a regular expression is looked for in types alone, since a source is a URI. */
function looksLikePattern({ attribute, value }: Comparison): boolean {
  if (value.includes('*')) return true;
  if (attribute !== 'type') return false;
  return (
    value.startsWith('^') || value.endsWith('$') || value.includes('|') || value.includes('.+') || value.includes('\\')
  );
}

function adviceFor(comparison: Comparison): string {
  const parts = partsOf(comparison);
  if (parts === undefined) return 'use the prefix, suffix, any or cesql dialects of filters';
  if (parts.length === 0) return `leave ${comparison.attribute} out to accept every value`;
  return `write ${parts.map(([dialect, text]) => `${dialect}: {${comparison.attribute}: ${text}}`).join(' and ')} in filters`;
}

type Part = readonly [dialect: Dialect, text: string];

/** What a pattern of one star means; undefined where that is not plain. An empty list is any value at all. */
function partsOf({ dialect, value }: Comparison): readonly Part[] | undefined {
  const star = value.indexOf('*');
  if (star < 0 || value.includes('*', star + 1) || /[\\^$|+?()[\]{}]/.test(value)) return undefined;
  const before = value.slice(0, star);
  const after = value.slice(star + 1);

  if (dialect === 'prefix') return after === '' ? parts(before, '') : undefined;
  if (dialect === 'suffix') return before === '' ? parts('', after) : undefined;
  return parts(before, after);
}

function parts(before: string, after: string): Part[] {
  const found: Part[] = [];
  if (before !== '') found.push(['prefix', before]);
  if (after !== '') found.push(['suffix', after]);
  return found;
}

/** Writes `filters` that say what was meant; undefined where one of the patterns cannot be said so, or nests. */
function fixFor(object: JsonObject): Edit[] | undefined {
  const filters = arrayAt(object, 'spec', 'filters');
  if (filters.length === 0) {
    const attributes = objectAt(object, 'spec', 'filter', 'attributes') ?? {};
    const rewritten = rewrite({ exact: attributes });
    if (rewritten === undefined) return undefined;
    const edits: Edit[] = [{ remove: '/spec/filter' }];
    if (rewritten.length > 0) edits.push({ set: '/spec/filters', value: rewritten });
    return edits;
  }

  const rewritten: JsonValue[] = [];
  for (const filter of filters) {
    const parts = isObject(filter) && isFlat(filter) ? rewrite(filter) : undefined;
    if (parts === undefined) return undefined;
    rewritten.push(...parts);
  }
  return [{ set: '/spec/filters', value: rewritten }];
}

const DIALECTS: readonly Dialect[] = ['exact', 'prefix', 'suffix'];

function isFlat(filter: JsonObject): boolean {
  return Object.keys(filter).every((key) => DIALECTS.some((dialect) => dialect === key));
}

type Wanted = Record<Dialect, Record<string, JsonValue>>;

/** One filter as a list of filters that all have to pass, each with one dialect. */
function rewrite(filter: JsonObject): JsonObject[] | undefined {
  const wanted: Wanted = { exact: {}, prefix: {}, suffix: {} };
  for (const dialect of DIALECTS) {
    for (const [attribute, value] of Object.entries(objectAt(filter, dialect) ?? {})) {
      if (!add(wanted, dialect, attribute, value)) return undefined;
    }
  }
  return DIALECTS.filter((dialect) => Object.keys(wanted[dialect]).length > 0).map((dialect) => ({
    [dialect]: wanted[dialect],
  }));
}

/** False where the comparison cannot be said plainly, or the attribute is compared so already. */
function add(wanted: Wanted, dialect: Dialect, attribute: string, value: JsonValue | undefined): boolean {
  if (typeof value !== 'string' || attribute === '__proto__') return false;
  if (value === '' && dialect === 'exact') return true; // any value
  const comparison = { path: '', dialect, attribute, value };
  const found: readonly Part[] | undefined = looksLikePattern(comparison) ? partsOf(comparison) : [[dialect, value]];
  if (found === undefined) return false;

  for (const [partDialect, text] of found) {
    if (valueAt(wanted[partDialect], attribute) !== undefined) return false;
    wanted[partDialect][attribute] = text;
  }
  return true;
}
