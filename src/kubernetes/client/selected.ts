/** Whether a selection has an object, said without asking the server. */
import { type JsonObject, stringAt } from '../json.ts';
import type { Match } from '../labelSelector.ts';
import { type LabelRequirement, meets, parseLabelSelector, SelectorFault } from '../labelSelectorText.ts';
import { labelsOf } from '../object.ts';
import type { Selection } from './watch.ts';

/** The field selector that every resource has. */
const OF_NAME = /^metadata\.name==?([^,=!\\]+)$/;

/** The answer is `maybe` for a field other than the name: by what else a resource is selected its server knows. */
export function selectedBy({
  namespace = '',
  fieldSelector = '',
  labelSelector = '',
}: Selection): (object: JsonObject) => Match {
  const [, name] = OF_NAME.exec(fieldSelector) ?? [];
  const requirements = requirementsOf(labelSelector);
  const isKnown = requirements !== undefined && (fieldSelector === '' || name !== undefined);
  return (object) => {
    if (namespace !== '' && stringAt(object, 'metadata', 'namespace') !== namespace) return 'no';
    if (name !== undefined && stringAt(object, 'metadata', 'name') !== name) return 'no';
    const labels = labelsOf(object);
    if (requirements?.every((requirement) => meets(labels, requirement)) === false) return 'no';
    return isKnown ? 'yes' : 'maybe';
  };
}

/** Undefined for one that the server will refuse. */
function requirementsOf(selector: string): readonly LabelRequirement[] | undefined {
  try {
    return parseLabelSelector(selector);
  } catch (error) {
    if (error instanceof SelectorFault) return undefined;
    throw error;
  }
}
