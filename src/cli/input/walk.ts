/** Finds the files under the paths of a command line. */
import { type Dirent, readdirSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { isWeirFile } from '../config/ours.ts';
import { systemReason } from '../failure.ts';
import { isInside } from './display.ts';

export interface Found {
  /** Absolute, in the order in which they are to be read. */
  readonly files: readonly FoundFile[];
  /** Absolute paths of folders with a kustomization. */
  readonly kustomizations: readonly FoundKustomization[];
  readonly problems: readonly { readonly path: string; readonly message: string }[];
}

export interface FoundFile {
  readonly path: string;
  /** True where the user named the file, and not only a folder above it. */
  readonly isNamed: boolean;
}

export interface FoundKustomization {
  readonly folder: string;
  readonly isNamed: boolean;
}

/** kustomize/api/konfig general.go, RecognizedKustomizationFileNames. */
export const KUSTOMIZATION_FILES: readonly string[] = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

const EXTENSIONS: ReadonlySet<string> = new Set(['.yaml', '.yml', '.json']);

/**
 * Walks files and folders. Hidden folders and node_modules are left out unless the user named them; a folder that two
 * ways lead to is walked once.
 *
 * @param paths absolute
 * @param isExcluded for a file or folder that weir.yaml leaves out
 */
export function walk(paths: readonly string[], isExcluded: (file: string) => boolean): Found {
  const walker = new Walker(isExcluded);
  for (const start of paths) walker.start(start);
  return walker;
}

class Walker implements Found {
  readonly files: FoundFile[] = [];
  readonly kustomizations: FoundKustomization[] = [];
  readonly problems: { path: string; message: string }[] = [];
  readonly #isExcluded: (file: string) => boolean;
  /** Real paths of folders that were walked, and of files that were found. */
  readonly #seen = new Set<string>();
  /** Links to folders come last, so that a folder keeps its own name where both lead to it. */
  readonly #links: string[] = [];

  constructor(isExcluded: (file: string) => boolean) {
    this.#isExcluded = isExcluded;
  }

  start(named: string): void {
    try {
      const stats = statSync(named);
      if (stats.isDirectory()) this.#folder(named, true);
      else if (KUSTOMIZATION_FILES.includes(path.basename(named))) this.#kustomization(path.dirname(named), true);
      else this.#file(named, true);
    } catch (error) {
      this.problems.push({ path: named, message: `cannot be read: ${systemReason(error)}` });
    }
    for (let link = this.#links.shift(); link !== undefined; link = this.#links.shift()) this.#folder(link, false);
  }

  #file(file: string, isNamed: boolean): void {
    const real = realpathSync(file);
    if (this.#seen.has(real)) return;
    this.#seen.add(real);
    this.files.push({ path: file, isNamed });
  }

  #kustomization(folder: string, isNamed: boolean): void {
    if (!this.kustomizations.some((known) => known.folder === folder)) this.kustomizations.push({ folder, isNamed });
  }

  #folder(folder: string, isNamed: boolean): void {
    let entries: Dirent[];
    try {
      const real = realpathSync(folder);
      if (this.#seen.has(real)) return;
      this.#seen.add(real);
      entries = readdirSync(folder, { withFileTypes: true });
    } catch (error) {
      this.problems.push({ path: folder, message: `cannot be read: ${systemReason(error)}` });
      return;
    }

    const names = new Set(entries.map((entry) => entry.name));
    if (names.has('Chart.yaml') && names.has('templates') && !this.#isExcluded(path.join(folder, 'templates'))) {
      this.problems.push({ path: folder, message: CHART });
      return;
    }
    if (KUSTOMIZATION_FILES.some((name) => names.has(name))) this.#kustomization(folder, isNamed);
    entries.sort((left, right) => (left.name < right.name ? -1 : 1));
    for (const entry of entries) this.#entry(folder, entry);
  }

  #entry(folder: string, entry: Dirent): void {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules' || this.#isExcluded(full)) return;
      this.#folder(full, false);
      return;
    }
    if (entry.isSymbolicLink()) {
      if (!this.#isExcluded(full)) this.#link(full);
      return;
    }
    if (!isManifestName(entry.name) || this.#isExcluded(full) || isWeirFile(entry.name, full)) return;
    this.#file(full, false);
  }

  #link(link: string): void {
    try {
      if (!statSync(link).isDirectory()) {
        const name = path.basename(link);
        if (isManifestName(name) && !isWeirFile(name, link)) this.#file(link, false);
        return;
      }
      if (path.basename(link).startsWith('.') || path.basename(link) === 'node_modules') return;
      const target = realpathSync(link);
      if (isInside(realpathSync(path.dirname(link)), target)) {
        this.problems.push({ path: link, message: `a symbolic link that leads back to ${target}, which holds it` });
        return;
      }
      this.#links.push(link);
    } catch (error) {
      if (!isManifestName(path.basename(link)) && path.extname(link) !== '') return;
      this.problems.push({ path: link, message: `a symbolic link that cannot be followed: ${systemReason(error)}` });
    }
  }
}

const CHART =
  'a Helm chart, whose templates are no manifests yet; pipe in what it renders (helm template … | npx --no-install weir check -), or list its folder under exclude in weir.yaml';

function isManifestName(name: string): boolean {
  if (!EXTENSIONS.has(path.extname(name).toLowerCase())) return false;
  return !KUSTOMIZATION_FILES.includes(name);
}
