/** What weir.yaml's programs find as `node`: none that is older than Weir needs, however Weir itself was started. */
import { spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import path from 'node:path';
import { findProgram } from '../../platform/processes/findProgram.ts';
import type { Io } from '../io.ts';

/** The major version, as in package.json's `engines` and in bin/weir.js. */
const NEEDED = 24;
/** One that does not even tell its version by then is no use to anybody. */
const ANSWER_MS = 10_000;

/**
 * The environment with the folder of `running` before all others on its PATH, where `node` there is older, or none.
 *
 * @param running the Node that runs Weir: process.execPath
 */
export function withNodeOnPath(env: Io['env'], running: string): Io['env'] {
  const searched = env.PATH ?? '';
  const found = findProgram('node', searched);
  if (found !== undefined && (realpathSync(found) === realpathSync(running) || isNewEnough(found, env))) return env;
  // an empty part would be the current folder
  const parts = [path.dirname(running), searched].filter((part) => part !== '');
  return { ...env, PATH: parts.join(path.delimiter) };
}

function isNewEnough(node: string, env: Io['env']): boolean {
  const { stdout } = spawnSync(node, ['--version'], { env: { ...env }, encoding: 'utf8', timeout: ANSWER_MS });
  const major = /^v(\d+)\./.exec(stdout ?? '')?.[1];
  return major !== undefined && Number(major) >= NEEDED;
}
