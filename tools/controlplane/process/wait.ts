import { setTimeout as sleep } from 'node:timers/promises';
import type { Guarded } from './guarded.ts';

const EVERY_MS = 100;

export interface WaitOptions {
  readonly seconds: number;
  /** Gives up at once, with its last words, when this program has ended. */
  readonly of?: Guarded;
}

/**
 * Asks until the answer is neither undefined nor false, and returns it. An answer that throws counts as none, and its
 * sentence stands in the error.
 *
 * @param what says what is waited for, such as `kube-apiserver is ready`
 */
export async function until<T>(
  what: string,
  { seconds, of }: WaitOptions,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  let last = '';
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    const ended = of?.ended();
    if (ended !== undefined) throw new Error(withTail(`${of?.name} ended (${ended}) before ${what}`, of));
    if (Date.now() > end) {
      const because = last === '' ? '' : `; the last try: ${last}`;
      throw new Error(withTail(`waited ${seconds} s in vain until ${what}${because}`, of));
    }
    await sleep(EVERY_MS);
  }
}

function withTail(sentence: string, program: Guarded | undefined): string {
  return program === undefined ? sentence : `${sentence}\nthe end of its log:\n${program.tail()}`;
}
