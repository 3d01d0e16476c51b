import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { type Guarded, startGuarded } from './guarded.ts';

export interface Member {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Programs that are ended together. */
export interface Family {
  /** Its output goes to `logs/<name>.log`, behind what an earlier run of the same name left there. */
  start(member: Member): Guarded;
  /** Kills all that still run, the latest first. */
  end(): Promise<void>;
}

export function familyIn(folder: string): Family {
  const logs = path.join(folder, 'logs');
  mkdirSync(logs, { recursive: true });
  const members: Guarded[] = [];
  return {
    start(member) {
      const program = startGuarded({ ...member, log: path.join(logs, `${member.name}.log`) });
      members.push(program);
      return program;
    },
    // Killed, since nothing that they could still write is ever read: a graceful end of the API server takes seconds.
    async end() {
      for (const program of members.toReversed()) await program.kill();
    },
  };
}
