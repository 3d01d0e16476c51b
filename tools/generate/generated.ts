/** Generated files: written, or with `--check` compared with what stands there. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** Writes the file; with `--check` on the command line it says whether the file is current, and ends with 1 where it is not. */
export function writeGenerated(file: string, content: string, command = 'npm run generate'): void {
  const before = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  if (before === content) {
    console.log(`${file} is current`);
    return;
  }
  if (process.argv.includes('--check')) {
    console.error(`${file} is not current; write it anew with: ${command}`);
    process.exitCode = 1;
    return;
  }
  writeFileSync(file, content);
  console.log(`${file} written`);
}
