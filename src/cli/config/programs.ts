/** Finds the program that weir.yaml names for an image. */
import { type ImageReference, parseImage } from '../../kubernetes/image.ts';
import type { FoundProgram, Images } from '../../platform/processes/images.ts';
import { matchesImage } from '../../policy/rules/images/pattern.ts';
import type { Configuration } from './configuration.ts';
import { type ImageEntry, NAME_HOLE } from './images.ts';

/** A part of a path, by the grammar of distribution/reference: no way to `..`, which would fill `{name}`. */
const PART = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;

/**
 * The pattern that says most counts: one without a star before any that has one, then the one with the most characters
 * beside its stars, and of two that say as much the one that stands first.
 *
 * @param configuration undefined where there is no weir.yaml
 */
export function imagesOf(configuration: Pick<Configuration, 'images' | 'file'> | undefined): Images {
  const file = configuration?.file ?? 'weir.yaml';
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
      if (entry === undefined) return missing(image, reference, file);
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

function missing(image: string, { host, path }: ImageReference, file: string): FoundProgram {
  const line = `"${host}/${path}": {command: [node, server.js]}`;
  const message = `nothing says which program stands for image ${image}; add under "images" of ${file}: ${line}`;
  return { missing: { reason: 'ContainerMissing', message } };
}
