/** From the bytes of one request to what they say, and from that to the text of its answer: everything between is in memory. */
import { isObject, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import { keyOf } from '../../src/kubernetes/kinds.ts';
import type { EffectivePolicy } from '../../src/policy/engine/policy.ts';
import { type AdmissionRequest, readRequest } from '../review/request.ts';
import { type AdmissionResponse, type Door, type Facts, review, type Sight } from '../review/review.ts';
import { tooLarge } from './bounds.ts';

export interface Answer {
  /** HTTP's. Every review that can be told apart gets 200, whatever its verdict. */
  readonly status: number;
  readonly body: string;
  /** What was reviewed; absent where the body held no request. */
  readonly facts?: Facts;
  /** Why there was nothing to review. */
  readonly problem?: string;
  /** A mistake of Weir's that broke the whole review. */
  readonly mistake?: unknown;
}

/** What the body of a request says; undefined where that is no JSON. */
export function readJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

/**
 * @param body as `readJson` reads it
 * @param sawKind hears, before anything is judged, of which kind (`group/Kind`) the object is
 */
export function answerTo(door: Door, body: unknown, sight: Sight, sawKind?: (kind: string) => void): Answer {
  if (body === undefined) return refused(400, 'the body is no JSON; send an AdmissionReview');

  const uid = uidOf(body);
  const request = readRequest(body);
  if (typeof request === 'string') {
    return uid === undefined ? refused(400, request) : unreadable(door, uid, request);
  }
  sawKind?.(keyOf(request.object ?? request.oldObject));
  const excess = tooLarge(request.object);
  if (excess !== undefined) return unreadable(door, request.uid, excess);
  return reviewed(door, withoutLargeOld(door, request), sight);
}

/**
 * What is stored already and is too large to be judged excuses nothing, and does not stay for ever: a change that makes
 * it small enough is judged like a new object, and a DELETE is let through. Of a Namespace its label alone is looked at,
 * and whoever fills one with annotations does not get it out of its environment by that.
 */
function withoutLargeOld(door: Door, request: AdmissionRequest): AdmissionRequest {
  if (door.door === 'validate-namespace' || tooLarge(request.oldObject) === undefined) return request;
  const { oldObject: _, ...rest } = request;
  return rest;
}

/** An HTTP answer for what is no review, in the form that Kubernetes' clients print (metav1.Status). */
export function refused(status: number, message: string): Answer {
  const reason = REASONS[status] ?? 'BadRequest';
  const body = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code: status };
  return { status, body: JSON.stringify(body), problem: message };
}

const REASONS: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  413: 'RequestEntityTooLarge',
  415: 'UnsupportedMediaType',
  500: 'InternalError',
};

/** Whom to answer, where the rest of the review cannot be read. */
function uidOf(body: unknown): string | undefined {
  if (!isObject(body) || body.kind !== 'AdmissionReview' || body.apiVersion !== 'admission.k8s.io/v1') return undefined;
  const uid = stringAt(objectAt(body, 'request'), 'uid');
  return uid === '' ? undefined : uid;
}

function reviewed(door: Door, request: AdmissionRequest, sight: Sight): Answer {
  try {
    const { response, facts } = review(door, request, sight);
    return { status: 200, body: envelope(response), facts };
  } catch (mistake) {
    return { ...broken(door, request, sight), mistake };
  }
}

/** What cannot be read is not let in by the judging side; the filling side leaves it alone and says so. */
function unreadable(door: Door, uid: string, sentence: string): Answer {
  const response: AdmissionResponse =
    door.door === 'mutate'
      ? { uid, allowed: true, warnings: [`Weir filled in nothing: ${sentence}`] }
      : { uid, allowed: false, status: { code: 400, reason: 'BadRequest', message: sentence } };
  return { status: 200, body: envelope(response), problem: sentence };
}

/**
 * A review that broke altogether is a mistake of Weir's. Where the environment denies, what nobody judged stays out:
 * a crash must not be a way in. Where it only warns, it warns. The filling side lets it pass, for the judging side sees
 * the object as well.
 */
function broken(door: Door, { uid }: AdmissionRequest, { policies }: Sight): Answer {
  const policy = door.door === 'validate-namespace' ? undefined : policies.policyFor(door.environment);
  if (door.door === 'mutate')
    return allowedWith(uid, 'Weir filled in nothing, which is a mistake of its own; see its log');
  const sentence = 'Weir could not judge this object, which is a mistake of its own; see its log';
  if (!denies(policy)) return allowedWith(uid, sentence);
  const status = { code: 500, reason: 'InternalError', message: sentence };
  return { status: 200, body: envelope({ uid, allowed: false, status }) };
}

function denies(policy: EffectivePolicy | undefined): boolean {
  return policy === undefined || policy.enforcement === 'deny';
}

function allowedWith(uid: string, warning: string): Answer {
  return { status: 200, body: envelope({ uid, allowed: true, warnings: [warning] }) };
}

function envelope(response: AdmissionResponse): string {
  return JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response });
}
