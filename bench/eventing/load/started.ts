/** The load as a process of its own, on the other core. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { isPinned } from '../../apiserver/servers/contender.ts';
import { atExit } from '../../serving/atExit.ts';
import { bundled } from '../../serving/bundled.ts';
import type { Job, Outcome } from './job.ts';

export interface Load {
  /** What stands before the number of a Trigger in the URL of its subscriber. */
  readonly subscriber: string;
  run(job: Job): Promise<Outcome>;
}

export async function startLoad(): Promise<Load> {
  const program = [process.execPath, '--no-warnings', await bundled('load', import.meta.dirname)];
  const [command = '', ...args] = isPinned ? ['taskset', '-c', '0', ...program] : program;
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  atExit(() => void child.kill());
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error('the load ended');
    return value;
  };
  const port = Number(await next());
  return {
    subscriber: `http://127.0.0.1:${port}/`,
    async run(job) {
      child.stdin.write(`${JSON.stringify(job)}\n`);
      const outcome: Outcome = JSON.parse(await next());
      return outcome;
    },
  };
}
