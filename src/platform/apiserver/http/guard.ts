/**
 * Who may speak to a server on loopback at all: no page of a browser. A page can send requests to 127.0.0.1, and by a
 * name that it lets point there (DNS rebinding) also read the answers; both show in the headers.
 */
import { Failure } from '../status/failure.ts';

const LOCAL = ['localhost', '127.0.0.1', '[::1]'];

/** @throws Failure 403 where the request is meant for another host, or comes from a page */
export function refuseForeign(headers: NodeJS.Dict<string | string[]>, port: number): void {
  const host = String(headers.host ?? '').toLowerCase();
  const isLocal = LOCAL.some((name) => host === `${name}:${port}` || (host === name && port === 443));
  if (!isLocal) {
    throw refused(
      `this server answers to localhost:${port} and 127.0.0.1:${port} alone, and not to ${JSON.stringify(host)}`,
    );
  }
  if (headers.origin !== undefined) throw refused('this server does not answer pages of a browser');
}

function refused(why: string): Failure {
  return new Failure(403, 'Forbidden', `forbidden: ${why}`, {});
}
