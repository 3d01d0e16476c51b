import { configurations, podAutoscalers, revisions, routes, services } from '../../src/knative/resources.ts';
import type { Resource } from '../../src/kubernetes/client/resource.ts';
import { apiVersionOf } from '../../src/kubernetes/client/resource.ts';
import { coreServices } from '../../src/kubernetes/client/resources.ts';
import { type JsonObject, stringAt } from '../../src/kubernetes/json.ts';

const KNOWN: readonly Resource[] = [services, configurations, revisions, routes, podAutoscalers, coreServices];

/** The resource of an object that a story creates. */
export function resourceOf(object: JsonObject): Resource {
  const found = KNOWN.find(
    (each) => apiVersionOf(each) === stringAt(object, 'apiVersion') && each.kind === stringAt(object, 'kind'),
  );
  if (found === undefined) throw new Error(`no story may create a ${stringAt(object, 'kind')}`);
  return found;
}
