/** Builds one Kustomize root in such a way that each object says which file it came from. */
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Io } from '../../io.ts';
import { type BuildOutput, type KustomizeProgram, runKustomize } from './program.ts';

export type RootBuild = BuildOutput & {
  /** Absolute: what the origins in the output are relative to. */
  readonly base: string;
};

/**
 * Builds the folder through an overlay of its own that does nothing but ask for origin annotations
 * (kustomize api/types/kustomization.go, BuildMetadata). The overlay stands in a folder for temporary files: the
 * user's files are left alone. Where that fails, the folder itself is built, whose error speaks of the user's own
 * paths, or whose output, from a kustomize that knows no origins, has to do without.
 *
 * @param workspace a temporary folder, real path
 */
export async function buildRoot(
  program: KustomizeProgram,
  folder: string,
  workspace: string,
  io: Io,
): Promise<RootBuild> {
  const real = realpathSync(folder);
  const overlay = path.join(workspace, `overlay-${counter++}`);
  mkdirSync(overlay);
  const resource = path.relative(overlay, real).split(path.sep).join('/');
  writeFileSync(path.join(overlay, 'kustomization.yaml'), overlayOf(resource));

  const annotated = await runKustomize(program, overlay, io);
  if ('output' in annotated) return { ...annotated, base: overlay };
  return { ...(await runKustomize(program, real, io)), base: real };
}

let counter = 0;

function overlayOf(resource: string): string {
  return [
    'apiVersion: kustomize.config.k8s.io/v1beta1',
    'kind: Kustomization',
    `resources: [${JSON.stringify(resource)}]`,
    'buildMetadata: [originAnnotations]',
    '',
  ].join('\n');
}
