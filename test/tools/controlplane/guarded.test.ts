import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { startGuarded } from '../../../tools/controlplane/process/guarded.ts';
import { until } from '../../../tools/controlplane/process/wait.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'weir-guarded-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A shell that writes its process id and sleeps, run under guard. */
function sleeper(name: string, script = 'exec sleep 60') {
  const log = path.join(folder, `${name}.log`);
  return { name, command: '/bin/sh', args: ['-c', `echo $$; ${script}`], log };
}

async function idIn(log: string): Promise<number> {
  return await until('the program has written its id', { seconds: 10 }, () => {
    return Number.parseInt(readFileSync(log, 'utf8'), 10) || undefined;
  });
}

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a guarded program', () => {
  it('says how it ended, and what it said last', async () => {
    const program = startGuarded(sleeper('short', 'echo cannot listen >&2; exit 3'));
    const ended = await until('it has ended', { seconds: 10 }, () => program.ended());
    expect(ended).toBe('code 3');
    expect(program.tail()).toContain('cannot listen');
  });

  it.each(['stop', 'kill'] as const)('is gone after %s()', async (how) => {
    const options = sleeper(how);
    const program = startGuarded(options);
    const id = await idIn(options.log);
    expect(program.ended()).toBeUndefined();

    await program[how]();
    expect(program.ended()).toBeDefined();
    expect(isAlive(id)).toBe(false);
  });

  it('is killed when it does not heed SIGTERM', async () => {
    const options = sleeper('deaf', 'trap "" TERM; while :; do sleep 0.1; done');
    const program = startGuarded(options);
    const id = await idIn(options.log);

    await program.stop(0.5);
    expect(isAlive(id)).toBe(false);
  });

  it('ends with a parent that is killed and can tidy up nothing', async () => {
    const options = sleeper('orphan');
    const parentScript = path.join(folder, 'parent.ts');
    const source = path.resolve('tools/controlplane/process/guarded.ts');
    writeFileSync(
      parentScript,
      `import { startGuarded } from ${JSON.stringify(source)};
startGuarded(${JSON.stringify(options)});
setInterval(() => {}, 1000);
`,
    );
    const parent = spawn(process.execPath, ['--no-warnings', parentScript], { stdio: 'inherit' });
    const id = await until('the parent has started it', { seconds: 20 }, () => idIn(options.log));
    expect(isAlive(id)).toBe(true);

    parent.kill('SIGKILL');
    await until('it is gone', { seconds: 10 }, () => !isAlive(id));
  });
});

describe('until', () => {
  it('fails at once, with the end of the log, when the program has ended', async () => {
    const program = startGuarded(sleeper('broken', 'echo port in use; exit 1'));
    await expect(until('it is ready', { seconds: 30, of: program }, () => false)).rejects.toThrow(
      /^broken ended \(code 1\) before it is ready\nthe end of its log:\n\d+\nport in use$/,
    );
  });

  it('fails after its time, with what the last try said', async () => {
    const never = until('it is ready', { seconds: 0.3 }, () => {
      throw new Error('connection refused');
    });
    await expect(never).rejects.toThrow('waited 0.3 s in vain until it is ready; the last try: connection refused');
  });
});
