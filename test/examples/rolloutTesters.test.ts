/** examples/rollout/testers: whoever sends the header or the cookie meets the candidate, whatever its share is. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { urlOfTag } from '../../controllers/rollout/smoke/url.ts';
import { services } from '../../src/knative/resources.ts';
import { arrayAt, type JsonObject, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import { foreignCrds } from '../../src/platform/crds/foreign.ts';
import { readRollout } from '../../src/rollout/read.ts';
import { tagOf } from '../../src/rollout/stages.ts';
import { weir } from '../cli/harness.ts';
import { objectsAt, objectsIn, objectsOf, only } from '../overlays/read.ts';
import { askAt, type Platform, startPlatform } from './platform.ts';

jest.setTimeout(300_000);

const EXAMPLE = 'examples/rollout';
const TESTERS = `${EXAMPLE}/testers`;
const [object = {}] = objectsOf(`${EXAMPLE}/2-rollout.yaml`);
const [virtualService = {}] = objectsOf(`${TESTERS}/virtual-service.yaml`);
const [httpRoute = {}] = objectsOf(`${TESTERS}/http-route.yaml`);

function tagOfExample(): string {
  const { rollout } = readRollout(object);
  if (rollout === undefined) throw new Error('the rollout cannot be read');
  return tagOf(rollout);
}

/** As Knative says it of the Service in a cluster: where the Service is asked from inside, and its tag. */
function addresses(): { readonly service: string; readonly tag: string } {
  const tag = tagOfExample();
  const inside = 'greeting.default.svc.cluster.local';
  const traffic = [{ tag, percent: 0, url: `http://${tag}-greeting.default.example.com` }];
  const url = urlOfTag({ status: { address: { url: `http://${inside}` }, traffic } }, tag);
  return { service: inside, tag: url?.hostname ?? '' };
}

describe('the ways by a header and a cookie', () => {
  it('are clean, and of kinds that are served', async () => {
    const { code, stdout } = await weir(['check', TESTERS, '--env', 'prod', '--fail-on', 'warn'], {
      cwd: process.cwd(),
    });
    expect([code, stdout]).toEqual([0, expect.stringContaining('clean')]);
    const served = foreignCrds().flatMap((each) =>
      objectsAt(each, 'spec', 'versions').map(
        ({ name }) => `${stringAt(each, 'spec', 'group')}/${name} ${stringAt(each, 'spec', 'names', 'kind')}`,
      ),
    );
    expect(served).toContain(`${virtualService.apiVersion} ${virtualService.kind}`);
    expect([httpRoute.apiVersion, httpRoute.kind]).toEqual(['gateway.networking.k8s.io/v1', 'HTTPRoute']);
  });

  it("lead testers to the rollout's tag, and everybody else to the Service, where the shares hold", () => {
    const { service, tag } = addresses();
    const routes = objectsAt(virtualService, 'spec', 'http');
    expect(routes.map((each) => stringAt(each, 'rewrite', 'authority'))).toEqual([tag, service]);
    const rules = objectsAt(httpRoute, 'spec', 'rules');
    const filters = rules.map((each) =>
      objectsAt(each, 'filters').map((filter) => stringAt(filter, 'urlRewrite', 'hostname')),
    );
    expect(filters).toEqual([[tag], [service]]);
    expect([routes.map((each) => 'match' in each), rules.map((each) => 'matches' in each)]).toEqual([
      [true, false],
      [true, false],
    ]);
  });

  it('ask for the same of both, and know the cookie among others', () => {
    const [testers = {}] = objectsAt(virtualService, 'spec', 'http');
    const ofIstio = objectsAt(testers, 'match').map((each) => objectAt(each, 'headers') ?? {});
    const [rule = {}] = objectsAt(httpRoute, 'spec', 'rules');
    const ofGateway = objectsAt(rule, 'matches').map((each) => objectsAt(each, 'headers'));
    const [byHeader = {}, byCookie = {}] = ofIstio;
    expect(ofGateway).toEqual([
      [{ name: 'x-user-group', value: stringAt(byHeader, 'x-user-group', 'exact') }],
      [{ name: 'cookie', type: 'RegularExpression', value: stringAt(byCookie, 'cookie', 'regex') }],
    ]);
    // both match the whole value
    const cookie = new RegExp(`^(?:${stringAt(byCookie, 'cookie', 'regex')})$`);
    const isTester = ['beta=yes', 'a=b; beta=yes', 'beta=yes; c=d', 'a=b; beta=yes; c=d'];
    const isNone = ['', 'beta=no', 'alphabeta=yes', 'beta=yesterday', 'a=beta=yes'];
    expect([...isTester, ...isNone].filter((each) => cookie.test(each))).toEqual(isTester);
  });
});

it('are told in the guide as they are in the example', () => {
  const guide = readFileSync('docs/rollouts.md', 'utf8');
  const [, text = ''] = /```yaml\n(apiVersion: networking\.istio\.io[^`]*)```/.exec(guide) ?? [];
  const told = only(objectsIn(text, 'docs/rollouts.md'), 'VirtualService');
  const unnamed = objectsAt(virtualService, 'spec', 'http').map(({ name: _, ...rest }) => rest);
  expect(told.spec).toEqual({ ...objectAt(virtualService, 'spec'), http: unnamed });
});

describe('the header of Knative, under weir up', () => {
  let platform: Platform;

  beforeAll(async () => {
    platform = await startPlatform('rollout');
    await platform.applyOnly({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'knative-serving' } });
    await platform.applyOnly(...platform.objects('testers/config-features.yaml'));
    const paused = platform.objects('2-rollout.yaml').map((each) => ({
      ...each,
      spec: { ...objectAt(each, 'spec'), paused: true },
    }));
    await platform.apply('1-greeting.yaml', ...paused);
    await platform.until(async () => (await status()).phase === 'Healthy', 'the first Revision is pinned');
  }, 300_000);

  afterAll(async () => platform?.end(), 300_000);

  async function status(): Promise<JsonObject> {
    const [rollout] = platform.objects('2-rollout.yaml');
    return objectAt(await platform.get(only([rollout ?? {}], 'TrafficRollout')), 'status') ?? {};
  }

  /** `Hello from version 1`. */
  async function ask(tag?: string): Promise<string> {
    const service = await platform.client.get(services, { namespace: 'default', name: 'greeting' });
    const headers = tag === undefined ? {} : { 'knative-serving-tag': tag };
    return (await askAt(new URL(stringAt(service, 'status', 'url') ?? ''), { headers })).body.trim();
  }

  it('means nothing while there is no candidate', async () => {
    expect(await ask(tagOfExample())).toBe('Hello from version 1');
  });

  it('leads to the candidate that has no share yet, and nobody else there', async () => {
    await platform.applyOnly(...platform.objects('3-good.yaml'));
    await platform.until(async () => stringAt(await status(), 'candidate', 'tag') === tagOfExample(), 'it is tagged');
    await platform.until(async () => (await ask(tagOfExample())) === 'Hello from version 2', 'the header leads there');
    const others = await Promise.all(Array.from({ length: 20 }, () => ask()));
    expect(new Set([...others, await ask('nobody')])).toEqual(new Set(['Hello from version 1']));
    const service = await platform.client.get(services, { namespace: 'default', name: 'greeting' });
    expect(arrayAt(service, 'spec', 'traffic')).toMatchObject([{ percent: 100 }, { percent: 0, tag: tagOfExample() }]);
  });
});
