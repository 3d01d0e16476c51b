/**
 * Runs the Go program of this folder, which answers as Knative's own code does. Builds it into .cache/ where it is not
 * there yet; that first build needs Go and, for its modules, the network. Running needs neither.
 *
 * @example
 * const [answer] = await runReference([{ op: 'annotations', annotations: { 'autoscaling.knative.dev/min-scale': '-1' } }]);
 * answer.error; // 'expected 0 <= -1 <= 2147483647: autoscaling.knative.dev/min-scale'
 */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { JsonObject } from '../../src/kubernetes/json.ts';

const SOURCES = import.meta.dirname;
const CACHE = join(SOURCES, '..', '..', '.cache', 'knative-reference');
const BUILD_LIMIT_MS = 15 * 60_000;
const RUN_LIMIT_MS = 2 * 60_000;

/** One error as Knative merges and sorts them before it prints them. */
export interface ReferenceError {
  /** Knative's own paths, with dots: `spec.template.metadata.annotations.autoscaling.knative.dev/min-scale`. */
  readonly paths: readonly string[] | null;
  readonly message: string;
  /** Empty where Knative gives none. */
  readonly details: string;
  readonly level: 'Error' | 'Warning';
}

/** What one case came to. Which fields are there depends on the operation: see README.md. */
export interface Answer {
  /** The text with which the webhook would refuse; empty where it accepts. */
  readonly error?: string;
  /** The text that the webhook would warn with. */
  readonly warnings?: string;
  readonly errors?: readonly ReferenceError[];
  /** The object does not fit Knative's Go types. */
  readonly decodeError?: string;
  /** The object has a field that Knative's Go types do not know: the CRD prunes it, strict clients refuse it. */
  readonly strictDecodeError?: string;
  /** One of the ConfigMaps of the case is invalid. */
  readonly configError?: string;
  /** `op: default`: the object after Knative's defaults. */
  readonly object?: JsonObject;
  /** `op: autoscaler-config`: every value, floats and durations as text. */
  readonly config?: JsonObject;
  /** `op: go`: the value as Go prints it, and for durations how many nanoseconds it is. */
  readonly value?: string;
  readonly nanoseconds?: string;
  readonly precise?: boolean;
  readonly isZero?: boolean;
  /** `op: kpa`: when the trace began (milliseconds since 1970), and what Knative's autoscaler decided. */
  readonly began?: number;
  readonly first?: unknown;
  readonly decisions?: readonly unknown[];
  /** `op: scale`: what is wanted, whether it is set, when it is looked at again (milliseconds, -1 never), and the conditions. */
  readonly want?: number;
  readonly applies?: boolean;
  readonly again?: number;
  readonly isInitialized?: boolean;
  readonly active?: string;
  readonly reason?: string;
  /** `op: stats`: each report of the counters of requests. */
  readonly reports?: readonly unknown[];
  /** Knative's code panicked on the case. */
  readonly panic?: string;
  /** The case itself is wrong. */
  readonly badCase?: string;
}

/** Why the reference program cannot be built here, or undefined where it can (or is built already). */
export function whyUnavailable(): string | undefined {
  if (existsSync(binaryPath())) return undefined;
  const version = spawnSync('go', ['version'], { encoding: 'utf8' });
  if (version.status === 0) return undefined;
  return 'no Go on the PATH; install Go 1.25 or newer (https://go.dev/dl) to compare with Knative itself';
}

/** Builds the program unless this very version of it is there, and gives its path. Safe to run at the same time. */
export async function buildReference(): Promise<string> {
  const binary = binaryPath();
  if (existsSync(binary)) return binary;

  const reason = whyUnavailable();
  if (reason !== undefined) throw new Error(`cannot build the Knative reference program: ${reason}`);

  mkdirSync(CACHE, { recursive: true });
  const unfinished = `${binary}.${process.pid}`;
  try {
    await promisify(execFile)('go', ['build', '-trimpath', '-ldflags', '-s -w', '-o', unfinished, '.'], {
      cwd: SOURCES,
      // Read-only: go.mod and go.sum pin every module, and a build must not quietly change them.
      env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOWORK: 'off' },
      timeout: BUILD_LIMIT_MS,
      maxBuffer: 64 * 1024 * 1024,
    });
  } catch (error) {
    throw new Error(`cannot build the Knative reference program in tools/knative-reference: ${String(error)}`);
  }
  renameSync(unfinished, binary);
  return binary;
}

/** Answers the cases in their order. Throws where the program cannot be built or fails as a whole. */
export async function runReference(cases: readonly object[]): Promise<Answer[]> {
  if (cases.length === 0) return [];
  const output = await pipe(await buildReference(), cases);

  const answers = output.split('\n').filter((line) => line !== '');
  if (answers.length !== cases.length) {
    throw new Error(`the Knative reference program answered ${answers.length} of ${cases.length} cases`);
  }
  return answers.map((line) => JSON.parse(line) as Answer);
}

/** Names the binary after all that it is made of, so that a change of the sources or the pins builds a new one. */
function binaryPath(): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(SOURCES).sort()) {
    if (!/\.(go|s)$/.test(name) && name !== 'go.mod' && name !== 'go.sum') continue;
    hash
      .update(name)
      .update('\0')
      .update(readFileSync(join(SOURCES, name)))
      .update('\0');
  }
  return join(CACHE, `knative-reference-${hash.digest('hex').slice(0, 16)}`);
}

function pipe(binary: string, cases: readonly object[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(binary, [], { stdio: ['pipe', 'pipe', 'pipe'], timeout: RUN_LIMIT_MS });
    const output: Buffer[] = [];
    const complaints: Buffer[] = [];

    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(Buffer.concat(output).toString('utf8'));
      const said = Buffer.concat(complaints).toString('utf8').trim();
      reject(new Error(`the Knative reference program ended with ${signal ?? code}: ${said}`));
    });
    // A program that ends early closes its stdin; what it said on the way out is the better message.
    child.stdin.on('error', () => undefined);
    child.stdin.end(cases.map((one) => `${JSON.stringify(one)}\n`).join(''));
  });
}
