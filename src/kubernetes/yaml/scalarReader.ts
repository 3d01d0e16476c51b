/** The values of a document's scalars, each from its event: tags, quotes and escapes, and what go-yaml refuses of them. */
import { getScalarValue, SCALAR_STYLE, type ScalarEvent } from 'js-yaml';
import type { JsonValue } from '../json.ts';
import { ReadFailure } from './inputError.ts';
import { checkBlockScalar, checkEscapes, checkFlowScalar, checkTag } from './refusals.ts';
import { keyText, plainScalar, plainValue, type Scalar } from './scalar.ts';
import { longTag, MERGE_TAG, NO_TAG, taggedScalar } from './tags.ts';
import { isTemplateScalar, TEMPLATE_MESSAGE } from './template.ts';

/** `isFlow` says whether the collection around a scalar stands in brackets or braces. */
export class ScalarReader {
  readonly #text: string;
  readonly #mayBeTemplate: boolean;

  constructor(text: string) {
    this.#text = text;
    this.#mayBeTemplate = text.includes('{{');
  }

  /** @throws ReadFailure */
  value(event: ScalarEvent, start: number, isFlow: boolean): JsonValue {
    if (event.tagStart === -1) {
      const text = this.text(event, isFlow);
      if (event.style !== SCALAR_STYLE.PLAIN) return text;
      if (this.#mayBeTemplate && isTemplateScalar(text)) throw new ReadFailure('template', TEMPLATE_MESSAGE, start);
      const value = plainValue(text);
      return typeof value === 'number' ? finite(value, text, start) : value;
    }

    const value = this.exact(event, start, isFlow);
    if (typeof value === 'bigint') return Number(value);
    return typeof value === 'number' ? finite(value, this.text(event, isFlow), start) : value;
  }

  /** A scalar's value with integers kept apart from floats, for keys and for tags. */
  exact(event: ScalarEvent, start: number, isFlow: boolean): Scalar {
    const text = this.text(event, isFlow);
    if (event.tagStart === -1) return event.style === SCALAR_STYLE.PLAIN ? plainScalar(text) : text;

    const value = taggedScalar(this.#tag(event), text);
    if (value !== undefined) return value;
    const tag = this.#text.slice(event.tagStart, event.tagEnd);
    // the text may be a secret's, so it is not told
    throw new ReadFailure('syntax', `this is no ${tag} value; drop the tag or quote a string`, start);
  }

  text(event: ScalarEvent, isFlow: boolean): string {
    if (isFlow) checkFlowScalar(this.#text, event);
    if (event.fast) return this.#text.slice(event.valueStart, event.valueEnd);
    if (event.style === SCALAR_STYLE.DOUBLE_QUOTED) checkEscapes(this.#text, event);
    else if (event.style >= SCALAR_STYLE.LITERAL_BLOCK) checkBlockScalar(this.#text, event);
    return getScalarValue(this.#text, event);
  }

  /** Whether `<<`, as it is written here, is the merge key. */
  isMerge(event: ScalarEvent): boolean {
    if (event.tagStart === -1) return event.style === SCALAR_STYLE.PLAIN;
    const tag = this.#tag(event);
    return tag === MERGE_TAG || tag === NO_TAG;
  }

  #tag(event: ScalarEvent): string {
    checkTag(this.#text, event.tagStart, event.tagEnd);
    return longTag(this.#text.slice(event.tagStart, event.tagEnd));
  }
}

/** The name of a member whose key is the scalar. */
export function nameOfKey(scalar: Scalar, offset: number): string {
  const text = keyText(scalar);
  if (text !== undefined) return text;
  if (scalar === null) throw new ReadFailure('syntax', 'a key is empty; write a string', offset);
  throw new ReadFailure('syntax', `the key ${scalar} is too large for a number; quote it`, offset);
}

function finite(value: number, source: string, offset: number): number {
  if (Number.isFinite(value)) return value;
  throw new ReadFailure(
    'notJson',
    `${source} is a number that JSON cannot hold; quote it if a string is meant`,
    offset,
  );
}
