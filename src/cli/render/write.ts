/** Writes files in place: all that can be refused is refused before the first is written, and none is ever half written. */
import { accessSync, chmodSync, constants, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Failure, systemReason } from '../failure.ts';
import { isInside } from '../input/display.ts';
import { STDIN } from '../input/load.ts';

export interface Write {
  /** Absolute. */
  readonly origin: string;
  /** As shown to the user. */
  readonly file: string;
  readonly text: string;
}

export interface Target {
  /** Absolute, real: where the text goes, at the end of all symbolic links. */
  readonly real: string;
  readonly text: string;
}

/**
 * Where each of the texts goes. A Failure names the first that cannot be written; nothing has been written then.
 *
 * @param paths as on the command line: a link among the files may not lead out of them
 */
export function writable(writes: readonly Write[], paths: readonly string[], cwd: string): Target[] {
  const roots = paths.filter((given) => given !== STDIN).map((given) => rootOf(path.resolve(cwd, given)));
  return writes.map(({ origin, file, text }) => {
    try {
      const real = realpathSync(origin);
      if (!roots.some((root) => isInside(real, root))) {
        throw new Failure(
          `${file} is reached by a symbolic link and stands at ${real}, outside of the paths that were named; nothing was written. Name it by its own path`,
        );
      }
      accessSync(real, constants.W_OK);
      accessSync(path.dirname(real), constants.W_OK);
      return { real, text };
    } catch (error) {
      if (error instanceof Failure) throw error;
      throw new Failure(`${file} cannot be written: ${systemReason(error)}; nothing was written`);
    }
  });
}

/** Who names a folder means what it holds, wherever it stands; who names a file means the one of that folder. */
function rootOf(given: string): string {
  return realpathSync(statSync(given).isDirectory() ? given : path.dirname(given));
}

/** Through a temporary file beside the old one, whose mode it gets. */
export function replaceFile({ real, text }: Target): void {
  const beside = path.join(path.dirname(real), `.${path.basename(real)}.${process.pid}.weir`);
  try {
    const { mode } = statSync(real);
    writeFileSync(beside, text, { flag: 'wx', mode });
    chmodSync(beside, mode); // whatever the umask took away
    renameSync(beside, real);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}
