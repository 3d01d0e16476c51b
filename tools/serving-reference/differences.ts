/** Where our controllers differ from Knative's on purpose: docs/serving.md lists these, and a test holds both together. */
import { equals, isObject } from '../../src/kubernetes/json.ts';
import { parseQuantity } from '../../src/kubernetes/quantity.ts';
import type { Difference } from './compare.ts';

export interface KnownDifference {
  /** Its heading in docs/serving.md. */
  readonly title: string;
  /** Knative does the one or the other, as moments fall. */
  readonly isByChance?: boolean;
  is(difference: Difference): boolean;
}

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  { title: 'What an author wrote stays as written', is: isOfTheAuthor },
  {
    title: 'Quantities keep their spelling',
    is: ({ path, ours, knatives }) =>
      /\/resources\/(requests|limits)\//.test(path) && parseQuantity(ours) === parseQuantity(knatives),
  },
  {
    title: 'Routes have no finalizer',
    is: ({ object, path, ours, knatives }) =>
      object.startsWith('Route/') &&
      path === '/metadata/finalizers' &&
      ours === undefined &&
      equals(knatives, ['routes.serving.knative.dev']),
  },
  {
    title: 'How often a PodAutoscaler was written on the way',
    isByChance: true,
    is: ({ story, object, path }) =>
      ['standalone', 'deleted-children'].includes(story) &&
      object.startsWith('PodAutoscaler/') &&
      ['/metadata/generation', '/status/observedGeneration'].includes(path),
  },
  {
    // Knative's labeler runs when the Route changes, which here happens before or after the Revision is there
    title: 'A Service whose Route belongs to somebody else',
    isByChance: true,
    is: ({ story, object, path }) =>
      story === 'taken-names' &&
      ['Revision/till-00001', 'PodAutoscaler/till-00001'].includes(object) &&
      /routes$|routingState$|reachability$|eneration$/.test(path),
  },
];

export function knownDifference(difference: Difference): KnownDifference | undefined {
  return KNOWN_DIFFERENCES.find((each) => each.is(difference));
}

/** What Knative's webhook fills in, in objects that users write: nothing of theirs is changed here. */
function isOfTheAuthor({ story, object, path, ours, knatives }: Difference): boolean {
  const isAuthors = object.startsWith('Service/') || (AUTHORS_OWN[story] ?? []).includes(object);
  if (!isAuthors) return false;
  if (path === '/metadata/labels' || path === '/metadata/annotations') return isEmpty(ours) && knatives === undefined;
  return path.startsWith('/spec/') && ours === undefined && knatives !== undefined;
}

/** Configurations and Routes that stories create themselves. */
const AUTHORS_OWN: Readonly<Record<string, readonly string[]>> = {
  standalone: ['Configuration/cart', 'Route/shop', 'Route/store'],
  'foreign-revision': ['Configuration/lone'],
  'taken-names': ['Configuration/cart', 'Route/till'],
};

function isEmpty(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}

/** What Knative makes beside what is compared, in the words of docs/serving.md. */
export const NOT_MADE: readonly string[] = [
  'Deployment',
  'ReplicaSet',
  'Ingress',
  'Certificate',
  'ServerlessService',
  'Metric',
  'Endpoints',
  'EndpointSlice',
  'and the public and private Service of each Revision',
  'Image',
];
