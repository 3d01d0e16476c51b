/** An event as CloudEvents 1.0 has it: attributes that say what happened, and data that nobody here looks into. */

/** A text, an integer or a truth value. An event in binary mode has texts alone. */
export type AttributeValue = string | number | boolean;

/** By names in lower case. `specversion`, `id`, `source` and `type` are always there, and `datacontenttype` is one. */
export type Attributes = ReadonlyMap<string, AttributeValue>;

export interface CloudEvent {
  readonly attributes: Attributes;
  /** Undefined where the event has none. */
  readonly data: Buffer | undefined;
}

/** The same event with other attributes; undefined takes one away. */
export function withAttributes(
  { attributes, data }: CloudEvent,
  changes: Readonly<Record<string, AttributeValue | undefined>>,
): CloudEvent {
  const changed = new Map(attributes);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) changed.delete(name);
    else changed.set(name, value);
  }
  return { attributes: changed, data };
}

/** The attribute as a text; empty where the event has none. */
export function attributeText({ attributes }: CloudEvent, name: string): string {
  return String(attributes.get(name) ?? '');
}
