/** What a program says first, which is that it is ready. */
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** @param name the program's, for the error where it says nothing */
export async function firstLine({ stdout }: ChildProcess, name: string): Promise<string> {
  if (stdout === null) throw new Error(`${name} has no output`);
  for await (const line of createInterface({ input: stdout })) return line;
  throw new Error(`${name} ended before it was ready`);
}
