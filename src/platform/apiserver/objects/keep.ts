/** The pipeline put together. */
import { notFound } from '../status/failure.ts';
import { create } from './create.ts';
import type { Dependencies } from './dependencies.ts';
import type { Objects } from './objects.ts';
import { patch } from './patch.ts';
import { bind, evict } from './podSubresources.ts';
import { put } from './put.ts';
import { remove, removeCollection } from './remove.ts';
import { getScale, patchScale, putScale } from './scale.ts';
import { keyOf } from './steps.ts';

/** Asynchronous throughout: what is thrown before the first wait is a rejection too. */
export function keepObjects(dependencies: Dependencies): Objects {
  return {
    get(target) {
      const stored = dependencies.store.get(keyOf(target, target.name));
      if (stored === undefined) throw notFound(target.resource, target.name);
      return target.subresource === 'scale' ? getScale(target, stored) : { code: 200, stored };
    },
    async create(target, options, body) {
      if (target.subresource === 'binding') return bind(dependencies, target, options, body);
      if (target.subresource === 'eviction') return evict(dependencies, target, options, body);
      return create(dependencies, target, options, body);
    },
    async update(target, options, body) {
      if (target.subresource === 'scale') return putScale(dependencies, target, options, body);
      return put(dependencies, target, options, body);
    },
    async patch(target, options, change) {
      if (target.subresource === 'scale') return patchScale(dependencies, target, options, change);
      return patch(dependencies, target, options, change);
    },
    async delete(target, options) {
      return remove(dependencies, target, options);
    },
    async deleteCollection(target, options, selectors) {
      return removeCollection(dependencies, target, options, selectors);
    },
  };
}
