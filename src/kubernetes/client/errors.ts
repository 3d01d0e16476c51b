/** What can go wrong between Weir and an API server, each with a sentence that names the server. */
import { arrayAt, type JsonValue, numberAt, stringAt } from '../json.ts';

/** The API server said no: a Status of meta/v1, or whatever else stood in an answer that is no success. */
export class ApiError extends Error {
  readonly status: number;
  /** As `metav1.StatusReason`: NotFound, AlreadyExists, Conflict, Expired, …; empty where the answer names none. */
  readonly reason: string;
  /** After how many seconds the server asks to be tried again. */
  readonly retryAfterSeconds: number | undefined;
  /** The reasons of its causes: NamespaceTerminating, FieldValueInvalid, … */
  readonly causes: readonly string[];

  constructor(
    status: number,
    reason: string,
    message: string,
    retryAfterSeconds?: number,
    causes: readonly string[] = [],
  ) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.reason = reason;
    this.retryAfterSeconds = retryAfterSeconds;
    this.causes = causes;
  }
}

/** No answer came: nobody listens, the name does not resolve, the certificate is not trusted, the time ran out. */
export class ConnectionError extends Error {
  /** Node's code: ECONNREFUSED, ENOTFOUND, …; `TIMEOUT` where the time ran out. */
  readonly code: string;

  constructor(code: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ConnectionError';
    this.code = code;
  }
}

/** An answer came that is not what Kubernetes' API gives: no JSON, a line too long, a list without items. */
export class DecodingError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DecodingError';
  }
}

/** The error that a Status tells of; in a watch it comes as the object of an ERROR event. */
export function errorOfStatus(status: JsonValue | undefined, fallback: { status: number; message: string }): ApiError {
  const code = numberAt(status, 'code') ?? fallback.status;
  const message = stringAt(status, 'message') ?? fallback.message;
  const seconds = numberAt(status, 'details', 'retryAfterSeconds');
  const causes = arrayAt(status, 'details', 'causes').flatMap((cause) => stringAt(cause, 'reason') ?? []);
  return new ApiError(code, stringAt(status, 'reason') ?? '', message, seconds, causes);
}

export function isNotFound(error: unknown): boolean {
  return hasStatus(error, 404);
}

/** The object changed since it was read, or it is there already. */
export function isConflict(error: unknown): boolean {
  return hasStatus(error, 409);
}

export function isAlreadyThere(error: unknown): boolean {
  return error instanceof ApiError && error.reason === 'AlreadyExists';
}

export function isForbidden(error: unknown): boolean {
  return hasStatus(error, 403);
}

/** Nothing is made any more in a namespace that is on its way out (k8s.io/apiserver, plugin/namespace/lifecycle). */
export function isOfTerminatingNamespace(error: unknown): boolean {
  return error instanceof ApiError && error.causes.includes('NamespaceTerminating');
}

/** The resourceVersion or the continue token is older than what etcd keeps: 410 Gone, reason Expired or Gone. */
export function isGone(error: unknown): boolean {
  return hasStatus(error, 410) || (error instanceof ApiError && error.reason === 'Expired');
}

function hasStatus(error: unknown, status: number): boolean {
  return error instanceof ApiError && error.status === status;
}

/** Anything that was thrown, as the sentence in it. */
export function sentenceOf(error: unknown): string {
  // by shape: an error of another realm, as in a test runner, is no instance of this one's Error
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
}

const DISK: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of its path is no folder',
  EISDIR: 'it is a folder',
  EACCES: 'permission is missing',
};

/** Why a file cannot be read, in words. */
export function whyUnread(error: unknown): string {
  return DISK[codeOf(error)] ?? sentenceOf(error);
}

/** Node's words for a certificate that its TLS does not accept. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_|ISSUER|CRL|HOSTNAME_MISMATCH/;

/** A failure of the network as a sentence; `server` is `https://127.0.0.1:6443 (context "weir")`. */
export function connectionError(error: unknown, server: string): ConnectionError {
  const code = codeOf(error);
  return new ConnectionError(code, sentenceFor(code, sentenceOf(error), server), error);
}

/** As `weir up` writes its kubeconfig (src/platform/kubeconfig.ts): on this machine, with the context `weir`. */
const WEIRS_OWN = /^https:\/\/127\.0\.0\.1:\d+ \(context "weir"\)$/;

function sentenceFor(code: string, message: string, server: string): string {
  if (code === 'ECONNREFUSED') {
    const start = WEIRS_OWN.test(server) ? 'start it again with weir up' : 'start the cluster';
    return `no API server answers at ${server}: the connection is refused; ${start}, or name another context`;
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return `no API server answers at ${server}: its name does not resolve; look at the server's address and at DNS`;
  }
  if (code === 'ETIMEDOUT' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH') {
    return `no API server answers at ${server}: no way leads there; look at the address, the VPN and the firewall`;
  }
  if (code === 'ECONNRESET' || code === 'EPIPE') return `the API server at ${server} cut the connection`;
  if (CERTIFICATE.test(code)) {
    return `the certificate of the API server at ${server} is not trusted: ${message}; look at the certificate-authority that the configuration names`;
  }
  return `the request to the API server at ${server} failed: ${message}`;
}

/** Node gives an AggregateError, whose own code is that of its first, where a name has several addresses. */
function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  return 'code' in error ? String(error.code) : '';
}
