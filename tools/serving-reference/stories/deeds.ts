/** What is done in several stories, to the Service `cart`. */
import { revisions, services } from '../../../src/knative/resources.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { aTemplate } from '../objects.ts';
import type { Deed } from '../story.ts';

export const cart = { resource: services, name: 'cart' } as const;
export const MIN_SCALE = 'autoscaling.knative.dev/min-scale';
export const VISIBILITY = 'networking.knative.dev/visibility';

export function changed(spec: JsonObject): Deed {
  return { patch: cart, body: { spec } };
}

export function annotated(name: string, annotations: JsonObject): Deed {
  return { patch: { resource: revisions, name }, body: { metadata: { annotations } } };
}

export const v2 = changed({ template: aTemplate({ image: 'dev.local/shop/cart:2' }) });
