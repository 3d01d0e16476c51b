/** What Argo CD compares, and how: what webhooks fill in is a difference, or none. */
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type JsonObject, stringAt } from '../../src/kubernetes/json.ts';
import { type Guarded, startGuarded } from '../../tools/controlplane/process/guarded.ts';
import { until } from '../../tools/controlplane/process/wait.ts';
import { becomes, compared, createApplication, resourcesOf } from './harness/application.ts';
import { place } from './harness/shared.ts';
import { makeTeam, type Team } from './harness/team.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const PLUGIN = path.join(ROOT, 'argocd/plugin');

let team: Team;
let revision: string;
let plugin: Guarded;

beforeAll(async () => {
  plugin = await startPlugin();
  team = await makeTeam({ name: 'diff' });
  // not below overlays/: these are for Applications of their own
  team.write('overlays', undefined);
  team.repository.copy(path.join(ROOT, 'test/gitops/fixtures/cart/overlays/prod'), `apps/${team.name}/raw/prod`);
  team.edit('base/kustomization.yaml', 'service.yaml, network.yaml, settings.yaml', 'service.yaml, settings.yaml');
  revision = await team.push('Compare');
});

afterAll(async () => {
  await plugin?.kill();
});

/** The sidecar of argocd/plugin without its container: Argo CD's plugin server, with its programs on PATH. */
async function startPlugin(): Promise<Guarded> {
  const { environment, argocd } = place();
  const folder = path.join(path.dirname(environment.KUBECONFIG ?? ''), 'plugin');
  const bin = path.join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  for (const name of ['weir-generate', 'weir-fn']) symlinkSync(path.join(PLUGIN, name), path.join(bin, name));
  const weir = `#!/bin/sh\nexec "${process.execPath}" "${path.join(ROOT, 'bin/weir.js')}" "$@"\n`;
  writeFileSync(path.join(bin, 'weir'), weir, { mode: 0o755 });
  const program = startGuarded({
    name: 'argocd-cmp-server',
    command: argocd,
    args: [`--config-dir-path=${PLUGIN}`],
    env: {
      ...environment,
      PATH: `${bin}:${environment.PATH}`,
      ARGOCD_BINARY_NAME: 'argocd-cmp-server',
      WEIR_POLICIES: path.join(ROOT, 'policies'),
    },
    log: path.join(folder, 'log'),
  });
  const socket = path.join(environment.ARGOCD_PLUGINSOCKFILEPATH ?? '', 'weir.sock');
  await until('the plugin server listens', { seconds: 60, of: program }, () => existsSync(socket));
  return program;
}

/** Of the ApplicationSets. */
const AS_SHIPPED = 'ServerSideDiff=true,IncludeMutationWebhook=true';
const PLUGIN_SOURCE = { plugin: { name: 'weir', env: [{ name: 'ENVIRONMENT', value: 'prod' }] } };

/** An Application of the raw overlay, or of what `weir fn` makes of it, in a namespace of its own. */
async function application(name: string, source: JsonObject, options: string): Promise<string> {
  const { api } = team.controlPlane;
  const full = `${team.name}-${name}`;
  const namespace = `${full}-prod`;
  await createApplication(
    api,
    full,
    {
      project: 'teams',
      source: { repoURL: team.repository.url, targetRevision: 'main', path: `apps/${team.name}/raw/prod`, ...source },
      destination: { server: 'https://kubernetes.default.svc', namespace },
      syncPolicy: {
        automated: {},
        retry: { limit: 0 }, // what is denied is denied again
        managedNamespaceMetadata: { labels: { 'weir.dev/environment': 'prod' } },
        syncOptions: ['CreateNamespace=true', 'ServerSideApply=true'],
      },
    },
    options,
  );
  return full;
}

describe.each([
  ['a raw overlay', 'raw', {}, 'OutOfSync'],
  ["weir fn's output", 'rendered', PLUGIN_SOURCE, 'Synced'],
])('%s', (_, name, source, byDefault) => {
  it(`is ${byDefault} under the default diff`, async () => {
    const { api } = team.controlPlane;
    const full = await application(`${name}-default`, source, '');
    await becomes(api, full, { revision, phase: 'Succeeded' });
    const after = await compared(api, full);
    expect(resourcesOf(after)).toEqual({ 'Service/cart': byDefault, 'ConfigMap/settings': 'Synced' });
    expect(stringAt(after, 'status', 'sync', 'status')).toBe(byDefault);
  });

  it.each([
    ['ServerSideDiff', 'server', 'ServerSideDiff=true'],
    ['ServerSideDiff with what webhooks change', 'webhooks', AS_SHIPPED],
  ])('is Synced under %s', async (_, suffix, options) => {
    const { api } = team.controlPlane;
    const full = await application(`${name}-${suffix}`, source, options);
    await becomes(api, full, { revision, phase: 'Succeeded', sync: 'Synced' });
    const after = await compared(api, full);
    expect(resourcesOf(after)).toEqual({ 'Service/cart': 'Synced', 'ConfigMap/settings': 'Synced' });
  });
});

describe('the plugin', () => {
  it('renders nothing of what is denied, and says which rule', async () => {
    const { api } = team.controlPlane;
    const full = await application('denied', PLUGIN_SOURCE, AS_SHIPPED);
    await becomes(api, full, { revision, sync: 'Synced' });
    team.edit('base/service.yaml', 'runAsNonRoot: true', 'runAsNonRoot: false');
    team.edit('base/settings.yaml', 'currency: EUR', 'currency: CHF');
    await team.push('Run as root');
    await becomes(api, full, { words: 'security/run-as-non-root' });
  });
});

describe('a change that is denied', () => {
  const RULE = 'security/run-as-non-root';

  async function currencyIn(name: string): Promise<string | undefined> {
    const path = `/api/v1/namespaces/${team.name}-${name}-prod/configmaps/settings`;
    return stringAt(await team.controlPlane.api.get(path), 'data', 'currency');
  }

  it('fails alone under the default diff: what is beside it is applied', async () => {
    await becomes(team.controlPlane.api, `${team.name}-raw-default`, { phase: 'Failed', words: RULE });
    expect(await currencyIn('raw-default')).toBe('CHF');
  });

  it.each(['server', 'webhooks'])('stops everything under ServerSideDiff (%s)', async (suffix) => {
    await becomes(team.controlPlane.api, `${team.name}-raw-${suffix}`, { sync: 'Unknown', words: RULE });
    expect(await currencyIn(`raw-${suffix}`)).toBe('EUR');
  });
});
