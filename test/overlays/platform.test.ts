/** Knative as overlays/platform asks its operator for it: settings that Knative has, and that agree with the policies. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { parse } from 'yaml';
import { SETTINGS as SETTINGS_READ } from '../../src/doctor/cluster/facts.ts';
import { ingress } from '../../src/doctor/cluster/ingress.ts';
import { settings } from '../../src/doctor/cluster/settings.ts';
import { seen } from '../../src/doctor/look.ts';
import { type JsonObject, objectAt, stringAt, valueAt } from '../../src/kubernetes/json.ts';
import { loadPolicies } from '../../src/policy/load/load.ts';
import { check } from '../cli/harness.ts';
import { withKustomize } from '../cli/withKustomize.ts';
import { aCluster, aNamespace } from '../doctor/clusterFacts.ts';
import { built, kustomizationsIn, over, withComponents } from './kustomize.ts';
import { only } from './read.ts';

jest.setTimeout(60_000);

const ENVIRONMENTS = ['dev', 'staging', 'prod', 'edge'];
const [ISTIO, OLD] = ['overlays/components/istio', 'overlays/components/knative-1.15'];

/** By part, version and ConfigMap: the keys that there are. */
type Settings = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>>>;
const SETTINGS: Settings = JSON.parse(readFileSync('test/overlays/upstream/settings.generated.json', 'utf8'));
/** Of Eventing 1.23 only the metrics' keys are known to be other than in 1.15, and are those of Serving. */
const EVENTING = {
  ...SETTINGS.eventing?.['1.15'],
  'config-observability': SETTINGS.serving?.['1.23']?.['config-observability'] ?? [],
};

const { policies } = await loadPolicies('policies');

function policyOf(environment: string) {
  const policy = policies.get(environment);
  if (policy === undefined) throw new Error(`no policy ${environment}`);
  return policy;
}

function servingOf(objects: readonly JsonObject[]): JsonObject {
  return only(objects, 'KnativeServing');
}

function eventingOf(objects: readonly JsonObject[]): JsonObject {
  return only(objects, 'KnativeEventing');
}

/** `config-autoscaler stable-window`, for each key that the ConfigMap does not have. */
function unknownKeys(object: JsonObject, known: Readonly<Record<string, readonly string[]>>): string[] {
  return Object.entries(objectAt(object, 'spec', 'config') ?? {}).flatMap(([name, data]) => {
    if (name === 'domain') return []; // its keys are domains
    const keys = known[name] ?? known[`config-${name}`] ?? [];
    return Object.keys(objectAt(data) ?? {}).flatMap((key) => (keys.includes(key) ? [] : [`${name} ${key}`]));
  });
}

function networkOf(objects: readonly JsonObject[]) {
  const serving = servingOf(objects);
  return {
    class: stringAt(serving, 'spec', 'config', 'network', 'ingress-class'),
    ingresses: Object.entries(objectAt(serving, 'spec', 'ingress') ?? {}).flatMap(([name, each]) =>
      valueAt(each, 'enabled') === true ? [name] : [],
    ),
  };
}

function defaultsOf(objects: readonly JsonObject[], name: string, key: string): JsonObject {
  const text = stringAt(eventingOf(objects), 'spec', 'config', name, key) ?? '';
  return objectAt(parse(text), 'clusterDefault') ?? {};
}

describe.each(ENVIRONMENTS)('overlays/platform/%s', (environment) => {
  const overlay = `overlays/platform/${environment}`;

  withKustomize('sets what Knative 1.23 has, and with the component what 1.15 has', async () => {
    const now = built(overlay);
    expect(stringAt(servingOf(now), 'spec', 'version')).toBe('1.23');
    expect(unknownKeys(servingOf(now), SETTINGS.serving?.['1.23'] ?? {})).toEqual([]);
    expect(unknownKeys(eventingOf(now), EVENTING)).toEqual([]);

    const before = withComponents(overlay, OLD);
    expect(stringAt(servingOf(before), 'spec', 'version')).toBe('1.15');
    expect(unknownKeys(servingOf(before), SETTINGS.serving?.['1.15'] ?? {})).toEqual([]);
    expect(unknownKeys(eventingOf(before), SETTINGS.eventing?.['1.15'] ?? {})).toEqual([]);
  });

  withKustomize('shows metrics, which since 1.19 nobody does unasked', async () => {
    const objects = built(overlay);
    expect(valueAt(servingOf(objects), 'spec', 'config', 'observability')).toEqual({
      'metrics-protocol': 'prometheus',
      'request-metrics-protocol': 'prometheus',
    });
    expect(valueAt(eventingOf(objects), 'spec', 'config', 'observability')).toEqual({
      'metrics-protocol': 'prometheus',
    });
  });

  withKustomize('has one ingress: Kourier, or with the component Istio', async () => {
    expect(networkOf(built(overlay))).toEqual({
      class: 'kourier.ingress.networking.knative.dev',
      ingresses: ['kourier'],
    });
    const objects = withComponents(overlay, ISTIO);
    expect(networkOf(objects)).toEqual({ class: 'istio.ingress.networking.knative.dev', ingresses: ['istio'] });
    expect(valueAt(servingOf(objects), 'spec', 'config', 'network', 'mesh-compatibility-mode')).toBe('enabled');
    const labels = objectAt(only(objects, 'Namespace', 'knative-serving'), 'metadata', 'labels');
    expect(labels).toEqual({ 'istio-injection': 'enabled' });
    const modes = objects
      .filter(({ kind }) => kind === 'PeerAuthentication')
      .map((each) => [stringAt(each, 'metadata', 'namespace'), stringAt(each, 'spec', 'mtls', 'mode')]);
    expect(Object.fromEntries(modes)).toEqual({ 'istio-system': 'STRICT', 'knative-serving': 'PERMISSIVE' });
  });

  withKustomize('keeps events as long as its policy asks, and tries as often', async () => {
    const { eventing } = policyOf(environment);
    const objects = built(overlay);
    const broker = defaultsOf(objects, 'config-br-defaults', 'default-br-config');
    const channel = defaultsOf(objects, 'default-ch-webhook', 'default-ch-config');
    expect(eventing?.brokerClasses).toContain(stringAt(broker, 'brokerClass'));
    expect(eventing?.channels).toContain(stringAt(channel, 'kind'));
    expect([valueAt(broker, 'delivery', 'retry'), valueAt(broker, 'delivery', 'backoffPolicy')]).toEqual([
      eventing?.delivery?.retry?.default,
      eventing?.delivery?.backoffPolicy?.default,
    ]);
    const isInMemory = stringAt(channel, 'kind') === 'InMemoryChannel';
    expect(stringAt(broker, 'brokerClass')).toBe(isInMemory ? 'MTChannelBasedBroker' : 'Kafka');
    expect(valueAt(eventingOf(objects), 'spec', 'source', 'kafka', 'enabled')).toBe(isInMemory ? undefined : true);
  });

  withKustomize('is the cluster that its policy knows: its gateway and what Brokers and Channels are', async () => {
    const { knative, eventing } = policyOf(environment);
    const objects = built(overlay);
    // knative/operator pkg/reconciler/knativeserving/ingress/kourier.go: in the namespace of its KnativeServing
    expect(knative.gateways).toContain(stringAt(servingOf(objects), 'metadata', 'namespace'));
    expect(knative.systemNamespace).toBe(stringAt(servingOf(objects), 'metadata', 'namespace'));
    expect(stringAt(servingOf(objects), 'spec', 'version')).toBe(knative.version);
    expect(eventing?.clusterDefaults).toEqual({
      brokerClass: stringAt(defaultsOf(objects, 'config-br-defaults', 'default-br-config'), 'brokerClass'),
      channel: stringAt(defaultsOf(objects, 'default-ch-webhook', 'default-ch-config'), 'kind'),
    });
  });

  withKustomize('accepts what its policy fills in, as the doctor sees it', async () => {
    const config = (name: string) => seen({ data: objectAt(servingOf(built(overlay)), 'spec', 'config', name) ?? {} });
    const facts = aCluster({
      policies: { ...aCluster().policies, byName: new Map([[environment, policyOf(environment)]]) },
      namespaces: seen([aNamespace('shop', environment), aNamespace('knative-serving')]),
      settings: new Map(SETTINGS_READ.map((name) => [name, config(name.slice('config-'.length))])),
    });
    const told = [...ingress(facts, 'knative-serving'), ...settings(facts, 'knative-serving')];
    expect(told.filter(({ state }) => state !== 'well' && state !== 'note')).toEqual([]);
    expect(told.map(({ check }) => check)).toEqual(expect.arrayContaining(['ingress/class', 'settings/autoscaler']));
  });

  withKustomize('lets requests take as long as the policy does', async () => {
    const longest = stringAt(servingOf(built(overlay)), 'spec', 'config', 'defaults', 'max-revision-timeout-seconds');
    expect(Number(longest)).toBeGreaterThanOrEqual(policyOf(environment).serving?.timeoutSeconds?.max ?? 0);
  });

  withKustomize('keeps its own policy', async () => {
    const { code, result } = await check([overlay, '--env', environment, '--policies', 'policies'], {
      cwd: process.cwd(),
    });
    expect([code, result.errors]).toEqual([0, []]);
    // Knative's own namespaces are judged by nobody, and the label would say otherwise
    const told = result.findings.filter(({ rule }) => rule !== 'namespace/environment');
    expect(told).toEqual([]);
    expect(result.findings.map(({ resource }) => resource.name).sort()).toEqual([
      'knative-eventing',
      'knative-serving',
    ]);
  });
});

it('has names of its own for each environment’s services', () => {
  const domains = ENVIRONMENTS.map((environment) => {
    const text = readFileSync(`overlays/platform/${environment}/knative-serving.yaml`, 'utf8');
    return Object.keys(objectAt(parse(text), 'spec', 'config', 'domain') ?? {});
  });
  expect(domains.map(({ length }) => length)).toEqual(ENVIRONMENTS.map(() => 1));
  expect(new Set(domains.flat()).size).toBe(ENVIRONMENTS.length);
});

describe('the pages', () => {
  withKustomize('overlays/platform/README.md shows a kustomization that builds', async () => {
    const page = readFileSync('overlays/platform/README.md', 'utf8');
    const [, block = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
    const objects = over((at) => block.replaceAll('../weir/overlays', at('overlays')));
    expect(networkOf(objects).ingresses).toEqual(['istio']);
  });

  it('overlays/README.md names every component, and nothing else as one', () => {
    const page = readFileSync('overlays/README.md', 'utf8');
    const named = [...page.matchAll(/^\| `([a-z0-9.-]+)` \| (?:Weir|platform) \|/gm)].map(([, name]) => name);
    const there = kustomizationsIn('overlays/components', 'Component').map((folder) => path.basename(folder));
    expect(named.sort()).toEqual(there.sort());
  });
});
