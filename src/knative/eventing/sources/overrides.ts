/** `ceOverrides` of a source (knative/pkg apis/duck/v1/source_types.go, cloudevents/sdk-go v2/event/eventcontext_v1.go). */
import { type JsonObject, objectAt } from '../../../kubernetes/json.ts';

/** Its attributes by their names in lower case, and its data. */
export interface SourceEvent {
  readonly attributes: ReadonlyMap<string, string>;
  readonly data: Buffer | undefined;
}

/** Of every event: an extension cannot be called so. */
const OF_EVERY_EVENT: ReadonlySet<string> = new Set([
  'specversion',
  'id',
  'source',
  'type',
  'subject',
  'time',
  'dataschema',
  'datacontenttype',
]);

/** The extensions, by their names as they are sent. What is no text is left out. */
export function overridesOf(source: JsonObject): ReadonlyMap<string, string> {
  const overrides = new Map<string, string>();
  for (const [name, value] of Object.entries(objectAt(source, 'spec', 'ceOverrides', 'extensions') ?? {})) {
    if (typeof value === 'string') overrides.set(name.toLowerCase(), value);
  }
  return overrides;
}

/** Why no event can be sent with these, where Knative's webhook lets them in and its adapter loses every event. */
export function overridesProblem(overrides: ReadonlyMap<string, string>): string | undefined {
  for (const name of overrides.keys()) {
    if (!OF_EVERY_EVENT.has(name)) continue;
    return `ceOverrides.extensions sets ${name}, which is an attribute of every event and no extension; take it out`;
  }
  return undefined;
}

/** As K_CE_OVERRIDES holds them: JSON of the object, empty where there is none. */
export function overridesText(source: JsonObject): string {
  const overrides = objectAt(source, 'spec', 'ceOverrides');
  if (overrides === undefined) return '';
  const extensions = objectAt(overrides, 'extensions') ?? {};
  const names = Object.keys(extensions).sort();
  if (names.length === 0) return '{}';
  return JSON.stringify({ extensions: Object.fromEntries(names.map((name) => [name, extensions[name]])) });
}
