/**
 * Every 'no' of the API as a Status of meta/v1: code, reason and sentence are those of
 * k8s.io/apimachinery pkg/api/errors/errors.go, since clients act on them.
 */
import type { JsonObject } from '../../../kubernetes/json.ts';

/** One thing that is wrong with an object, as `details.causes` tells it. */
export interface Cause {
  /** `FieldValueInvalid`, `FieldValueRequired`, `FieldValueDuplicate`, `FieldValueNotSupported`, `FieldManagerConflict`, … */
  readonly reason: string;
  /** `spec.replicas`, `spec.containers[0].image`. */
  readonly field: string;
  readonly message: string;
}

export interface Details {
  readonly name?: string;
  readonly group?: string;
  /** The plural for what is asked by resource, the kind for what is invalid, as Kubernetes does. */
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly Cause[];
  readonly retryAfterSeconds?: number;
}

/** What a resource is called in a sentence: `deployments.apps "web" not found`. */
export interface Named {
  readonly group: string;
  readonly plural: string;
}

/** A request that is answered with a Status instead of what it asked for. */
export class Failure extends Error {
  readonly code: number;
  /** As `metav1.StatusReason`. */
  readonly reason: string;
  readonly details: Details | undefined;
  /** `metadata.continue`: how a list whose token has expired goes on. */
  readonly continue: string | undefined;

  constructor(code: number, reason: string, message: string, details?: Details, continueToken?: string) {
    super(message);
    this.name = 'Failure';
    this.code = code;
    this.reason = reason;
    this.details = details;
    this.continue = continueToken;
  }

  /** The body of the answer. */
  toStatus(): JsonObject {
    const { code, reason, message, details } = this;
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: { ...(this.continue !== undefined && { continue: this.continue }) },
      status: 'Failure',
      message,
      ...(reason !== '' && { reason }),
      ...(details !== undefined && { details: detailsIn(details) }),
      code,
    };
  }
}

/** Go leaves out what is empty. */
function detailsIn({ causes, ...rest }: Details): JsonObject {
  if (causes === undefined) return rest;
  const written = causes.map(({ reason, message, field }) => ({
    ...(reason !== '' && { reason }),
    ...(message !== '' && { message }),
    ...(field !== '' && { field }),
  }));
  return { ...rest, ...(written.length > 0 && { causes: written }) };
}

export function notFound(resource: Named, name: string): Failure {
  return new Failure(404, 'NotFound', `${fullName(resource)} "${name}" not found`, detailsOf(resource, name));
}

export function alreadyExists(resource: Named, name: string): Failure {
  const message = `${fullName(resource)} "${name}" already exists`;
  return new Failure(409, 'AlreadyExists', message, detailsOf(resource, name));
}

export function conflict(resource: Named, name: string, why: string): Failure {
  const message = `Operation cannot be fulfilled on ${fullName(resource)} "${name}": ${why}`;
  return new Failure(409, 'Conflict', message, detailsOf(resource, name));
}

/** The conflict of optimistic concurrency: the object is not at the resourceVersion that was given. */
export function modified(resource: Named, name: string): Failure {
  const why = 'the object has been modified; please apply your changes to the latest version and try again';
  return conflict(resource, name, why);
}

/** How many are told of one object; kube-apiserver tells all. */
const MOST_CAUSES = 1_000;

/** @param kind with its group, since Kubernetes names the kind here and not the resource */
export function invalid(
  kind: { readonly group: string; readonly kind: string },
  name: string,
  all: readonly Cause[],
): Failure {
  // a body of 3 MB can be wrong in so many places that the sentences fill 100 MB
  const causes = all.slice(0, MOST_CAUSES);
  const title = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`;
  // a sentence that two rules say is said once, as field.ErrorList.ToAggregate does; the causes stay two
  const sentences = [...new Set(causes.map(({ field, message }) => `${field}: ${message}`))];
  if (all.length > causes.length) sentences.push(`and ${all.length - causes.length} more`);
  const whole = sentences.length === 1 ? sentences[0] : `[${sentences.join(', ')}]`;
  const details = {
    ...(name !== '' && { name }),
    ...(kind.group !== '' && { group: kind.group }),
    ...(kind.kind !== '' && { kind: kind.kind }),
    causes,
  };
  return new Failure(422, 'Invalid', `${title} "${name}" is invalid: ${whole}`, details);
}

/** @param why as RBAC or a webhook tells it */
export function forbidden(resource: Named, name: string, why: string): Failure {
  const title = name === '' ? fullName(resource) : `${fullName(resource)} "${name}"`;
  return new Failure(403, 'Forbidden', `${title} is forbidden: ${why}`, detailsOf(resource, name));
}

export function badRequest(message: string): Failure {
  return new Failure(400, 'BadRequest', message);
}

export function unauthorized(): Failure {
  return new Failure(401, 'Unauthorized', 'Unauthorized');
}

/** The path leads to no resource that is served. */
export function noSuchPath(): Failure {
  return new Failure(404, 'NotFound', 'the server could not find the requested resource', {});
}

export function methodNotAllowed(resource: Named, verb: string): Failure {
  const message = `${verb} is not supported on resources of kind "${fullName(resource)}"`;
  return new Failure(405, 'MethodNotAllowed', message, detailsOf(resource));
}

export function notAcceptable(accepted: readonly string[]): Failure {
  const message = `only the following media types are accepted: ${accepted.join(', ')}`;
  return new Failure(406, 'NotAcceptable', message);
}

export function unsupportedMediaType(accepted: readonly string[]): Failure {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`;
  return new Failure(415, 'UnsupportedMediaType', message);
}

/** The resourceVersion or the continue token is older than the history that is kept. */
export function expired(message: string, continueToken?: string): Failure {
  return new Failure(410, 'Expired', message, undefined, continueToken);
}

/** Somebody asks for a state that is yet to come (k8s.io/apiserver pkg/storage/errors.go). */
export function tooLargeRevision(asked: number, current: number): Failure {
  const message = `Timeout: Too large resource version: ${asked}, current: ${current}`;
  const causes = [{ reason: 'ResourceVersionTooLarge', field: '', message: 'Too large resource version' }];
  return new Failure(504, 'Timeout', message, { causes, retryAfterSeconds: 1 });
}

export function tooLarge(message: string): Failure {
  return new Failure(413, 'RequestEntityTooLarge', message);
}

export function tooManyRequests(message: string, retryAfterSeconds: number): Failure {
  return new Failure(429, 'TooManyRequests', message, { retryAfterSeconds });
}

export function internalError(message: string): Failure {
  const causes = [{ reason: '', field: '', message }];
  return new Failure(500, 'InternalError', `Internal error occurred: ${message}`, { causes });
}

export function unavailable(message: string, retryAfterSeconds = 1): Failure {
  return new Failure(503, 'ServiceUnavailable', message, { retryAfterSeconds });
}

function fullName({ group, plural }: Named): string {
  return group === '' ? plural : `${plural}.${group}`;
}

function detailsOf({ group, plural }: Named, name?: string): Details {
  return { ...(name !== undefined && name !== '' && { name }), ...(group !== '' && { group }), kind: plural };
}
