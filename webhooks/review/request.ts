/** What the API server asks: an AdmissionReview of admission.k8s.io/v1, read from untrusted JSON. */
import { arrayAt, booleanAt, isObject, type JsonObject, objectAt, stringAt } from '../../src/kubernetes/json.ts';

export interface AdmissionRequest {
  readonly uid: string;
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  /** The object as it would be stored; on DELETE there is none. */
  readonly object?: JsonObject | undefined;
  /** The object as it is stored; on CREATE there is none. */
  readonly oldObject?: JsonObject | undefined;
  /** Empty for kinds without one. */
  readonly namespace: string;
  readonly user: { readonly name: string; readonly groups: readonly string[] };
  readonly isDryRun: boolean;
}

/** Kubernetes has no longer one than CONNECT; what is sent is quoted no further. */
const LONGEST_OPERATION = 20;

/** The request, or the sentence that says why the body holds none. */
export function readRequest(body: unknown): AdmissionRequest | string {
  if (!isObject(body) || body.kind !== 'AdmissionReview') return 'the body is no AdmissionReview';
  if (body.apiVersion !== 'admission.k8s.io/v1') {
    return 'the AdmissionReview is not of admission.k8s.io/v1; set admissionReviewVersions: [v1]';
  }
  const request = objectAt(body, 'request');
  const uid = stringAt(request, 'uid') ?? '';
  if (request === undefined || uid === '') return 'the AdmissionReview has no request with a uid';

  const operation = stringAt(request, 'operation');
  if (operation !== 'CREATE' && operation !== 'UPDATE' && operation !== 'DELETE') {
    return `the operation ${operation?.slice(0, LONGEST_OPERATION) ?? 'is missing'}; CREATE, UPDATE and DELETE are judged`;
  }
  const object = objectAt(request, 'object');
  const oldObject = objectAt(request, 'oldObject');
  if (operation !== 'DELETE' && object === undefined) return `the request to ${operation} has no object`;
  return {
    uid,
    operation,
    object,
    oldObject,
    namespace: stringAt(request, 'namespace') ?? '',
    user: {
      name: stringAt(request, 'userInfo', 'username') ?? '',
      groups: arrayAt(request, 'userInfo', 'groups').filter((group) => typeof group === 'string'),
    },
    isDryRun: booleanAt(request, 'dryRun') === true,
  };
}
