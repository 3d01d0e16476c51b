import { arrayAt, type JsonObject, stringAt } from '../../../src/kubernetes/json.ts';

/**
 * Where a tag is asked: on the platform of one machine as everybody asks, in a cluster by the name that leads there from
 * inside (knative/serving pkg/reconciler/route/resources/names: `preview-api-service`), since what the world sees may
 * not lead back in. Undefined while the Route does not say.
 */
export function urlOfTag(route: JsonObject | undefined, tag: string): URL | undefined {
  const target = arrayAt(route, 'status', 'traffic').find((each) => stringAt(each, 'tag') === tag);
  const outside = parsed(stringAt(target, 'url'));
  if (outside === undefined || isLocal(outside)) return outside;
  const inside = parsed(stringAt(route, 'status', 'address', 'url'));
  if (inside === undefined) return outside;
  inside.hostname = `${tag}-${inside.hostname}`;
  return inside;
}

/** Every name below it is this machine, whatever its resolver says (RFC 6761). */
export function isLocal({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost');
}

function parsed(text: string | undefined): URL | undefined {
  return text !== undefined && URL.canParse(text) ? new URL(text) : undefined;
}
