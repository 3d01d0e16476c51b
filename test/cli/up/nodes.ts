/** Programs that are called `node` and are not the one that runs. */
import { chmodSync } from 'node:fs';
import path from 'node:path';
import { folderWith } from '../harness.ts';

/** A folder whose `node` says that it is of that version, and runs nothing. */
export function saysItsVersion(version: string): string {
  const folder = folderWith({ node: `#!/bin/sh\n[ "$1" = --version ] && echo '${version}' && exit\nexit 9\n` });
  chmodSync(path.join(folder, 'node'), 0o755);
  return folder;
}
