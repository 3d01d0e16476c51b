/** `weir events serve`: the dead-letter sink of a cluster. */
import path from 'node:path';
import { sentenceOf } from '../../kubernetes/client/errors.ts';
import { parseQuantity } from '../../kubernetes/quantity.ts';
import { startLetters } from '../../platform/eventing/letters/start.ts';
import { parseLength } from '../../schedule/duration.ts';
import type { CommandContext } from '../command.ts';
import { EXIT, Failure } from '../failure.ts';

export interface ServeOptions {
  readonly file: string;
  readonly port: string;
  readonly bind: string;
  readonly askPort: string;
  readonly most: string;
  readonly bytes: string;
  readonly age: string;
}

/** Until the process is told to end. */
export async function serve(options: ServeOptions, { io }: CommandContext): Promise<number> {
  const file = path.resolve(io.cwd, options.file);
  const limits = {
    letters: numberOf('--most', options.most),
    bytes: bytesOf(options.bytes),
    age: ageOf(options.age),
  };
  const [port, askPort] = [portOf('--port', options.port), portOf('--ask-port', options.askPort)];
  const started = await startLetters({ file, port, bind: options.bind, askPort, limits }).catch((error: unknown) => {
    throw new Failure(`dead letters cannot be taken: ${sentenceOf(error)}`);
  });
  const { kept } = started.store.counts;
  io.stdout.write(
    `dead letters are taken at port ${started.port}, and asked for at http://127.0.0.1:${started.askPort}; ${kept} are there\n`,
  );
  await ended(io.signal);
  await started.close();
  return EXIT.clean;
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      process.removeListener('SIGTERM', end);
      resolve();
    };
    process.once('SIGTERM', end);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

function portOf(option: string, text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new Failure(`${option} is "${text}", and must be a number from 0 to 65535; 0 takes any port that is free`);
}

function numberOf(option: string, text: string): number {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (number > 0) return number;
  throw new Failure(`${option} is "${text}", and must be a number from 1`);
}

function bytesOf(text: string): number {
  const bytes = Number((parseQuantity(text) ?? 0n) / 1_000_000_000n);
  if (bytes >= 1024) return bytes;
  throw new Failure(`--bytes is "${text}", and must be a size of 1Ki at least, such as 512Mi`);
}

function ageOf(text: string): number {
  const age = /^\d+d$/.test(text) ? Number(text.slice(0, -1)) * 86_400_000 : (parseLength(text) ?? 0);
  if (age > 0) return age;
  throw new Failure(`--age is "${text}", and must be a length of time, such as 30d or 12h`);
}
