/** examples/shop, as its owners would keep it: clean where it goes, and each overlay holds what differs. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { arrayAt, type JsonObject, objectAt, stringAt, valueAt } from '../../src/kubernetes/json.ts';
import { check, folderWith, weir } from '../cli/harness.ts';
import {
  built,
  describeBuilds,
  folderWithComponents,
  kustomizationsIn,
  withComponents,
} from '../overlays/kustomize.ts';
import { objectsAt, objectsIn, only } from '../overlays/read.ts';

jest.setTimeout(60_000);

const SHOP = 'examples/shop';
const ENVIRONMENTS = ['dev', 'staging', 'prod'];
const SERVICES = ['order', 'payment', 'inventory', 'shipping', 'notification', 'dead-letters'];
const TRAFFIC = kustomizationsIn(`${SHOP}/traffic`, 'Component');
const overlay = (environment: string) => `${SHOP}/overlays/${environment}`;
const cwd = process.cwd();

function serviceOf(objects: readonly JsonObject[], name: string): JsonObject {
  return only(
    objects.filter(({ apiVersion }) => apiVersion === 'serving.knative.dev/v1'),
    'Service',
    name,
  );
}

function containerOf(service: JsonObject): JsonObject {
  const [container = {}] = objectsAt(service, 'spec', 'template', 'spec', 'containers');
  return container;
}

/** A folder with the shipped policies, for a cluster whose ingress is another. */
function policiesWithGateway(namespace: string): string {
  const file = readFileSync('policies/base.yaml', 'utf8');
  const changed = file.replace('gateways: [kourier-system, knative-serving]', `gateways: [${namespace}]`);
  expect(changed).not.toBe(file);
  return folderWith({
    'base.yaml': changed,
    'dev.yaml': readFileSync('policies/dev.yaml', 'utf8'),
    'staging.yaml': readFileSync('policies/staging.yaml', 'utf8'),
    'prod.yaml': readFileSync('policies/prod.yaml', 'utf8'),
  });
}

async function findings(folder: string, environment: string, policies = 'policies'): Promise<string[]> {
  const { code, result } = await check([folder, '--env', environment, '--policies', policies], { cwd });
  expect([code === 0 || code === 1, result.errors]).toEqual([true, []]);
  return result.findings.map(({ rule, message }) => `${rule}: ${message}`);
}

describeBuilds('the shop', () => {
  it('is clean, each overlay by the policy of its environment, without a word', async () => {
    const { code, result } = await check([SHOP], { cwd });
    expect([code, result.findings, result.errors]).toEqual([0, [], []]);
    const environments = new Set(result.defaults.map(({ environment }) => environment));
    expect([...environments].sort()).toEqual([...ENVIRONMENTS].sort());
  });

  it.each(ENVIRONMENTS)('has a namespace and all of its services in %s', (environment) => {
    const objects = built(overlay(environment));
    expect(new Set(objects.map((object) => stringAt(object, 'metadata', 'namespace')))).toEqual(
      new Set([`shop-${environment}`]),
    );
    for (const name of SERVICES) {
      expect(valueAt(serviceOf(objects, name), 'spec', 'template', 'spec', 'serviceAccountName')).toBe('shop');
    }
    for (const object of objects) {
      expect(stringAt(object, 'metadata', 'labels', 'app.kubernetes.io/part-of')).toBe('shop');
    }
  });

  it.each(ENVIRONMENTS)(
    'names its settings by what they say, so that a change in %s is a new Revision',
    (environment) => {
      const objects = built(overlay(environment));
      const name = stringAt(only(objects, 'ConfigMap'), 'metadata', 'name');
      expect(name).toMatch(/^shop-settings-[a-z0-9]{10}$/);
      for (const service of SERVICES.map((each) => serviceOf(objects, each))) {
        expect(stringAt(containerOf(service), 'envFrom', 0, 'configMapRef', 'name')).toBe(name);
      }
    },
  );

  it('has other settings in each environment, and no overlay repeats one of another', () => {
    const settings = ENVIRONMENTS.map((environment) =>
      objectAt(only(built(overlay(environment)), 'ConfigMap'), 'data'),
    );
    expect(settings).toEqual([
      { CURRENCY: 'EUR', LOG_LEVEL: 'debug', PAYMENT_PROVIDER: 'https://sandbox.payments.example.com' },
      { CURRENCY: 'EUR', LOG_LEVEL: 'info', PAYMENT_PROVIDER: 'https://sandbox.payments.example.com' },
      { CURRENCY: 'EUR', LOG_LEVEL: 'info', PAYMENT_PROVIDER: 'https://payments.example.com' },
    ]);
  });

  it('says nowhere what the policies say', () => {
    for (const environment of ENVIRONMENTS) {
      const text = JSON.stringify(built(overlay(environment)));
      expect(text).not.toContain('autoscaling.knative.dev/');
      expect(text).not.toContain('securityContext');
      expect(text).not.toContain('"retry"');
    }
  });

  it('gets from each policy what it leaves out', async () => {
    const scales = await Promise.all(
      ENVIRONMENTS.map(async (environment) => {
        const { stdout } = await weir(['render', overlay(environment), '--policies', 'policies'], { cwd });
        const annotations = objectAt(
          serviceOf(objectsIn(stdout, environment), 'order'),
          'spec',
          'template',
          'metadata',
          'annotations',
        );
        return ['min-scale', 'max-scale', 'target'].map((key) => annotations?.[`autoscaling.knative.dev/${key}`]);
      }),
    );
    expect(scales).toEqual([
      ['0', '3', '50'],
      ['1', '5', '80'],
      ['2', '20', '100'],
    ]);
  });

  it('keeps events in memory in dev, and in Kafka from staging on', () => {
    const classes = ENVIRONMENTS.map((environment) =>
      stringAt(
        only(built(overlay(environment)), 'Broker'),
        'metadata',
        'annotations',
        'eventing.knative.dev/broker.class',
      ),
    );
    expect(classes).toEqual(['MTChannelBasedBroker', 'Kafka', 'Kafka']);
  });

  it('changes a container by a JSON patch, and keeps all else that it has', () => {
    const [before, after] = ['staging', 'prod'].map((environment) =>
      containerOf(serviceOf(built(overlay(environment)), 'inventory')),
    );
    expect(after?.resources).toEqual({ requests: { memory: '1Gi' }, limits: { memory: '3Gi' } });
    for (const field of ['image', 'readinessProbe', 'livenessProbe'] as const) {
      expect(after?.[field]).toEqual(before?.[field]);
    }
  });

  it('holds no Secret and no Namespace: neither is the team’s to keep in Git', () => {
    for (const environment of ENVIRONMENTS) {
      const kinds = built(overlay(environment)).map(({ kind }) => kind);
      expect(kinds.filter((kind) => kind === 'Secret' || kind === 'Namespace')).toEqual([]);
    }
  });

  it('does its night’s work by a PingSource, with pods that are warm by then', () => {
    const objects = built(overlay('prod'));
    const ping = only(objects, 'PingSource', 'stocktaking');
    const schedule = only(objects, 'ScalingSchedule', 'stocktaking');
    const [window = {}] = objectsAt(schedule, 'spec', 'windows');
    expect(stringAt(window, 'start')).toBe(stringAt(ping, 'spec', 'schedule'));
    expect(stringAt(schedule, 'spec', 'timeZone')).toBe(stringAt(ping, 'spec', 'timezone'));
    expect(stringAt(schedule, 'spec', 'scaleTargetRef', 'name')).toBe(stringAt(ping, 'spec', 'sink', 'ref', 'name'));
  });
});

describeBuilds('moving traffic', () => {
  it('has an overlay for each way', () => {
    expect(TRAFFIC.map((folder) => path.basename(folder))).toEqual(['blue-green', 'by-header', 'canary', 'rollback']);
  });

  it.each(TRAFFIC)('%s sends all of it somewhere, and changes nothing else of the Service', (component) => {
    const before = serviceOf(built(overlay('prod')), 'order');
    const after = serviceOf(withComponents(overlay('prod'), component), 'order');
    const percents = objectsAt(after, 'spec', 'traffic').map((target) => Number(target.percent));
    expect(percents.reduce((sum, percent) => sum + percent, 0)).toBe(100);
    const { traffic: _, ...rest } = objectAt(after, 'spec') ?? {};
    expect(rest).toEqual(objectAt(before, 'spec'));
  });

  for (const component of TRAFFIC) {
    it(`${component} is clean in prod`, async () => {
      expect(await findings(folderWithComponents(overlay('prod'), component), 'prod')).toEqual([]);
    });
  }

  it('is held to the steps that prod allows', async () => {
    const canary = readFileSync(`${SHOP}/traffic/canary/kustomization.yaml`, 'utf8');
    const component = folderWith({
      'kustomization.yaml': canary.replace('percent: 90', 'percent: 20').replace('percent: 10', 'percent: 80'),
    });
    const [finding = ''] = await findings(folderWithComponents(overlay('prod'), component), 'prod');
    expect(finding).toContain('serving/traffic-step');
  });

  it('leads testers to what a tag names', () => {
    const objects = withComponents(overlay('prod'), `${SHOP}/traffic/by-header`);
    const tags = objectsAt(serviceOf(objects, 'order'), 'spec', 'traffic').map((target) => stringAt(target, 'tag'));
    const hosts = objectsAt(only(objects, 'VirtualService'), 'spec', 'http').map((route) =>
      stringAt(route, 'rewrite', 'authority'),
    );
    expect(hosts.sort()).toEqual(tags.map((tag) => `${tag}-order.shop-prod.svc.cluster.local`).sort());
  });
});

describeBuilds('in a mesh', () => {
  const MESH = `${SHOP}/components/mesh`;

  it('is clean by policies that know Istio’s gateway', async () => {
    const folder = folderWithComponents(overlay('prod'), MESH);
    expect(await findings(folder, 'prod', policiesWithGateway('istio-system'))).toEqual([]);
    const [finding = ''] = await findings(folder, 'prod');
    expect(finding).toContain('network/cuts-off-knative');
  });

  it('gives every pod a sidecar, and asks of it what Knative needs', () => {
    const objects = withComponents(overlay('prod'), MESH);
    for (const name of SERVICES) {
      expect(valueAt(serviceOf(objects, name), 'spec', 'template', 'metadata', 'labels')).toMatchObject({
        'sidecar.istio.io/inject': 'true',
      });
    }
    const rules = objectsAt(only(objects, 'AuthorizationPolicy'), 'spec', 'rules');
    expect(arrayAt(rules[0], 'from', 0, 'source', 'namespaces')).toEqual(['knative-serving', 'istio-system']);
    expect(arrayAt(rules[1], 'to', 0, 'operation', 'paths')).toEqual(['/healthz', '/metrics']);
  });

  it('is nobody’s who does not ask for it', () => {
    for (const environment of ENVIRONMENTS) {
      expect(JSON.stringify(built(overlay(environment)))).not.toContain('istio');
    }
  });
});

describe('examples/shop/README.md', () => {
  const page = readFileSync(`${SHOP}/README.md`, 'utf8');

  it('names every folder of the shop', () => {
    const folders = kustomizationsIn(SHOP, 'Component').map((folder) => path.relative(SHOP, folder));
    for (const folder of [...folders, 'base', 'overlays/dev', 'overlays/staging', 'overlays/prod']) {
      expect(page).toContain(folder);
    }
  });

  it('shows what weir check says', async () => {
    const { code, stdout } = await weir(['check', '.'], { cwd: path.resolve(SHOP) });
    expect(code).toBe(0);
    expect(page).toContain(stdout.trim());
  });
});
