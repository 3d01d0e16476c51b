/** Whom a request is for: of its first line, or of its Host field (RFC 9112, sections 3.2 and 7.2). */
import type { RequestHead } from '../http1/head.ts';
import { BadHead } from '../http1/head.ts';

export interface Target {
  /** In lower case, without port and without a dot at the end. */
  readonly host: string;
  /** Undefined where none is said. */
  readonly port: number | undefined;
  /** As the client wrote host and port. */
  readonly authority: string;
  /** From the root, with the query; `*` for OPTIONS of the server itself. */
  readonly path: string;
}

const AUTHORITY = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)\.?(?::(\d{0,5}))?$/;
const ABSOLUTE = /^http:\/\/([^/?#]*)([/?][^#]*)?$/i;

/** @throws BadHead */
export function targetOf(request: RequestHead): Target {
  const { target, method, host } = request;
  if (target.startsWith('/')) return targetAt(host, target);
  if (target === '*' && method === 'OPTIONS') return targetAt(host, target);
  const absolute = ABSOLUTE.exec(target);
  if (absolute !== null) {
    const [, authority, path = '/'] = absolute;
    return targetAt(authority, path.startsWith('?') ? `/${path}` : path);
  }
  if (method === 'CONNECT') return targetAt(target, '');
  throw new BadHead(400, `"${target.slice(0, 100)}" is neither a path nor a URL that begins with http://`);
}

function targetAt(authority: string | undefined, path: string): Target {
  const match = authority === undefined ? null : AUTHORITY.exec(authority);
  if (authority === undefined || match === null)
    throw new BadHead(400, 'the Host field does not hold the name of a host');
  const [, host = '', port = ''] = match;
  return { host: host.toLowerCase(), port: port === '' ? undefined : Number(port), authority, path };
}
