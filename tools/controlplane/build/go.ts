import { spawn } from 'node:child_process';

/** Of what Go complains about, in characters. */
const KEPT = 4000;
/** The API server takes 9 minutes on two busy cores. */
const TIMEOUT_MS = 40 * 60_000;

export interface GoOptions {
  /** A folder inside the module. */
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs the Go tool at low priority and returns its output.
 *
 * @throws with the end of what Go said; where there is no Go, with a sentence that says what to install
 */
export function go(args: readonly string[], { cwd, env }: GoOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('nice', ['-n', '10', 'go', ...args], {
      cwd,
      env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false', GOWORK: 'off', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TIMEOUT_MS,
    });
    let output = '';
    let complaint = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      complaint = (complaint + chunk).slice(-KEPT);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(output);
      reject(new Error(`go ${args.join(' ')} failed (${signal ?? `code ${code}`}) in ${cwd}:\n${complaint.trim()}`));
    });
  });
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
