/**
 * An API server as a process of its own: `node child.ts <options as JSON>`. It says where it answers, and then answers
 * what its parent asks about the process: its memory, and whether anything has got into Object.prototype.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { type Clock, systemClock } from '../../../../src/kubernetes/clock.ts';
import { type StartOptions, startApiServer } from '../../../../src/platform/apiserver/start.ts';

const options: StartOptions = JSON.parse(process.argv[2] ?? '{}');
const beganWith = keysOfPrototypes();
const errors: string[] = [];

/** What goes wrong inside, for the parent to see: no request may bring it about. */
const log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error(details: object, message: string) {
    const error = 'err' in details ? details.err : undefined;
    errors.push(`${message}: ${error instanceof Error ? error.stack : String(error)}`.slice(0, 1000));
  },
};

/** The system's, which the parent can let jump. */
let ahead = 0;
const waiting = new Set<{ readonly due: number; fire(): void }>();
const clock: Clock = {
  now: () => new Date(Date.now() + ahead),
  after(milliseconds, callback) {
    const timer = {
      due: Date.now() + ahead + milliseconds,
      fire() {
        stop();
        waiting.delete(timer);
        callback();
      },
    };
    const stop = systemClock.after(milliseconds, timer.fire);
    waiting.add(timer);
    return () => {
      stop();
      waiting.delete(timer);
    };
  },
};

function jump(milliseconds: number): string {
  ahead += milliseconds;
  for (const timer of [...waiting]) if (timer.due <= Date.now() + ahead) timer.fire();
  return 'jumped';
}

function keysOfPrototypes(): string {
  const each = [Object.prototype, Array.prototype, Function.prototype, String.prototype, Object, Array];
  return JSON.stringify(each.map((value) => Reflect.ownKeys(value).map(String)));
}

/** Resident, of which the allocators give back little, and what is in use. In bytes, after a collection. */
function memory(): { readonly resident: number; readonly live: number } {
  for (let time = 0; time < 3; time++) globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { resident: rss, live: heapUsed + external };
}

function answer(question: string): unknown {
  if (question === 'memory') return memory();
  if (question === 'errors') return errors.splice(0);
  if (question === 'isClean') return keysOfPrototypes() === beganWith && Object.keys({}).length === 0;
  // the disk is full for whom it is mounted: this process alone
  if (question.startsWith('fill ')) return fill(question.slice(5));
  if (question.startsWith('jump ')) return jump(Number(question.slice(5)));
  if (question.startsWith('remove ')) return rmSync(question.slice(7), { force: true }) ?? 'removed';
  return null;
}

/** Takes all the room there is. */
function fill(file: string): string {
  for (const size of [1 << 20, 1 << 16, 1 << 12, 1 << 8, 1]) {
    try {
      for (;;) writeFileSync(file, Buffer.alloc(size), { flag: 'a' });
    } catch {
      // that much no longer fits; a smaller piece may
    }
  }
  return 'filled';
}

try {
  const server = await startApiServer({ ...options, log, clock });
  process.on('message', (question: string) => {
    if (question === 'close') {
      server.close().then(
        () => process.exit(0),
        (error: Error) => {
          console.error(error);
          process.exit(3);
        },
      );
    } else process.send?.({ question, answer: answer(question) });
  });
  process.once('disconnect', () => process.exit(4)); // no server is left where the test has died
  process.send?.({ url: server.url, ca: server.ca, token: server.token });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
