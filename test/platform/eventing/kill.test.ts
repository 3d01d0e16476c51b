/** kill -9 under load: WEIR_KILLS=200 does it as often as one likes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { type Subscriber, startSubscriber, temporaryFolder, until } from './kit.ts';

const KILLS = Number(process.env.WEIR_KILLS ?? 4);
const PLATFORM = path.resolve('test/platform/eventing/platform.ts');
/** Requests at once. */
const PRODUCERS = 8;

it(
  'every event that was taken is delivered, or among the dead letters',
  async () => {
    const { folder, remove } = temporaryFolder();
    const [subscriber, sink] = await Promise.all([startSubscriber(), startSubscriber()]);
    // one in seven fails the first time, one in thirteen for good
    subscriber.answer((response, { id }) => {
      const number = Number(id.split('-')[1]);
      const isFirst = subscriber.got.filter((got) => got.id === id).length === 1;
      response.writeHead(number % 13 === 0 ? 400 : number % 7 === 0 && isFirst ? 503 : 200).end();
    });
    const taken = new Set<string>();
    let sent = 0;
    let running: ChildProcess | undefined;
    try {
      for (let kill = 0; kill <= KILLS; kill++) {
        const { child, port } = await startPlatform(path.join(folder, 'events.db'), subscriber, sink);
        const isLast = kill === KILLS;
        running = child;
        const before = taken.size;
        const end = before + (isLast ? 20 : 20 + ((kill * 37) % 150));
        await Promise.all(
          Array.from({ length: PRODUCERS }, async () => {
            while (taken.size < end) {
              const id = `e-${sent++}`;
              if ((await post(port, id)) === 202) taken.add(id);
              if (taken.size >= end && !isLast) child.kill('SIGKILL');
            }
          }),
        );
        if (isLast) {
          const missing = () => [...taken].filter((id) => !isThere(id, subscriber, sink));
          await until(() => missing().length === 0, 'all that was taken');
        }
        const ended = once(child, 'exit');
        child.kill('SIGKILL');
        await ended;
      }
      expect(taken.size).toBeGreaterThan(20 * KILLS);
      expect(sink.got.length).toBeGreaterThan(0);
    } finally {
      running?.kill('SIGKILL');
      await Promise.all([subscriber.close(), sink.close()]);
      remove();
    }
  },
  60_000 + KILLS * 20_000,
);

/** With a success where it may have one, and in the sink where it may not. */
function isThere(id: string, subscriber: Subscriber, sink: Subscriber): boolean {
  const number = Number(id.split('-')[1]);
  if (number % 13 === 0) return sink.got.some((got) => got.id === id);
  return subscriber.got.filter((got) => got.id === id).length >= (number % 7 === 0 ? 2 : 1);
}

async function startPlatform(
  file: string,
  subscriber: Subscriber,
  sink: Subscriber,
): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  const child = spawn(process.execPath, ['--no-warnings', PLATFORM, file, subscriber.url, sink.url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout, 'data');
  return { child, port: Number(String(line)) };
}

const agent = new Agent({ keepAlive: false });

/** The status; 0 where no answer came. */
function post(port: number, id: string): Promise<number> {
  return new Promise((resolve) => {
    const headers = { 'ce-specversion': '1.0', 'ce-id': id, 'ce-source': '/test', 'ce-type': 'test.made' };
    const outgoing = request(
      { port, host: '127.0.0.1', path: '/shop/default', method: 'POST', agent, headers },
      (response) => {
        response.resume().on('close', () => resolve(response.statusCode ?? 0));
      },
    );
    outgoing.on('error', () => resolve(0));
    outgoing.end('{}');
  });
}
