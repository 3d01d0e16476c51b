/** One request from its headers to its answer: who asks, whether they may, and what for. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { JsonObject } from '../../../kubernetes/json.ts';
import type { Log } from '../../../kubernetes/log.ts';
import { authorize } from '../auth/denied.ts';
import type { DistinctHeaders } from '../auth/headers.ts';
import { actingUser } from '../auth/impersonate.ts';
import type { Attributes, Authorizer, User } from '../auth/user.ts';
import { termsOf } from '../objects/selectors/fields.ts';
import { exactly } from '../objects/selectors/selectors.ts';
import { Failure, internalError } from '../status/failure.ts';
import { type Extension, pathWithin } from './extension.ts';
import { refuseForeign } from './guard.ts';
import { type Exchange, replyFailure, replyNoPage, replyObject } from './reply.ts';
import { type ResourceRequest, resourceRequestOf } from './requestInfo.ts';
import { type ResourceServing, serveResource } from './resources.ts';
import { collectWarnings } from './warnings.ts';

/** Documents beside resources: discovery, OpenAPI. */
export interface Documents {
  /** The document at the path; undefined where there is none. @throws Failure */
  serve(exchange: Exchange, path: string): Promise<boolean>;
}

export interface Serving extends ResourceServing {
  readonly authorizer: Authorizer;
  /** @throws Failure 401 */
  authenticate(headers: DistinctHeaders): User;
  readonly documents: Documents;
  readonly extensions: readonly Extension[];
  readonly version: JsonObject;
  readonly log: Log;
  /** The port that the server listens on, which a Host header has to name. */
  port(): number;
  isReady(): boolean;
}

/** Answered without a token, as for everybody in `system:public-info-viewer`. */
const PUBLIC = ['/healthz', '/livez', '/readyz', '/version'];

export async function handle(serving: Serving, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const warnings = collectWarnings();
  const url = urlOf(request.url ?? '/');
  const exchange: Exchange = { request, response, query: url.searchParams, warnings: warnings.headers };
  const auditId = firstHeader(request.headers['audit-id']) ?? randomUUID();
  response.setHeader('Audit-Id', /^[\x21-\x7e]{1,128}$/.test(auditId) ? auditId : randomUUID());
  response.setHeader('Cache-Control', 'no-cache, private');
  response.on('error', () => response.destroy());
  try {
    await serve(serving, exchange, url.pathname, warnings.add);
  } catch (error) {
    if (!request.complete && !response.headersSent) response.setHeader('Connection', 'close');
    await replyFailure(exchange, asFailure(error, serving.log, request, url.pathname));
  } finally {
    drain(serving, request);
  }
}

/** `//other/path` is a path here and no other host; what is neither path nor URL leads nowhere. */
function urlOf(target: string): URL {
  const text = target.startsWith('/') ? `https://localhost${target}` : target;
  return URL.canParse(text) ? new URL(text) : new URL(`https://localhost/${encodeURIComponent(target)}`);
}

async function serve(
  serving: Serving,
  exchange: Exchange,
  path: string,
  warn: (sentence: string) => void,
): Promise<void> {
  const { request, query } = exchange;
  refuseForeign(request.headers, serving.port());
  if (PUBLIC.some((each) => path === each || path.startsWith(`${each}/`))) return servePublic(serving, exchange, path);

  const method = request.method ?? 'GET';
  const headers = request.headersDistinct;
  const authenticated = serving.authenticate(headers); // before anything that the path could make long
  const asked = resourceRequestOf(method, path, query);
  const attributes = attributesOf(authenticated, asked, method, path, query);
  const user = actingUser(attributes, headers, serving.authorizer);
  for (const extension of serving.extensions) {
    const within = pathWithin(extension, path);
    if (within !== undefined) return serveExtension(serving, exchange, extension, { method, path: within, user });
  }
  authorize(serving.authorizer, { ...attributes, user });
  if (asked !== undefined) return serveResource(serving, exchange, asked, user, warn);
  if (!(await serving.documents.serve(exchange, path))) replyNoPage(exchange);
}

/** It judges by itself who may what: by the objects that its answers are about. */
function serveExtension(
  { authorizer, keepWatch }: Serving,
  exchange: Exchange,
  extension: Extension,
  asked: { readonly method: string; readonly path: string; readonly user: User },
): Promise<void> {
  return extension.serve({
    ...exchange,
    ...asked,
    may: ({ verb, group, plural, namespace, name }) => {
      const resource = { group, version: '*', plural, subresource: '', namespace, name };
      return authorizer.decide({ user: asked.user, verb, resource }).allowed;
    },
    keep: keepWatch,
  });
}

function attributesOf(
  user: User,
  asked: ResourceRequest | undefined,
  method: string,
  path: string,
  query: URLSearchParams,
): Attributes {
  if (asked === undefined) return { user, verb: method.toLowerCase(), path };
  const { group, version, plural, subresource, namespace, verb } = asked;
  const name = asked.name === '' && (verb === 'list' || verb === 'watch') ? selectedName(query) : asked.name;
  return { user, verb, path, resource: { group, version, plural, subresource, namespace, name } };
}

/** Who may only see one object by its name may list and watch that one (requestinfo.go): `metadata.name=one`. */
function selectedName(query: URLSearchParams): string {
  try {
    return exactly(termsOf(query.get('fieldSelector') ?? ''), 'metadata.name') ?? '';
  } catch {
    return ''; // it is told what is wrong with its selector once it may ask at all
  }
}

async function servePublic(serving: Serving, exchange: Exchange, path: string): Promise<void> {
  if (path === '/version' || path === '/version/') return replyObject(exchange, 200, serving.version);
  const isReady = serving.isReady();
  const { response } = exchange;
  response.writeHead(isReady || path === '/livez' ? 200 : 500, {
    'Content-Type': 'text/plain; charset=utf-8',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(isReady || path === '/livez' ? 'ok' : '[-]start failed: not all that is stored has been read\n');
}

/** What is no Failure is a fault of this program: it is logged, without what was sent, and told to nobody. */
function asFailure(error: unknown, log: Log, { method = '' }: IncomingMessage, path: string): Failure {
  if (error instanceof Failure) return error;
  if (isAborted(error)) return new Failure(400, 'BadRequest', 'the request ended before its body did');
  log.error({ err: error, method, path }, 'a request could not be answered');
  return internalError('the request could not be answered; the log of the server says why');
}

function isAborted(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    (error.code === 'ECONNRESET' || error.code === 'ERR_STREAM_PREMATURE_CLOSE')
  );
}

const DRAIN_MILLISECONDS = 5_000;

/**
 * A body that nobody read must not be taken for the next request: the connection ends with the answer. What comes is
 * thrown away for a moment, since a client that is still writing would not read why it was refused.
 */
function drain({ clock }: Serving, request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  const { socket } = request;
  const callOff = clock.after(DRAIN_MILLISECONDS, () => socket.destroy());
  socket.once('close', callOff);
  request.once('end', callOff);
  request.resume();
}

function firstHeader(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
