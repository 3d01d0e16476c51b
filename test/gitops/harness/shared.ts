/** What jest's set-up leaves for the suites: where everything is, as plain data in the environment. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isObject, stringAt } from '../../../src/kubernetes/json.ts';
import { attach, type ControlPlane } from '../../../tools/controlplane/controlPlane.ts';
import { makeRepository, type Repository } from '../../../tools/gitops/git/repository.ts';

/** In the environment of the suites: the file of this world. */
const PLACE = 'WEIR_GITOPS';

export interface Place {
  /** The file by which the control plane is found. */
  readonly controlPlane: string;
  /** Of the Git repository. */
  readonly repository: string;
  /** What Argo CD's programs have in their environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** The paths of programs. */
  readonly argocd: string;
  readonly kustomize: string;
}

export function leave(folder: string, place: Place): void {
  const file = path.join(folder, 'gitops.json');
  writeFileSync(file, JSON.stringify(place), { mode: 0o600 });
  process.env[PLACE] = file;
}

export function place(): Place {
  const file = process.env[PLACE];
  if (file === undefined) throw new Error('no Argo CD runs; run the suite by: npm run test:gitops');
  const found: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (!isPlace(found)) throw new Error(`${file} says nothing of a GitOps world`);
  return found;
}

export interface World {
  readonly controlPlane: ControlPlane;
  readonly repository: Repository;
}

/** The cluster and the repository that all suites share. Each has folders apps/<name of its own> and nothing else. */
export async function world(): Promise<World> {
  const { controlPlane, repository } = place();
  return { controlPlane: attach(controlPlane), repository: await makeRepository(repository) };
}

function isPlace(value: unknown): value is Place {
  if (!isObject(value) || !isObject(value.environment)) return false;
  return ['controlPlane', 'repository', 'argocd', 'kustomize'].every((key) => stringAt(value, key) !== undefined);
}
