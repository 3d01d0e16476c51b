/** Finds the program that weir.yaml names for an image. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { type ImageReference, parseImage } from '../../kubernetes/image.ts';
import type { FoundProgram, Images } from '../../platform/processes/images.ts';
import { matchesImage } from '../../policy/rules/images/pattern.ts';
import type { Configuration } from './configuration.ts';
import { type ImageEntry, NAME_HOLE } from './images.ts';

/** A part of a path, by the grammar of distribution/reference: no way to `..`, which would fill `{name}`. */
const PART = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;

/** Where a weir.yaml would be looked for. */
export interface Place {
  /** Absolute. */
  readonly folder: string;
  /** As the user would name the file. */
  readonly file: string;
}

/**
 * The pattern that says most counts: one without a star before any that has one, then the one with the most characters
 * beside its stars, and of two that say as much the one that stands first.
 *
 * @param configuration undefined where there is no weir.yaml
 * @param place where one would be, for the line to add
 */
export function imagesOf(
  configuration: Pick<Configuration, 'images' | 'file' | 'folder'> | undefined,
  place: Place = { folder: '.', file: 'weir.yaml' },
): Images {
  const entries = [...(configuration?.images ?? [])].sort((left, right) => compare(weightOf(right), weightOf(left)));
  return {
    programFor(image) {
      const reference = parseImage(image);
      const parts = reference.path.split('/');
      if (!parts.every((part) => PART.test(part))) {
        const message = `"${image}" is no name of an image, such as registry.example.com/shop/cart:1.4.2`;
        return { missing: { reason: 'InvalidImageName', message } };
      }
      const entry = entries.find(({ pattern }) => matchesImage(pattern, reference));
      if (entry === undefined) return missing(image, reference, configuration, place);
      return found(entry, parts.at(-1) ?? '', image);
    },
  };
}

function weightOf({ pattern }: ImageEntry): number {
  return pattern.includes('*') ? pattern.replaceAll('*', '').length : Number.POSITIVE_INFINITY;
}

/** Of two that have no end, neither is greater. */
function compare(left: number, right: number): number {
  return left === right ? 0 : left - right;
}

function found(entry: ImageEntry, name: string, image: string): FoundProgram {
  const filled = (text: string): string => text.replaceAll(NAME_HOLE, name);
  const [program, ...rest] = entry.command.map(filled);
  if (program === undefined) throw new Error(`images."${entry.pattern}", which ${image} fits, has no command`);
  return {
    program: {
      command: [program, ...rest],
      cwd: filled(entry.cwd),
      env: Object.fromEntries(Object.entries(entry.env).map(([key, value]) => [key, filled(value)])),
      exec: entry.exec.map((command) => command.map(filled)),
      pattern: entry.pattern,
    },
  };
}

function missing(
  image: string,
  { host, path: name }: ImageReference,
  configuration: Place | undefined,
  place: Place,
): FoundProgram {
  const { folder, file } = configuration ?? place;
  const program = programIn(folder, name.split('/').at(-1) ?? '');
  const line = `"${host}/${name}": {command: [node, ${program ?? 'FILE'}]}`;
  const where = program === undefined ? ', where FILE is its program, relative to weir.yaml' : '';
  const what =
    configuration === undefined
      ? `start weir up with the folder whose weir.yaml names it, or make ${file} with "apiVersion: weir.dev/v1alpha1", "kind: Configuration" and "images" of: ${line}`
      : `add under "images" of ${file}: ${line}`;
  const message = `nothing says which program stands for image ${image}; ${what}${where}`;
  return { missing: { reason: 'ContainerMissing', message } };
}

/** What looks like a program of that name, relative to the folder: a line to paste is to name a file that is there. */
function programIn(folder: string, name: string): string | undefined {
  const likely = [`services/${name}/server.js`, `${name}/server.js`, `${name}.js`, 'server.js', 'index.js'];
  return likely.find((each) => existsSync(path.join(folder, each)));
}
