/** argocd/plugin on top of an installation of Argo CD. test/gitops renders with it. */
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { type JsonObject, stringAt } from '../../src/kubernetes/json.ts';
import { objectsAt, only, textsAt } from '../overlays/read.ts';
import { built } from './built.ts';

jest.setTimeout(900_000);

/** As much of Argo CD's own Deployment as the sidecar stands on (argoproj/argo-cd manifests/base/repo-server). */
const REPO_SERVER = `apiVersion: apps/v1
kind: Deployment
metadata: {name: argocd-repo-server, namespace: argocd}
spec:
  template:
    spec:
      containers:
      - name: argocd-repo-server
        image: quay.io/argoproj/argocd:v3.1.16
      volumes:
      - {name: var-files, emptyDir: {}}
      - {name: plugins, emptyDir: {}}
`;

let folder: string;
let objects: JsonObject[];

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'weir-plugin-')));
  writeFileSync(path.join(folder, 'repo-server.yaml'), REPO_SERVER);
  const component = path.relative(folder, path.resolve('argocd/plugin'));
  writeFileSync(path.join(folder, 'kustomization.yaml'), `resources: [repo-server.yaml]\ncomponents: [${component}]\n`);
  objects = await built(folder);
});

afterAll(() => rmSync(folder, { recursive: true }));

it('stands beside the repo-server, with its file where the plugin server looks for it', () => {
  const spec = only(objects, 'Deployment', 'argocd-repo-server');
  const containers = objectsAt(spec, 'spec', 'template', 'spec', 'containers');
  expect(containers.map(({ name }) => name).toSorted()).toEqual(['argocd-repo-server', 'weir']);
  const weir = containers.find(({ name }) => name === 'weir') ?? {};
  expect(textsAt(weir, 'command')).toEqual(['/var/run/argocd/argocd-cmp-server']);

  const volumes = objectsAt(spec, 'spec', 'template', 'spec', 'volumes');
  const mounts = objectsAt(weir, 'volumeMounts');
  const names = volumes.map(({ name }) => name);
  for (const mount of mounts) expect(names).toContain(mount.name);

  const config = only(objects, 'ConfigMap');
  const file = mounts.find(({ subPath }) => subPath === 'plugin.yaml');
  const volume = volumes.find(({ name }) => name === file?.name);
  expect(stringAt(volume, 'configMap', 'name')).toBe(stringAt(config, 'metadata', 'name'));
  expect(stringAt(config, 'data', 'plugin.yaml')).toBe(readFileSync('argocd/plugin/plugin.yaml', 'utf8'));
});

it('its image holds what plugin.yaml starts', () => {
  const dockerfile = readFileSync('argocd/plugin/Dockerfile', 'utf8');
  for (const program of ['weir-generate', 'weir-fn', 'kustomize']) expect(dockerfile).toContain(program);
  expect(readFileSync('argocd/plugin/plugin.yaml', 'utf8')).toContain('command: [weir-generate]');
});
