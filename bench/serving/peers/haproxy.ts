/** HAProxy: from PATH, from an earlier run, or out of Debian's package with the libraries that it needs. */
import path from 'node:path';
import { run } from '../../../tools/controlplane/process/run.ts';
import { provideFromDebian } from '../../../tools/debian/provide.ts';

export interface HaproxyProgram {
  readonly program: string;
  /** For LD_LIBRARY_PATH; empty where the system has them. */
  readonly libraries: string;
  /** As it calls itself. */
  readonly version: string;
}

const SECONDS = 120;

/** @throws with a sentence that says what to install */
export async function provideHaproxy(): Promise<HaproxyProgram> {
  const { folder, libraries } = await provideFromDebian({
    name: 'haproxy',
    programs: ['haproxy'],
    follow: /^lib/,
    missing: 'HAProxy: put haproxy (2.4 or newer) on PATH, such as by: apt-get install haproxy',
  });
  const program = path.join(folder, 'haproxy');
  const env = { ...process.env, LD_LIBRARY_PATH: libraries };
  const { code, stdout, stderr } = await run(program, ['-v'], { env, seconds: SECONDS });
  if (code !== 0) throw new Error(`${program} does not start: ${stderr.trim()}`);
  return { program, libraries, version: /HAProxy version \S+/.exec(stdout)?.[0] ?? 'HAProxy' };
}
