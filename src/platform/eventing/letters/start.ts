/** The dead-letter sink of a cluster: takes letters from everywhere, and answers questions from its own machine alone. */
import type { Server } from 'node:http';
import { type Clock, systemClock } from '../../../kubernetes/clock.ts';
import { closeServer } from '../closeServer.ts';
import { startSender } from '../send.ts';
import { listenAt } from '../server.ts';
import { askingServer } from './asking.ts';
import { type LetterLimits, LetterStore } from './store.ts';
import { takingServer } from './taking.ts';

export interface LettersOptions {
  /** Absolute; what is in it survives the process. */
  readonly file: string;
  /** 0 takes any that is free. */
  readonly port: number;
  readonly bind: string;
  /** Of the loopback interface. */
  readonly askPort: number;
  readonly limits?: Partial<LetterLimits>;
  readonly clock?: Clock;
}

export interface StartedLetters {
  readonly port: number;
  readonly askPort: number;
  readonly store: LetterStore;
  close(): Promise<void>;
}

export const LETTER_LIMITS: LetterLimits = { letters: 100_000, bytes: 512 * 1024 * 1024, age: 30 * 86_400_000 };

const LOOPBACK = '127.0.0.1';
const FORGET_MS = 60_000;

/** @throws StoreError with a sentence for the user, also where another process has the file */
export async function startLetters(options: LettersOptions): Promise<StartedLetters> {
  const { file, port, bind, askPort, limits = {}, clock = systemClock } = options;
  const whole = { ...LETTER_LIMITS, ...limits };
  // beside the letters: places of their own, and what SQLite writes ahead
  const store = LetterStore.open({ file, clock, limits: whole, maxBytes: 2 * whole.bytes });
  const sender = startSender();
  const servers: Server[] = [];
  let callOff: () => void = () => undefined;
  const forget = (): void => {
    store.forget();
    callOff = clock.after(FORGET_MS, forget);
  };
  const close = async (): Promise<void> => {
    callOff();
    await Promise.all(servers.map(closeServer));
    sender.close();
    store.close();
  };
  try {
    const listen = async (server: Server, at: number, on: string): Promise<number> => {
      const listening = await listenAt(server, at, on);
      servers.push(server);
      return listening;
    };
    const taking = await listen(takingServer(store), port, bind);
    const asking = await listen(askingServer({ store, send: sender.send }), askPort, LOOPBACK);
    forget();
    return { port: taking, askPort: asking, store, close };
  } catch (error) {
    await close();
    throw error;
  }
}
