/** What admission is told of an object: the environment of the SinkBindings whose subject it is (knative/pkg webhook/psbinding, Admit). */
import { bindingPatch } from '../../../src/knative/eventing/sources/binding.ts';
import { type JsonObject, objectAt, stringAt } from '../../../src/kubernetes/json.ts';
import type { Bindings } from './bindings.ts';

const ASKED: ReadonlySet<string | undefined> = new Set(['CREATE', 'UPDATE']);

/** @param review an AdmissionReview of admission.k8s.io/v1 */
export function answerReview(review: JsonObject, bindings: Pick<Bindings, 'of'>): JsonObject {
  const request = objectAt(review, 'request');
  const uid = stringAt(request, 'uid') ?? '';
  const patch = ASKED.has(stringAt(request, 'operation')) ? patchOf(request, bindings) : [];
  const changes =
    patch.length === 0
      ? {}
      : { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch), 'utf8').toString('base64') };
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: { uid, allowed: true, ...changes },
  };
}

/** Of several bindings the last counts, as where each undoes the one before. */
function patchOf(request: JsonObject | undefined, bindings: Pick<Bindings, 'of'>): ReturnType<typeof bindingPatch> {
  const object = objectAt(request, 'object');
  if (object === undefined) return [];
  // its kind is the request's, and a new object may not name its namespace
  const { group = '', version = '', kind = '' } = objectAt(request, 'kind') ?? {};
  const apiVersion = group === '' ? version : `${String(group)}/${String(version)}`;
  const metadata = { ...objectAt(object, 'metadata'), namespace: stringAt(request, 'namespace') ?? '' };
  const last = bindings.of({ ...object, apiVersion, kind, metadata }).at(-1);
  return last === undefined ? [] : bindingPatch(object, last.environment);
}
