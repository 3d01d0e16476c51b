/** The programs in Go that Weir is held against, from their modules at the versions that go.mod names. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { go, needGo } from '../../../tools/controlplane/build/go.ts';

const CACHE = path.resolve('.cache/bench');

/**
 * Builds a program where it is missing, or its sources have changed.
 *
 * @param module a folder beside this file, with a go.mod
 * @param name the program's own
 * @param what a package; that of the folder unless said
 * @throws where there is no Go, or it does not build
 */
export async function built(module: 'jetstream' | 'filters', name: string, what = '.'): Promise<string> {
  const folder = path.join(import.meta.dirname, module);
  const hash = createHash('sha256');
  for (const file of readdirSync(folder).sort()) hash.update(readFileSync(path.join(folder, file)));
  const program = path.join(CACHE, `${name}-${hash.digest('hex').slice(0, 12)}`);
  if (existsSync(program)) return program;
  mkdirSync(CACHE, { recursive: true });
  await needGo('to build what Weir is held against');
  process.stderr.write(`building ${name} from its Go module; the first time takes a minute or two\n`);
  await go(['build', '-trimpath', '-ldflags', '-s -w', '-o', program, what], { cwd: folder });
  return program;
}
