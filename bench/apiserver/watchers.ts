/** Watches on one collection, and how long after a write was sent its event arrived at each. */
import { Agent, request } from 'node:https';
import type { Loader, Target } from './load.ts';

export interface Delivery {
  /** Milliseconds from the sending of a write to its event at a watcher: one for each write and watcher. */
  readonly delays: readonly number[];
  /** Events that did not come. */
  readonly missed: number;
}

export interface DeliveryOptions {
  readonly target: Target;
  readonly loader: Loader;
  readonly watchers: number;
  readonly writes: number;
  readonly perSecond: number;
}

const SETTLE_MS = 1000;
const WARM_UP = 50;
const NAME = /"name":"(watched-\d+)"/;

export async function measureDelivery(options: DeliveryOptions): Promise<Delivery> {
  const { target, loader, watchers, writes, perSecond } = options;
  const collection = '/api/v1/namespaces/default/configmaps';
  const { metadata } = JSON.parse(await loader.ask({ method: 'GET', path: `${collection}?limit=1` }));
  const sentAt = new Map<string, number>();
  const delays: number[] = [];
  const note = (line: string): void => {
    const name = NAME.exec(line)?.[1];
    const sent = name === undefined ? undefined : sentAt.get(name);
    if (sent !== undefined) delays.push(performance.now() - sent);
  };
  const path = `${collection}?watch=true&resourceVersion=${metadata.resourceVersion}`;
  const agent = new Agent({ ca: target.ca, keepAlive: true });
  const stops = await Promise.all(Array.from({ length: watchers }, () => openWatch(target, agent, path, note)));

  const answers: Promise<string>[] = [];
  // the first ones meet code that has not run yet, on both sides: they are sent, and not counted
  for (let index = -WARM_UP; index < writes; index++) {
    const name = index < 0 ? `early-${-index}` : `watched-${index}`;
    const body = JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name },
      data: { text: 'x'.repeat(1000) },
    });
    if (index >= 0) sentAt.set(name, performance.now());
    answers.push(loader.ask({ method: 'POST', path: collection, body }));
    await sleep(1000 / perSecond);
  }
  await Promise.all(answers);
  await sleep(SETTLE_MS);
  for (const stop of stops) stop();
  agent.destroy();
  return { delays, missed: writes * watchers - delays.length };
}

/** Resolves once the server has accepted the watch. */
function openWatch(
  { server, token }: Target,
  agent: Agent,
  path: string,
  onLine: (line: string) => void,
): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
    const sent = request(`${server}${path}`, { agent, headers }, (response) => {
      let rest = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) onLine(line);
      });
      response.on('error', () => {}); // it is cut at the end
      if (response.statusCode === 200) resolve(() => sent.destroy());
      else reject(new Error(`a watch is answered with ${response.statusCode}`));
    });
    sent.on('error', reject);
    sent.end();
  });
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
