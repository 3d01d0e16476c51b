/** Which program stands for an image, as the project's weir.yaml says now: it is read again when it changed. */
import { statSync } from 'node:fs';
import path from 'node:path';
import type { Images } from '../../platform/processes/images.ts';
import { describeProblem } from '../../report/result.ts';
import type { Configuration } from '../config/configuration.ts';
import { Configurations } from '../config/find.ts';
import { WEIR_FILES } from '../config/ours.ts';
import { imagesOf } from '../config/programs.ts';
import { Failure } from '../failure.ts';
import { displayName } from '../input/display.ts';
import { shippedExample } from './suggestion.ts';

/**
 * @param project absolute: the folder whose weir.yaml counts, or the nearest one above it; without any the shipped example's
 * @param tell hears of a weir.yaml that cannot be used any more; what it said last holds on
 * @throws Failure where it cannot be used at the start
 */
export function projectImages(project: string, cwd: string, tell: (sentence: string) => void): Images {
  const first = read(project, cwd);
  if (first.problem !== undefined) throw new Failure(first.problem);
  let images = imagesFor(first.configuration, project, cwd);
  let stamp = stampOf(project);
  return {
    programFor(image) {
      const now = stampOf(project);
      if (now !== stamp) {
        stamp = now;
        const { configuration, problem } = read(project, cwd);
        if (problem === undefined) images = imagesFor(configuration, project, cwd);
        else tell(`${problem}\nwhat weir.yaml said of images before holds on`);
      }
      return images.programFor(image);
    },
  };
}

/** Without a weir.yaml, the examples that the first lines name run all the same. */
function imagesFor(configuration: Configuration | undefined, project: string, cwd: string): Images {
  const own = imagesOf(configuration, { folder: project, file: displayName(path.join(project, 'weir.yaml'), cwd) });
  if (configuration !== undefined) return own;
  const examples = imagesOf(read(shippedExample(), cwd).configuration);
  return {
    programFor(image) {
      const found = examples.programFor(image);
      return found.program === undefined ? own.programFor(image) : found;
    },
  };
}

function read(
  project: string,
  cwd: string,
): { readonly configuration?: Configuration | undefined; readonly problem?: string } {
  const configurations = new Configurations(cwd);
  const configuration = configurations.forFolder(project);
  const { problems } = configurations;
  return problems.length === 0 ? { configuration } : { problem: problems.map(describeProblem).join('\n') };
}

/** Changes with the file of the project, and when one comes or goes; the rest above it is looked at at the start alone. */
function stampOf(project: string): string {
  return WEIR_FILES.map((name) => {
    const stat = statSync(`${project}/${name}`, { throwIfNoEntry: false });
    return stat === undefined ? '' : `${stat.mtimeMs} ${stat.size} ${stat.ino}`;
  }).join('|');
}
