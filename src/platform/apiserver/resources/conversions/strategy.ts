/** The strategy of a version that is judged in the shape in which its objects are stored, as all are in Kubernetes. */
import type { Conversion, Strategy } from '../resource.ts';

/**
 * @param own of the version itself, for what it fills in
 * @param stored of the version that is stored
 */
export function throughStored(
  own: Strategy,
  stored: Strategy,
  { toStored: moved, fromStored, restored }: Conversion,
): Strategy {
  const toStored = restored ?? moved;
  return {
    ...stored,
    withDefaults: (object) => fromStored(toStored(own.withDefaults(object))),
    // what is stored is read as of its own version
    asStored: (object) => fromStored(stored.withDefaults(toStored(object))),
    beforeCreate: (object, change) => fromStored(stored.beforeCreate(toStored(object), change)),
    beforeUpdate: (object, old, change) => fromStored(stored.beforeUpdate(toStored(object), toStored(old), change)),
    beforeDelete: (object, change) => fromStored(stored.beforeDelete?.(toStored(object), change) ?? toStored(object)),
    validate: (object, old, change) => stored.validate(toStored(object), old && toStored(old), change),
    warnings: (object, old) => stored.warnings(toStored(object), old && toStored(old)),
  };
}
