/** What of a request's and an answer's fields goes on, and what the way of a request adds. */
import { type Fields, fieldValue, listOf } from '../http1/fields.ts';
import type { Message, RequestHead, ResponseHead } from '../http1/head.ts';

/** For one hop alone (RFC 9110, section 7.6.1, and what Go's httputil.ReverseProxy drops beside them). */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
]);
/** What the parts of Knative tell each other: from a client it would be a lie, and an instance does not see it. */
const INTERNAL = new Set([
  'knative-serving-revision',
  'knative-serving-namespace',
  'k-proxy-request',
  'k-original-host',
  'k-passthrough-lb',
  'knative-serving-default-route',
]);
/** Connection cannot take these away: who reads the message would read another one. */
const ESSENTIAL = new Set(['host', 'content-length', 'transfer-encoding']);
const OBSOLETE_UPGRADE = 'h2c';

export interface Hop {
  /** The client's address. */
  readonly client: string;
  /** The request went through the activator. */
  readonly isProxied: boolean;
  /** The tag whose host was asked for, where tags by header are on. */
  readonly tag?: string;
  /** Where tags by header are on, and no tag was asked for by host. */
  readonly isDefaultRoute: boolean;
}

/** Names and values in turns; without Host, and without what frames the body but Content-Length. */
export function requestFields(request: RequestHead, hop: Hop): string[] {
  const { names, keys, values } = request.fields;
  const fields: string[] = [];
  const seen = { forwardedFor: '', proto: 'http', host: '', isForwarded: false };
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] ?? '';
    const value = values[index] ?? '';
    if (isForNobody(request, key, hop) || takes(seen, key, value)) continue;
    fields.push(names[index] ?? '', value);
  }

  const forwardedFor = seen.forwardedFor === '' ? hop.client : `${seen.forwardedFor}, ${hop.client}`;
  fields.push('X-Forwarded-For', forwardedFor, 'X-Forwarded-Proto', seen.proto);
  if (!seen.isForwarded) fields.push('Forwarded', forwardedOf(forwardedFor, seen.host, seen.proto));
  if (hop.isProxied) fields.push('K-Proxy-Request', 'activator');
  if (hop.tag !== undefined) fields.push('Knative-Serving-Tag', hop.tag);
  if (hop.isDefaultRoute) fields.push('Knative-Serving-Default-Route', 'true');
  if (wantsTrailers(request.fields)) fields.push('TE', 'trailers');
  return fields;
}

function isForNobody(request: RequestHead, key: string, hop: Hop): boolean {
  if (key === 'host' || HOP_BY_HOP.has(key) || INTERNAL.has(key)) return true;
  if (key === 'expect') return request.isHttp10;
  // of HTTP/2, one that no double holds: the body goes on in chunks, and two framings are none
  if (key === 'content-length') return request.framing < 0;
  if (key === 'knative-serving-tag') return hop.tag !== undefined;
  return isNominated(request, key);
}

interface SeenForwarded {
  forwardedFor: string;
  proto: string;
  host: string;
  isForwarded: boolean;
}

/** True for what is written anew. */
function takes(seen: SeenForwarded, key: string, value: string): boolean {
  switch (key) {
    case 'x-forwarded-for':
      seen.forwardedFor = seen.forwardedFor === '' ? value : `${seen.forwardedFor}, ${value}`;
      return true;
    case 'x-forwarded-proto':
      seen.proto = value;
      return true;
    case 'x-forwarded-host':
      seen.host = value;
      return false;
    case 'forwarded':
      seen.isForwarded = true;
      return false;
    default:
      return false;
  }
}

/** As a proxy hands a request on that is none of its own: without what is for this hop alone. */
export function plainFields(request: RequestHead): string[] {
  const { names, keys, values } = request.fields;
  const fields: string[] = [];
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] ?? '';
    if (key === 'host' || HOP_BY_HOP.has(key) || isNominated(request, key)) continue;
    fields.push(names[index] ?? '', values[index] ?? '');
  }
  if (wantsTrailers(request.fields)) fields.push('TE', 'trailers');
  return fields;
}

/** The protocol that the client wants instead; cleartext HTTP/2 is not asked for in this way any more, and would hide requests. */
export function upgradeOf(request: RequestHead): string | undefined {
  const { upgrade } = request;
  return upgrade === undefined || listOf(upgrade).includes(OBSOLETE_UPGRADE) ? undefined : upgrade;
}

/** As lines of HTTP/1.1, without what frames the body but Content-Length. */
export function responseLines(head: ResponseHead): string {
  const { names, keys, values } = head.fields;
  const isSwitch = head.status === 101;
  let lines = '';
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] ?? '';
    if (isResponseHop(head, key) && !(isSwitch && key === 'upgrade')) continue;
    lines += `${names[index]}: ${values[index]}\r\n`;
  }
  return lines;
}

export function isResponseHop(head: ResponseHead, key: string): boolean {
  if (key === 'content-length') return head.status === 204 || head.status < 200 || head.framing < 0;
  return HOP_BY_HOP.has(key) || isNominated(head, key);
}

/** As the queue-proxy makes it of X-Forwarded-* (knative/serving pkg/queue/forwarded_shim.go). */
export function forwardedOf(forwardedFor: string, host: string, proto: string): string {
  const [first = '', ...others] = forwardedFor.split(',').map((node) => nodeOf(node.trim()));
  const pairs = [`for=${first}`];
  if (host !== '') pairs.push(`host=${host}`);
  if (proto !== '') pairs.push(`proto=${proto}`);
  return [pairs.join(';'), ...others.map((node) => `for=${node}`)].join(', ');
}

function nodeOf(node: string): string {
  return node.includes(':') ? `"[${node}]"` : node;
}

function isNominated({ connection }: Message, key: string): boolean {
  return connection.length > 0 && connection.includes(key) && !ESSENTIAL.has(key);
}

function wantsTrailers(fields: Fields): boolean {
  if (!fields.keys.includes('te')) return false;
  return listOf(fieldValue(fields, 'te') ?? '').includes('trailers');
}
