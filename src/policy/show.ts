/** `weir policy show`: a policy as it is in effect, as YAML with the place of each value behind it. */
import { stringify } from 'yaml';
import { isArray, isObject, type JsonObject, type JsonValue } from '../kubernetes/json.ts';
import { join } from '../kubernetes/pointer.ts';
import { describeSource, type EffectivePolicy } from './engine/policy.ts';
import { API_VERSION, SPEC_FIELDS } from './model/schema.ts';

interface Line {
  readonly text: string;
  readonly comment?: string;
}

/** Comments stand below each other, unless a line is longer than this. */
const COMMENT_COLUMN = 56;

/**
 * A policy file that says in itself what the policy and its parents say together; the comments name the file and the
 * line of each value, and what it overrides.
 *
 * @param spec the policy's from PolicySet.specs
 */
export function showPolicy(policy: EffectivePolicy, spec: JsonObject): string {
  const { extends: _extends, ...own } = spec;
  const effective: JsonObject = { ...own, enforcement: policy.enforcement, knative: { ...policy.knative } };
  const printer = new Printer(policy);
  printer.print(inOrder(effective), '/spec', 1);

  const lines: Line[] = [
    { text: `apiVersion: ${API_VERSION}` },
    { text: 'kind: EnvironmentPolicy' },
    { text: 'metadata:' },
    { text: `  name: ${scalar(policy.name)}` },
    { text: 'spec:' },
    ...printer.lines,
  ];
  const longest = Math.max(
    ...lines.map(({ text, comment }) => (comment !== undefined && text.length < COMMENT_COLUMN ? text.length : 0)),
  );
  return `${lines.map((line) => written(line, longest)).join('\n')}\n`;
}

/** Sections as the schema orders them, whichever file wrote them first. */
export function inOrder(spec: JsonObject): JsonObject {
  const entries = Object.entries(spec);
  return Object.fromEntries(entries.sort(([left], [right]) => SPEC_FIELDS.indexOf(left) - SPEC_FIELDS.indexOf(right)));
}

function written({ text, comment }: Line, column: number): string {
  return comment === undefined ? text : `${text.padEnd(column)}  # ${comment}`;
}

class Printer {
  readonly lines: Line[] = [];
  readonly #policy: EffectivePolicy;

  constructor(policy: EffectivePolicy) {
    this.#policy = policy;
  }

  print(value: JsonObject, path: string, depth: number): void {
    for (const [key, item] of Object.entries(value)) {
      if (item !== undefined) this.#printField(`${'  '.repeat(depth)}${scalar(key)}:`, item, join(path, key), depth);
    }
  }

  #printField(start: string, value: JsonValue, path: string, depth: number): void {
    const comment = this.#placeOf(path);
    if (isObject(value) && Object.keys(value).length > 0) {
      this.lines.push({ text: start });
      this.print(value, path, depth + 1);
      return;
    }
    if (isArray(value) && value.length > 0) {
      // a list comes from one file as a whole
      this.lines.push({ text: start, comment });
      for (const item of value) this.lines.push(...itemLines(item, '  '.repeat(depth)));
      return;
    }
    this.lines.push({ text: `${start} ${scalar(value)}`, comment });
  }

  /** What no file says is Weir's own: the Knative settings that are taken where there are none. */
  #placeOf(path: string): string {
    return this.#policy.sources.has(path) ? describeSource(this.#policy, path) : 'built in';
  }
}

/** A list's item, of any depth. */
function itemLines(item: JsonValue, indent: string): Line[] {
  const text = isObject(item) || isArray(item) ? block(item) : scalar(item);
  return text.split('\n').map((line, index) => ({ text: `${indent}${index === 0 ? '- ' : '  '}${line}` }));
}

function block(value: JsonValue): string {
  return stringify(value, OPTIONS).trimEnd();
}

/** On one line, and in quotes wherever YAML 1.1, which Kubernetes reads, would see something other than a text. */
function scalar(value: JsonValue): string {
  if (typeof value === 'string' && /[\n\r\t]/.test(value)) return JSON.stringify(value);
  return block(value);
}

const OPTIONS = { version: '1.1', lineWidth: 0, blockQuote: 'literal' } as const;
