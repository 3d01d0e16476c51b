/** The smoke test by one request: the status says whether it passed. */
import { request as plain } from 'node:http';
import { request as secure } from 'node:https';
import { sentenceOf } from '../../../src/kubernetes/client/errors.ts';
import type { SmokeTest } from '../../../src/rollout/model.ts';
import { isLocal } from './url.ts';

export interface Checked {
  readonly outcome: 'passed' | 'failed';
  readonly message: string;
}

const AGAIN_MS = 500;

/**
 * Whoever answers is judged by the first answer. Where nobody does, it is tried again until the time is over: a gateway
 * may learn of a tag a moment after the Route says that it has.
 */
export async function checkHttp(
  base: URL,
  { path, status, timeout }: SmokeTest & { readonly type: 'http' },
  signal: AbortSignal,
): Promise<Checked> {
  // `//somewhere.else` is a path to whoever writes it, and another host to whoever reads it
  const url = URL.canParse(path, base.href) ? new URL(path, base) : undefined;
  if (url?.origin !== base.origin) {
    const message = `the smoke test's path ${JSON.stringify(path)} leads away from ${base.origin}; write one as in /healthz`;
    return { outcome: 'failed', message };
  }
  const ending = AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
  for (;;) {
    try {
      const answered = await ask(url, ending);
      const message = `the smoke test ${url.href} answers ${answered}`;
      if (answered === status) return { outcome: 'passed', message };
      return { outcome: 'failed', message: `${message}, and should answer ${status}` };
    } catch (error) {
      signal.throwIfAborted();
      const message = `the smoke test ${url.href} is not answered within ${timeout / 1000} s: ${sentenceOf(error)}`;
      if (ending.aborted) return { outcome: 'failed', message };
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      if (ending.aborted) return { outcome: 'failed', message };
    }
  }
}

function ask(url: URL, signal: AbortSignal): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const request = url.protocol === 'https:' ? secure : plain;
  const way = isLocal(url) ? { hostname: '127.0.0.1', headers: { host: url.host } } : {};
  const asked = request(url, { ...way, signal, agent: false }, (answer) => {
    resolve(answer.statusCode ?? 0);
    // the status is all that is asked for, and a stream would go on for as long as the test may take
    answer.destroy();
  });
  asked.on('error', reject);
  asked.end();
  return promise;
}
