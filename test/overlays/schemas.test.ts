/**
 * Every object of overlays/ and examples/shop, stored by an API server that has the kinds' schemas and knows no field but
 * theirs. Those of Knative's operator, Eventing, Istio and cert-manager lie in upstream/, as far as they can be had.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { arrayAt, isObject, type JsonObject, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import { foreignCrds } from '../../src/platform/crds/foreign.ts';
import { knativeEventingCrds, knativeServingCrds } from '../../src/platform/crds/knative.ts';
import { withKustomize } from '../cli/withKustomize.ts';
import { aServer, type Server } from '../platform/apiserver/servers.ts';
import { built, builtText, everyProgram, folderWithComponents, kustomizationsIn } from './kustomize.ts';
import { objectsOf } from './read.ts';

jest.setTimeout(120_000);

const UPSTREAM: JsonObject[] = JSON.parse(readFileSync('test/overlays/upstream/crds.generated.json', 'utf8'));
const GRADES = ['dev', 'staging', 'prod', 'edge'];
const FOR_PLATFORM = ['istio', 'kourier', 'kafka', 'knative-1.15'];

const nameOf = (object: JsonObject) => stringAt(object, 'metadata', 'name') ?? '';

/** KafkaSource became v1 after the release that lies in upstream/, with the same fields. */
function withLaterVersions(crd: JsonObject): JsonObject {
  if (nameOf(crd) !== 'kafkasources.sources.knative.dev') return crd;
  const [version = {}] = arrayAt(crd, 'spec', 'versions').filter(isObject);
  const versions = [version, { ...version, name: 'v1', storage: false }];
  return { ...crd, spec: { ...objectAt(crd, 'spec'), versions } };
}

/** The folders that are built, each component once on top of something that it is for. */
const WHOLE = [...kustomizationsIn('overlays', 'Kustomization'), ...kustomizationsIn('examples', 'Kustomization')];
const COMPONENTS = [...kustomizationsIn('overlays', 'Component'), ...kustomizationsIn('examples', 'Component')];

function baseOf(component: string): string {
  if (component.startsWith('examples/shop/')) return 'examples/shop/overlays/prod';
  const isForPlatform = FOR_PLATFORM.some((name) => component.includes(`components/${name}`));
  return isForPlatform ? 'overlays/platform/prod' : 'overlays/prod';
}

describe('what the overlays build', () => {
  let server: Server;
  const collections = new Map<string, { readonly plural: string; readonly isNamespaced: boolean }>();

  beforeAll(async () => {
    server = await aServer();
    const known = new Set(UPSTREAM.map(nameOf));
    const own = ['policyexceptions', 'scalingschedules', 'trafficrollouts'].flatMap((name) =>
      objectsOf(`overlays/base/${name}.yaml`),
    );
    const crds = [
      ...(await knativeServingCrds()),
      ...[...(await knativeEventingCrds()), ...foreignCrds()].filter((crd) => !known.has(nameOf(crd))),
      ...UPSTREAM.map(withLaterVersions),
      ...own,
    ];
    for (const crd of crds) {
      const { code, body } = await server.ask('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
        body: crd,
      });
      expect([nameOf(crd), code, code === 201 ? '' : body]).toEqual([nameOf(crd), 201, '']);
    }
  });
  afterAll(() => server.close());

  async function collectionOf(apiVersion: string, kind: string) {
    const key = `${apiVersion} ${kind}`;
    if (!collections.has(key)) {
      const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
      const { body } = await server.ask('GET', group);
      for (const each of arrayAt(body, 'resources').filter(isObject)) {
        const name = stringAt(each, 'name') ?? '';
        if (name.includes('/')) continue;
        collections.set(`${apiVersion} ${stringAt(each, 'kind')}`, {
          plural: `${group}/%/${name}`,
          isNamespaced: each.namespaced === true,
        });
      }
    }
    return collections.get(key);
  }

  /** Empty where the API server would store it as it stands. */
  async function refusal(object: JsonObject): Promise<string> {
    const what = `${stringAt(object, 'kind')} ${nameOf(object)}`;
    const found = await collectionOf(stringAt(object, 'apiVersion') ?? '', stringAt(object, 'kind') ?? '');
    if (found === undefined) return `${what}: no such kind is served`;
    const namespace = stringAt(object, 'metadata', 'namespace');
    if (found.isNamespaced && namespace !== undefined) {
      const metadata = { name: namespace };
      await server.ask('POST', '/api/v1/namespaces', { body: { apiVersion: 'v1', kind: 'Namespace', metadata } });
    }
    const inNamespace = found.isNamespaced ? `namespaces/${namespace ?? 'default'}/` : '';
    const target = found.plural.replace('%/', inNamespace);
    const { code, body } = await server.ask('POST', `${target}?dryRun=All&fieldValidation=Strict`, { body: object });
    const isThere = code === 409 && stringAt(body, 'reason') === 'AlreadyExists';
    return code === 201 || isThere ? '' : `${what}: ${stringAt(body, 'message')}`;
  }

  async function refusals(folder: string): Promise<string[]> {
    const all = await Promise.all(built(folder).map(refusal));
    return all.filter((each) => each !== '');
  }

  it('is looked for in the right places', () => {
    expect(WHOLE).toEqual(expect.arrayContaining([...GRADES, 'platform/dev'].map((name) => `overlays/${name}`)));
    expect(WHOLE).toEqual(
      expect.arrayContaining(['dev', 'staging', 'prod'].map((name) => `examples/shop/overlays/${name}`)),
    );
    expect(COMPONENTS).toEqual(expect.arrayContaining(['overlays/components/istio', 'examples/shop/traffic/canary']));
  });

  withKustomize('is the same by every Kustomize at hand', async () => {
    const [first, ...others] = await everyProgram();
    for (const folder of WHOLE) {
      const text = builtText(folder, first);
      for (const other of others)
        expect([folder, other.command, builtText(folder, other)]).toEqual([folder, other.command, text]);
    }
  });

  for (const folder of WHOLE) {
    withKustomize(`${folder} is stored`, async () => expect(await refusals(folder)).toEqual([]));
  }

  for (const component of COMPONENTS.filter((name) => !name.includes('monitoring'))) {
    withKustomize(`${component} is stored, on top of ${baseOf(component)}`, async () => {
      expect(await refusals(folderWithComponents(baseOf(component), component))).toEqual([]);
    });
  }

  withKustomize('would not be stored with a mistake in it', async () => {
    const [serving = {}] = built('overlays/platform/dev').filter(({ kind }) => kind === 'KnativeServing');
    const spec = objectAt(serving, 'spec') ?? {};
    expect(await refusal({ ...serving, spec: { ...spec, highAvailability: { replicas: 1 } } })).toContain(
      'unknown field "spec.highAvailability"',
    );
    expect(await refusal({ ...serving, spec: { ...spec, config: { autoscaler: { 'stable-window': 60 } } } })).toContain(
      'stable-window',
    );
  });
});
