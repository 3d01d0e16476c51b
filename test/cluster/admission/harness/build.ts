import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { run } from '../../../../tools/controlplane/process/run.ts';

const BUILD_SECONDS = 120;
const BUILT_FROM = ['src', 'webhooks', 'tools/build', 'package.json'];

/** The suites run the program that people run: built, where the sources are newer. */
export async function ensureBuilt(): Promise<void> {
  if (Math.max(...BUILT_FROM.map(newest)) < timeOf('dist/weir.js')) return;
  const { code, stderr } = await run(process.execPath, ['tools/build/index.ts'], {
    env: { PATH: process.env.PATH },
    seconds: BUILD_SECONDS,
  });
  if (code !== 0) throw new Error(`the program cannot be built: ${stderr}`);
}

/** When the file, or the latest file of the folder, was written. */
function newest(place: string): number {
  if (!statSync(place).isDirectory()) return timeOf(place);
  const entries = readdirSync(place, { recursive: true, withFileTypes: true });
  return Math.max(
    ...entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => timeOf(path.join(parentPath, name))),
  );
}

function timeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
