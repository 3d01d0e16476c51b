import { type PlacedReference, referencesOf } from '../../../knative/eventing/references.ts';
import type { JsonObject } from '../../../kubernetes/json.ts';
import { rememberLast } from '../rememberLast.ts';

/** What the object under judgement refers to: one rule after the other asks. */
export const referencesIn: (object: JsonObject) => readonly PlacedReference[] = rememberLast(referencesOf);
