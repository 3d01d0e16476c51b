/**
 * The reviews that are sent: of a thousand Services half are made and half are changed, and one in five breaks the policy.
 * What the validating side is asked about is what the mutating side has filled in and Knative after it.
 */
import { arrayAt, isObject, type JsonObject, type JsonValue, objectAt } from '../../../src/kubernetes/json.ts';
import { applyPatchOperation, type PatchOperation } from '../../../src/kubernetes/jsonPatch.ts';
import type { Request } from '../load/connection.ts';
import { authored, breachOf, defaultedByKnative, NAMESPACE, stored } from './services.ts';

export const SERVICES = 1000;
const OLD_VERSION = 4;
const NEW_VERSION = 5;
const GENERATION = 3;

export interface Workload {
  readonly validate: readonly JsonObject[];
  readonly mutate: readonly JsonObject[];
  /** Services with everything filled in, as a client may create them. */
  readonly complete: readonly JsonObject[];
}

/** Asks the mutating side: the AdmissionReview that answers the review. */
export type AskToMutate = (review: JsonObject) => Promise<JsonValue>;

export async function makeWorkload(ask: AskToMutate, services = SERVICES): Promise<Workload> {
  const validate: JsonObject[] = [];
  const mutate: JsonObject[] = [];
  const complete: JsonObject[] = [];

  for (let index = 0; index < services; index++) {
    const isUpdate = index % 4 > 1;
    const breach = breachOf(index);
    if (!isUpdate) {
      const creation = reviewOf(index, { operation: 'CREATE', object: authored(index, NEW_VERSION, breach) });
      const object = await filledIn(creation, ask);
      mutate.push(creation);
      validate.push(reviewOf(index, { operation: 'CREATE', object }));
      complete.push(object);
      continue;
    }
    const before = reviewOf(index, { operation: 'CREATE', object: authored(index, OLD_VERSION) });
    const oldObject = stored(await filledIn(before, ask), GENERATION);
    const wanted = reapplied(oldObject, authored(index, NEW_VERSION, breach));
    const change = reviewOf(index, { operation: 'UPDATE', object: wanted, oldObject });
    mutate.push(change);
    validate.push(reviewOf(index, { operation: 'UPDATE', object: await filledIn(change, ask), oldObject }));
  }
  return { validate, mutate, complete };
}

export function requestsFor(path: string, reviews: readonly JsonObject[]): Request[] {
  return reviews.map((review) => ({ path, body: Buffer.from(JSON.stringify(review)) }));
}

/** The envelope as kube-apiserver fills it (k8s.io/apiserver pkg/admission/plugin/webhook/request/admissionreview.go). */
export function reviewOf(
  index: number,
  asked: { readonly operation: 'CREATE' | 'UPDATE'; readonly object: JsonObject; readonly oldObject?: JsonObject },
): JsonObject {
  const kind = { group: 'serving.knative.dev', version: 'v1', kind: 'Service' };
  const resource = { group: 'serving.knative.dev', version: 'v1', resource: 'services' };
  return {
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid: `705ab4f5-6393-11e8-b7cc-${String(index).padStart(12, '0')}`,
      kind,
      resource,
      requestKind: kind,
      requestResource: resource,
      name: objectAt(asked.object, 'metadata')?.name ?? '',
      namespace: NAMESPACE,
      operation: asked.operation,
      userInfo: {
        username: 'system:serviceaccount:argocd:argocd-application-controller',
        uid: '0b1d7d4e-5f6a-4c8e-9a57-3f5c6f0f8a11',
        groups: ['system:serviceaccounts', 'system:serviceaccounts:argocd', 'system:authenticated'],
      },
      object: asked.object,
      oldObject: asked.oldObject ?? null,
      dryRun: false,
      options: { kind: 'UpdateOptions', apiVersion: 'meta.k8s.io/v1' },
    },
  };
}

/** The object of the review after both mutating webhooks. */
async function filledIn(review: JsonObject, ask: AskToMutate): Promise<JsonObject> {
  const answer = await ask(review);
  const [warning] = arrayAt(answer, 'response', 'warnings');
  if (warning !== undefined) throw new Error(`the mutating side did not fill in a Service: ${warning}`);
  let object: JsonValue = objectAt(review, 'request', 'object') ?? {};
  const patch = objectAt(answer, 'response')?.patch;
  if (typeof patch === 'string') {
    const operations: PatchOperation[] = JSON.parse(Buffer.from(patch, 'base64').toString('utf8'));
    for (const operation of operations) object = applyPatchOperation(object, operation);
  }
  if (!isObject(object)) throw new Error('the mutating side made something else of a Service');
  return defaultedByKnative(object);
}

/** As `kubectl apply` merges: what the author wrote wins, lists are taken whole, and what others wrote stays. */
function reapplied(present: JsonObject, written: JsonObject): JsonObject {
  const merged: Record<string, JsonValue | undefined> = { ...present };
  for (const [key, value] of Object.entries(written)) {
    const there = present[key];
    merged[key] = isObject(value) && isObject(there) ? reapplied(there, value) : value;
  }
  return merged;
}

/** How many of the reviews break the policy. */
export function shareOfBreaches(): number {
  let count = 0;
  for (let index = 0; index < SERVICES; index++) if (breachOf(index) !== undefined) count++;
  return count / SERVICES;
}

/** How many bytes a review has on average. */
export function meanSize(reviews: readonly JsonObject[]): number {
  let bytes = 0;
  for (const review of reviews) bytes += Buffer.byteLength(JSON.stringify(review));
  return bytes / Math.max(1, reviews.length);
}
