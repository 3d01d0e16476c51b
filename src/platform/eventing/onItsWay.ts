/**
 * What this platform sends into a Broker or Channel of its own: answers, dead letters, events that a Trigger leads on.
 * They come of events that wait here, which could not come to their end where too much waits, so that more of them is
 * taken than of what comes from outside. The ingress knows them by a pass that nobody else has.
 */
import { randomBytes } from 'node:crypto';
import type { Send } from './send.ts';

/** The field of a request that holds the pass. */
export const ON_ITS_WAY = 'weir-on-its-way';

export function newPass(): string {
  return randomBytes(16).toString('hex');
}

/** @param isOwn whether a URL leads to the ingress of this platform: nobody else is shown the pass */
export function withPass(send: Send, pass: string, isOwn: (url: string) => boolean): Send {
  return (request) => {
    if (!isOwn(request.url)) return send(request);
    return send({ ...request, headers: { ...request.headers, [ON_ITS_WAY]: pass } });
  };
}
