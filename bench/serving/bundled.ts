import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { atExit } from './atExit.ts';

const SERVERS = path.join(import.meta.dirname, 'servers');

/** A program as it is shipped: one file, which goes when this process ends. @param sources the folder that it is in */
export async function bundled(name: string, sources = SERVERS): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'weir-bench-program-'));
  atExit(() => rmSync(folder, { recursive: true, force: true }));
  const outfile = path.join(folder, `${name}.mjs`);
  const entryPoints = [path.join(sources, `${name}.ts`)];
  await build({ entryPoints, outfile, bundle: true, format: 'esm', platform: 'node', target: 'node24' });
  return outfile;
}
