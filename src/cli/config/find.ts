/** Finds the weir.yaml that a path belongs to, and reads each one once. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { displayName } from '../input/display.ts';
import { readRegularFile } from '../input/readFile.ts';
import type { InputProblem } from '../input/resource.ts';
import { type Configuration, readConfiguration } from './configuration.ts';
import { isSomethingElse, WEIR_FILES } from './ours.ts';

export class Configurations {
  readonly problems: InputProblem[] = [];
  /** Every weir.yaml that was read and can be used. */
  readonly found: Configuration[] = [];
  readonly #cwd: string;
  readonly #byFolder = new Map<string, Configuration | undefined>();

  constructor(cwd: string) {
    this.#cwd = cwd;
  }

  /** The weir.yaml of the folder or the nearest one above it, no further up than the repository's root; one that is something else does not count. */
  forFolder(folder: string): Configuration | undefined {
    if (this.#byFolder.has(folder)) return this.#byFolder.get(folder);
    const configuration = this.#find(folder);
    this.#byFolder.set(folder, configuration);
    return configuration;
  }

  #find(folder: string): Configuration | undefined {
    for (const name of WEIR_FILES) {
      const file = path.join(folder, name);
      if (existsSync(file) && !isSomethingElse(file)) return this.#read(file);
    }
    const above = path.dirname(folder);
    if (above === folder || existsSync(path.join(folder, '.git'))) return undefined;
    return this.forFolder(above);
  }

  #read(file: string): Configuration | undefined {
    const shown = displayName(file, this.#cwd);
    const read = readRegularFile(file);
    if ('problem' in read) {
      this.problems.push({ file: shown, message: read.problem });
      return undefined;
    }
    const { configuration, problems } = readConfiguration(read.bytes, { folder: path.dirname(file), file: shown });
    this.problems.push(...problems);
    if (configuration !== undefined) this.found.push(configuration);
    return configuration;
  }
}
