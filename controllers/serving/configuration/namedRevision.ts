/** The Revision that an author gave a name to (knative/serving pkg/reconciler/configuration/configuration.go CheckNameAvailability). */
import { equals, type JsonObject, objectAt } from '../../../src/kubernetes/json.ts';
import { CONFIGURATION_GENERATION_LABEL } from '../keys.ts';
import { generationOf, isControlledBy, labelOf } from '../read.ts';
import { givenName } from '../resources/revision.ts';

/**
 * @param revision looks a Revision of the Configuration's namespace up
 * @returns the Revision; `taken` where another's or another template's has the name; `missing` where none has it yet;
 *   undefined where the author gave no name
 */
export function namedRevision(
  configuration: JsonObject,
  revision: (name: string) => JsonObject | undefined,
): JsonObject | 'taken' | 'missing' | undefined {
  const name = givenName(configuration);
  if (name === '') return undefined;

  const found = revision(name);
  if (found === undefined) return 'missing';
  if (!isControlledBy(found, configuration)) return 'taken';
  if (labelOf(found, CONFIGURATION_GENERATION_LABEL) === String(generationOf(configuration))) return found;
  return equals(objectAt(configuration, 'spec', 'template', 'spec'), objectAt(found, 'spec')) ? found : 'taken';
}
