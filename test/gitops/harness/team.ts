/** One team of a suite: a folder apps/<name> in the repository, and what becomes of it in the cluster. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll } from '@jest/globals';
import { type JsonObject, type JsonValue, stringAt } from '../../../src/kubernetes/json.ts';
import { itemsOf } from '../../../tools/controlplane/kubernetes/api.ts';
import { until } from '../../../tools/controlplane/process/wait.ts';
import { objectAtPath, refreshSet } from './application.ts';
import { type World, world } from './shared.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const SECONDS = 120;

export interface Team extends World {
  readonly name: string;
  /** The Application of one of its environments in this cluster. */
  applicationOf(environment: string): string;
  namespaceOf(environment: string): string;
  /** Writes a file below apps/<name>, or takes it away. */
  write(file: string, content: string | undefined): void;
  /** Replaces text in a file below apps/<name>, which must be there. */
  edit(file: string, from: string, to: string): void;
  /** Commits, and lets Argo CD look at once; the commit's hash. */
  push(message: string): Promise<string>;
  /** An object in the namespace of an environment; undefined where there is none. */
  get(environment: string, kind: string, name: string): Promise<JsonObject | undefined>;
  list(environment: string, kind: string): Promise<JsonValue[]>;
}

/** Kinds by a short name, as `get` and `list` take them. */
const KINDS: Readonly<Record<string, string>> = {
  networkpolicy: 'networking.k8s.io/v1/networkpolicies',
  service: 'serving.knative.dev/v1/services',
  revision: 'serving.knative.dev/v1/revisions',
  route: 'serving.knative.dev/v1/routes',
  podautoscaler: 'autoscaling.internal.knative.dev/v1alpha1/podautoscalers',
  schedule: 'weir.dev/v1alpha1/scalingschedules',
  report: 'wgpolicyk8s.io/v1alpha2/policyreports',
};

export interface TeamOptions {
  /** What its name begins with; or, with `from`, the whole name. */
  readonly name: string;
  /** The folder of this checkout that the team begins with; test/gitops/fixtures/cart unless set. */
  readonly from?: string;
}

/** A team whose folder is written and not committed yet. It is taken away after the suite. */
export async function makeTeam(options: TeamOptions): Promise<Team> {
  const shared = await world();
  const { controlPlane, repository } = shared;
  const { api } = controlPlane;
  const { from = 'test/gitops/fixtures/cart' } = options;
  const name = options.from === undefined ? `${options.name}-${randomBytes(2).toString('hex')}` : options.name;
  const folder = `apps/${name}`;
  repository.copy(path.join(ROOT, from), folder);
  ends.push(async () => {
    repository.write(folder, undefined);
    await repository.commit(`Take away ${name}`);
  });

  const inFolder = (file: string) => `${folder}/${file}`;
  const namespaceOf = (environment: string) => `${name}-${environment}`;
  const pathOf = (environment: string, kind: string) => {
    const namespace = `namespaces/${namespaceOf(environment)}`;
    if (kind === 'configmap') return `/api/v1/${namespace}/configmaps`;
    const [group, version, plural] = (KINDS[kind] ?? '').split('/');
    return `/apis/${group}/${version}/${namespace}/${plural}`;
  };
  return {
    ...shared,
    name,
    applicationOf: (environment) => `${name}-${environment}-here`,
    namespaceOf,
    write: (file, content) => repository.write(inFolder(file), content),
    edit(file, from, to) {
      const before = readFileSync(path.join(repository.folder, inFolder(file)), 'utf8');
      if (!before.includes(from)) throw new Error(`${file} has no ${JSON.stringify(from)}`);
      repository.write(inFolder(file), before.replace(from, to));
    },
    async push(message) {
      const revision = await repository.commit(message);
      await refreshSet(api);
      return revision;
    },
    get: (environment, kind, object) => objectAtPath(api, `${pathOf(environment, kind)}/${object}`),
    list: async (environment, kind) => itemsOf(await api.get(pathOf(environment, kind))),
  };
}

const ends: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const end of ends.splice(0)) await end();
});

/** Waits until the newest Revision of the Service is the one that is ready, and returns the Service. */
export async function serviceReady(team: Team, environment: string, name: string): Promise<JsonObject> {
  return until(`${name} is ready in ${environment}`, { seconds: SECONDS }, async () => {
    const service = await team.get(environment, 'service', name);
    const created = stringAt(service, 'status', 'latestCreatedRevisionName');
    if (created === undefined || stringAt(service, 'status', 'latestReadyRevisionName') !== created) {
      throw new Error(JSON.stringify(service?.status));
    }
    return service;
  });
}
