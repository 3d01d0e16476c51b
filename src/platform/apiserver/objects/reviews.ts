/** Kinds that are asked and never stored: what answers them stands in auth/. */
import { isObject } from '../../../kubernetes/json.ts';
import type { Review } from '../auth/reviews/reviews.ts';
import type { Resources } from '../resources/resource.ts';
import { badRequest } from '../status/failure.ts';
import { decode } from './decode.ts';
import type { SpecialCreate } from './dependencies.ts';
import { inNamespace } from './metadata/system.ts';

/** @param reviews by `<plural>.<group>`, or `<plural>/<subresource>` */
export function reviewCreates(reviews: ReadonlyMap<string, Review>, resources: Resources): SpecialCreate {
  return (target, options, body) => {
    const { resource, subresource, namespace, name, user } = target;
    const review = reviews.get(subresource === '' ? resource.storedAs : `${resource.plural}/${subresource}`);
    if (review === undefined) return undefined;

    if (subresource !== '') {
      if (!isObject(body.value)) throw badRequest('the body of the request must be an object');
      return Promise.resolve({ code: 201, object: review({ user, namespace, name, object: body.value }) });
    }
    const object = inNamespace(decode(resources, body, target, options.fieldValidation), resource, namespace);
    return Promise.resolve({ code: 201, object: review({ user, namespace, name, object }) });
  };
}
