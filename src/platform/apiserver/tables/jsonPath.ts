/**
 * The JSON paths that printer columns, scale and selectable fields use: `.spec.a`, `['a.b/c']`, `[0]`, `[*]`,
 * `[?(@.type=="Ready")]`, `\.` in a name (k8s.io/client-go util/jsonpath; what columns may not have is left out).
 */
import { isArray, isObject, type JsonValue, ownMember } from '../../../kubernetes/json.ts';

type Step =
  | { readonly kind: 'member'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'all' }
  | {
      readonly kind: 'filter';
      readonly path: readonly Step[];
      readonly operator: string;
      readonly value: JsonValue | undefined;
    };

const MEMBER = /^\.((?:\\.|[^.[\]\\])+)/;
const QUOTED = /^\[(?:'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)")\]/;
const INDEX = /^\[(-?[0-9]{1,9})\]/;
const ALL = /^(?:\[\*\]|\.\*)/;
const FILTER =
  /^\[\?\(\s*@((?:[^=!<>)"']|"[^"]*"\]|'[^']*'\])*?)\s*(?:(==|!=|<=|>=|<|>)\s*("[^"]*"|'[^']*'|[^)]*?))?\s*\)\]/;

/** The steps of a path, or undefined where it is none. */
export function parsePath(path: string): readonly Step[] | undefined {
  const steps: Step[] = [];
  let rest = path.startsWith('.') || path.startsWith('[') || path === '' ? path : `.${path}`;
  while (rest !== '' && rest !== '.') {
    const found = nextStep(rest);
    if (found === undefined) return undefined;
    steps.push(found.step);
    rest = rest.slice(found.length);
  }
  return steps;
}

function nextStep(rest: string): { step: Step; length: number } | undefined {
  const all = ALL.exec(rest);
  if (all !== null) return { step: { kind: 'all' }, length: all[0].length };
  const member = MEMBER.exec(rest);
  if (member !== null) return { step: { kind: 'member', name: unescaped(member[1] ?? '') }, length: member[0].length };
  const quoted = QUOTED.exec(rest);
  if (quoted !== null) {
    return { step: { kind: 'member', name: unescaped(quoted[1] ?? quoted[2] ?? '') }, length: quoted[0].length };
  }
  const index = INDEX.exec(rest);
  if (index !== null) return { step: { kind: 'index', index: Number(index[1]) }, length: index[0].length };
  const filter = FILTER.exec(rest);
  return filter === null ? undefined : filterStep(filter);
}

function filterStep(match: RegExpExecArray): { step: Step; length: number } | undefined {
  const [whole, path = '', operator = '', literal] = match;
  const steps = parsePath(path.trim());
  if (steps === undefined) return undefined;
  return { step: { kind: 'filter', path: steps, operator, value: literalOf(literal) }, length: whole.length };
}

function literalOf(text: string | undefined): JsonValue | undefined {
  if (text === undefined) return undefined;
  if (/^["']/.test(text)) return text.slice(1, -1);
  if (text === 'true' || text === 'false') return text === 'true';
  const number = Number(text);
  return text === '' || Number.isNaN(number) ? text : number;
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, '$1');
}

/** All values at the path; none where the way ends early. */
export function findAll(root: JsonValue, steps: readonly Step[]): JsonValue[] {
  let values: JsonValue[] = [root];
  for (const step of steps) {
    values = values.flatMap((value) => stepInto(value, step));
    if (values.length === 0) return [];
  }
  return values;
}

function stepInto(value: JsonValue, step: Step): JsonValue[] {
  switch (step.kind) {
    case 'member': {
      const member = isObject(value) ? ownMember(value, step.name) : undefined;
      return member === undefined ? [] : [member];
    }
    case 'index': {
      const item = isArray(value) ? value.at(step.index) : undefined;
      return item === undefined ? [] : [item];
    }
    case 'all':
      return itemsOf(value);
    default:
      return isArray(value) ? value.filter((item) => passes(item, step.path, step.operator, step.value)) : [];
  }
}

function itemsOf(value: JsonValue): JsonValue[] {
  if (isArray(value)) return [...value];
  return isObject(value) ? Object.values(value).filter((member) => member !== undefined) : [];
}

function passes(item: JsonValue, path: readonly Step[], operator: string, wanted: JsonValue | undefined): boolean {
  const [found] = findAll(item, path);
  if (operator === '') return found !== undefined;
  if (found === undefined || wanted === undefined || found === null || wanted === null) return false;
  switch (operator) {
    case '==':
      return found === wanted;
    case '!=':
      return found !== wanted;
    case '<':
      return found < wanted;
    case '<=':
      return found <= wanted;
    case '>':
      return found > wanted;
    default:
      return found >= wanted;
  }
}
