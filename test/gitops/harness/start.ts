/** The world of the suites: a cluster with Knative, Weir and Argo CD in it, and a Git repository. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { foreignCrds } from '../../../src/platform/crds/foreign.ts';
import { knativeEventingCrds } from '../../../src/platform/crds/knative.ts';
import { reportCrds } from '../../../src/platform/crds/reports.ts';
import { withProgress } from '../../../tools/controlplane/build/progress.ts';
import { type ControlPlane, writeAddress } from '../../../tools/controlplane/controlPlane.ts';
import { createAll } from '../../../tools/controlplane/kubernetes/create.ts';
import { kubeconfigOf } from '../../../tools/controlplane/kubernetes/serviceAccount.ts';
import { type Guarded, startGuarded } from '../../../tools/controlplane/process/guarded.ts';
import { startControlPlane } from '../../../tools/controlplane/start.ts';
import { startWeir } from '../../../tools/controlplane/weir/start.ts';
import { clusterSecret } from '../../../tools/gitops/argocd/installation.ts';
import { startArgoCd } from '../../../tools/gitops/argocd/start.ts';
import { type Built, buildGitOps } from '../../../tools/gitops/build/build.ts';
import { makeRepository } from '../../../tools/gitops/git/repository.ts';
import { startPlayers } from './players.ts';
import { leave } from './shared.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const ENVIRONMENTS = ['dev', 'staging', 'prod'];

const ends: (() => Promise<unknown>)[] = [];

export async function startWorld(): Promise<void> {
  const built = await buildGitOps();
  await withProgress('starting a cluster with Knative, Weir and Argo CD', process.stderr, () => startWith(built));
}

async function startWith(built: Built): Promise<void> {
  const controlPlane = await startControlPlane({ knative: true });
  ends.push(() => controlPlane.stop());
  await createAll(controlPlane, [...(await knativeEventingCrds()), ...foreignCrds(), ...reportCrds()]);
  await skipDigests(controlPlane);

  const webhook = await startWeir(controlPlane);
  ends.push(() => webhook.kill());
  await createAll(controlPlane, [pullSecret()]);
  const controllers = await startControllers(controlPlane);
  ends.push(() => controllers.kill());
  const players = startPlayers(controlPlane.api, { knative: true });
  ends.push(() => players.stop());

  const repository = await makeRepository(path.join(controlPlane.folder, 'repository'));
  repository.write('README.md', 'what Argo CD follows\n');
  await repository.commit('Begin');
  const argocd = await startArgoCd({ controlPlane, built });
  ends.push(() => argocd.stop());
  await createAll(controlPlane, [hereWith(ENVIRONMENTS)]);
  await applyFolder(controlPlane, 'argocd/settings', controlPlane.folder);
  await applyFolder(controlPlane, 'argocd', controlPlane.folder, repository.url);

  leave(controlPlane.folder, {
    controlPlane: writeAddress(controlPlane),
    repository: repository.folder,
    environment: argocd.environment,
    argocd: built.pathOf('argocd'),
    kustomize: built.pathOf('kustomize'),
  });
}

export async function stopWorld(): Promise<void> {
  for (const end of ends.reverse()) await end();
}

/** The cluster that Argo CD runs in, which holds these environments. */
function hereWith(environments: readonly string[]): JsonObject {
  const labels = Object.fromEntries(environments.map((name) => [`environment.weir.dev/${name}`, '']));
  return clusterSecret({ name: 'here', server: 'https://kubernetes.default.svc', labels });
}

/** No registry is asked which image a tag names. */
async function skipDigests({ api }: ControlPlane): Promise<void> {
  const path = '/api/v1/namespaces/knative-serving/configmaps/config-deployment';
  await api.patch(path, { data: { 'registries-skipping-tag-resolving': 'registry.example.com' } });
}

/** What the guard rails copy into each namespace: the policies ask for it. */
function pullSecret(): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'regcred', namespace: 'weir-system' },
    type: 'kubernetes.io/dockerconfigjson',
    stringData: { '.dockerconfigjson': JSON.stringify({ auths: { 'registry.example.com': { auth: 'dTpw' } } }) },
  };
}

async function startControllers(controlPlane: ControlPlane): Promise<Guarded> {
  const kubeconfig = await kubeconfigOf(controlPlane, { namespace: 'weir-system', name: 'weir-controller' });
  return startGuarded({
    name: 'weir controller',
    command: process.execPath,
    args: [
      path.join(ROOT, 'bin/weir.js'),
      'controller',
      `--policies=${path.join(ROOT, 'policies')}`,
      `--kubeconfig=${kubeconfig}`,
      '--knative-version=1.23',
      '--metrics-port=0',
    ],
    log: path.join(controlPlane.folder, 'logs', 'weir-controller.log'),
  });
}

/** Applies a folder of argocd/ as users do, server-side; in a copy, repository.yaml names another repository, and retries come sooner. */
async function applyFolder(
  { kubectl }: ControlPlane,
  name: string,
  folder: string,
  repository?: string,
): Promise<void> {
  let from = path.join(ROOT, name);
  if (repository !== undefined) {
    from = path.join(folder, 'copies', name);
    mkdirSync(path.dirname(from), { recursive: true });
    cpSync(path.join(ROOT, name), from, { recursive: true });
    const file = path.join(from, 'repository.yaml');
    const shipped = readFileSync(file, 'utf8');
    writeFileSync(file, shipped.replace(/repoURL: .*/, `repoURL: ${repository}`));
    // what is denied is denied again: nobody has to wait 35 s for the last of its retries
    const teams = path.join(from, 'applicationsets/teams.yaml');
    writeFileSync(teams, readFileSync(teams, 'utf8').replace('duration: 5s', 'duration: 1s'));
  }
  const { code, stderr } = await kubectl(['apply', '--server-side', '--force-conflicts', '-k', from]);
  if (code !== 0) throw new Error(`kubectl apply -k ${name}: ${stderr}`);
}
