import { run } from '../process/run.ts';

/** Of what Go complains about, in characters. */
const KEPT = 4000;
/** The API server takes 9 minutes on two busy cores. */
const SECONDS = 40 * 60;

/**
 * Runs the Go tool and returns its output.
 *
 * @param cwd a folder inside the module
 * @throws with the end of what Go said
 */
export async function go(args: readonly string[], { cwd }: { readonly cwd: string }): Promise<string> {
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false', GOWORK: 'off' };
  const { code, stdout, stderr } = await run('go', args, { cwd, env, seconds: SECONDS });
  if (code !== 0) throw new Error(`go ${args.join(' ')} failed in ${cwd}:\n${stderr.trim().slice(-KEPT)}`);
  return stdout;
}

/** @throws where there is no Go, with a sentence that says for what it is needed and what to install */
export async function needGo(purpose: string): Promise<void> {
  try {
    await go(['version'], { cwd: '.' });
  } catch {
    throw new Error(
      `Go is needed ${purpose}, and there is no "go" in PATH; install Go 1.21 or newer from https://go.dev/dl/ ` +
        '(it fetches the release that go.mod names by itself)',
    );
  }
}
