/**
 * Where a list goes on: the token of k8s.io/apiserver pkg/storage/continue.go, which names the revision of the first
 * page and the path after the last one told. It is no secret and not signed: whoever may list may list from anywhere.
 */
import { isObject } from '../../../kubernetes/json.ts';
import { badRequest } from '../status/failure.ts';
import { jsonFault } from '../status/jsonFault.ts';

const VERSION = 'meta.k8s.io/v1';
/** The rest as it is now, with no regard for what the first pages showed. */
export const LATEST = -1;

export interface Position {
  /** Of the first page, or `LATEST`. */
  readonly revision: number;
  /** Relative to the namespace where one is listed. */
  readonly start: string;
}

export function encodePosition({ revision, start }: Position): string {
  return Buffer.from(JSON.stringify({ v: VERSION, rv: revision, start })).toString('base64url');
}

/** @throws Failure 400 where the token is none */
export function decodePosition(token: string): Position {
  const value = parse(token);
  if (value.v !== VERSION) throw invalid(`server does not recognize this encoded version ${text(value.v)}`);
  const { rv, start } = value;
  if (typeof rv !== 'number' || !Number.isSafeInteger(rv) || rv === 0) {
    throw invalid('incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
  }
  if (typeof start !== 'string' || start === '') {
    throw invalid('encoded start key empty (version meta.k8s.io/v1)');
  }
  if (start.split('/').some((step, index) => step === '.' || step === '..' || (step === '' && index > 0))) {
    throw invalid(`${start}`);
  }
  return { revision: rv < 0 ? LATEST : rv, start: start.startsWith('/') ? start.slice(1) : start };
}

function parse(token: string): Readonly<Record<string, unknown>> {
  const illegal = token.search(/[^A-Za-z0-9_-]/);
  if (illegal >= 0) throw invalid(`illegal base64 data at input byte ${illegal}`);
  const bytes = Buffer.from(token, 'base64url');
  const fault = jsonFault(bytes);
  if (fault !== undefined) throw invalid(fault);
  const value: unknown = JSON.parse(bytes.toString());
  if (!isObject(value)) throw invalid('it holds no JSON object');
  return value;
}

function invalid(why: string): Error {
  return badRequest(`invalid continue token: continue key is not valid: ${why}`);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
