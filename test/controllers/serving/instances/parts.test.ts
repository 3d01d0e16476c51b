/** What instances are steered by, part by part. */
import { describe, expect, it } from '@jest/globals';
import { Fleet } from '../../../../controllers/serving/instances/fleet.ts';
import { hostsOf } from '../../../../controllers/serving/instances/hosts.ts';
import { HostTable } from '../../../../controllers/serving/instances/hostTable.ts';
import { failureOf, inOrderOfLeaving, instanceOf, viewOf } from '../../../../controllers/serving/instances/pods.ts';
import { firstReplicas, revisionSettingsOf, saysOf } from '../../../../controllers/serving/instances/says.ts';
import { makePod } from '../../../../controllers/serving/resources/pod.ts';
import { readSettings } from '../../../../controllers/serving/settings.ts';
import { arrayAt, type JsonObject, objectAt, stringAt } from '../../../../src/kubernetes/json.ts';
import type { HostRoute } from '../../../../src/platform/network/plane.ts';
import { expectGrowsWithSize } from '../../../growth.ts';
import { FakePlane } from './fakePlane.ts';

const NOW = Date.parse('2026-11-22T08:00:00Z');
const settings = readSettings([], 'localhost');

function aRoute(traffic: readonly JsonObject[], url = 'http://cart.shop.localhost:8080'): JsonObject {
  return {
    metadata: { name: 'cart', namespace: 'shop', resourceVersion: '7' },
    status: { url, traffic },
  };
}

describe('the hosts of a Route', () => {
  const split = [
    { revisionName: 'cart-00001', percent: 80 },
    { revisionName: 'cart-00002', percent: 20, tag: 'next', url: 'http://next-cart.shop.localhost:8080' },
  ];

  it('are its public name, its names inside, and the same for each tag', () => {
    const hosts = hostsOf(aRoute(split), settings);
    expect(hosts.map(({ host, isClusterLocal }) => `${host} ${isClusterLocal}`)).toEqual([
      'cart.shop.localhost false',
      'cart.shop.svc.cluster.local true',
      'cart.shop.svc true',
      'cart.shop true',
      'next-cart.shop.localhost false',
      'next-cart.shop.svc.cluster.local true',
      'next-cart.shop.svc true',
      'next-cart.shop true',
    ]);
    expect(hosts[0]?.splits).toEqual([
      { revision: 'shop/cart-00001', percent: 80 },
      { revision: 'shop/cart-00002', percent: 20, tag: 'next' },
    ]);
    expect(hosts[4]?.splits).toEqual([{ revision: 'shop/cart-00002', percent: 100, tag: 'next' }]);
    expect(hosts[0]?.tags.size).toBe(0);
  });

  it('let a header name a tag where the feature is on', () => {
    const config = { metadata: { name: 'config-features' }, data: { 'tag-header-based-routing': 'enabled' } };
    const [host] = hostsOf(aRoute(split), readSettings([config], 'localhost'));
    expect([...(host?.tags ?? [])]).toEqual([['next', 'shop/cart-00002']]);
  });

  it('are those inside alone where nobody outside may reach it', () => {
    const hosts = hostsOf(
      aRoute([{ revisionName: 'cart-00001', percent: 100 }], 'http://cart.shop.svc.cluster.local'),
      settings,
    );
    expect(hosts.every(({ isClusterLocal }) => isClusterLocal)).toBe(true);
    expect(hosts).toHaveLength(3);
  });

  it.each<JsonObject>([
    { metadata: { name: 'cart' } },
    { metadata: { name: 'cart' }, status: { traffic: 'all', url: 7 } },
    { metadata: { name: 'cart' }, status: { traffic: [null, { percent: '80' }], url: 'no url' } },
  ])('are none of %j', (route) => {
    expect(hostsOf(route, settings)).toEqual([]);
  });
});

describe('what the Plane is told of Routes', () => {
  it('is a status before it is written, which the older object does not take back', () => {
    let told: readonly HostRoute[] = [];
    const reached: string[] = [];
    const table = new HostTable(
      { setRoutes: (routes) => (told = routes) },
      { reached: (route) => reached.push(route), unsure: () => {} },
    );
    const before = aRoute([{ revisionName: 'cart-00001', percent: 100 }]);
    expect(table.reachOf(before)).toEqual({ status: 'Unknown' });
    table.replace([before], settings);
    expect(reached).toEqual(['shop/cart']);

    const next = aRoute([{ revisionName: 'cart-00002', percent: 100 }]);
    expect(table.reachOf(next)).toEqual({ status: 'True' });
    expect(told[0]?.splits[0]?.revision).toBe('shop/cart-00002');
    table.replace([before], settings);
    expect(told[0]?.splits[0]?.revision).toBe('shop/cart-00002');
    table.replace([], settings);
    expect(told).toEqual([]);
  });

  it('is said also where there is none: before that, nobody knows', () => {
    let tellings = 0;
    const table = new HostTable({ setRoutes: () => void tellings++ }, { reached: () => {}, unsure: () => {} });
    table.replace([], settings);
    expect(tellings).toBe(1);
    table.replace([], settings);
    expect(tellings).toBe(1);
  });

  it('is not a Route that was deleted in the moment in which it was asked about', () => {
    let told: readonly HostRoute[] = [];
    let there: readonly JsonObject[] = [];
    let looks = 0;
    const table = new HostTable(
      { setRoutes: (routes) => (told = routes) },
      { reached: () => {}, unsure: () => void looks++ },
    );
    const route = aRoute([{ revisionName: 'cart-00001', percent: 100 }]);
    there = [route];
    table.replace(there, settings);
    expect(told).toHaveLength(4);
    expect(table.reachOf(route)).toEqual({ status: 'True' });
    expect(looks).toBe(0);

    there = [];
    table.replace(there, settings);
    // whoever asks has the object still in its hands
    expect(table.reachOf(route)).toEqual({ status: 'True' });
    expect(looks).toBe(1);
    table.replace(there, settings);
    expect(told).toEqual([]);
  });

  it('is a domain that somebody mapped, as long as what it leads to is there', () => {
    let told: readonly HostRoute[] = [];
    const table = new HostTable({ setRoutes: (routes) => (told = routes) }, { reached: () => {}, unsure: () => {} });
    const route = aRoute([{ revisionName: 'cart-00001', percent: 100 }], 'http://cart.shop.svc.cluster.local');
    const hosts = (): string[] => told.map(({ host, isClusterLocal }) => `${host} ${isClusterLocal}`);
    const inside = ['cart.shop.svc.cluster.local true', 'cart.shop.svc true', 'cart.shop true'];
    table.mapDomain('shop/cart.example.com', 'cart.shop.svc.cluster.local');
    expect(hosts()).toEqual([]);
    table.replace([route], settings);
    expect(hosts()).toEqual([...inside, 'cart.example.com false']);
    expect(told.at(-1)?.splits).toEqual([{ revision: 'shop/cart-00001', percent: 100 }]);
    table.mapDomain('other/cart.shop', 'cart.shop.svc.cluster.local');
    expect(hosts()).toEqual([...inside, 'cart.example.com false']);
    table.mapDomain('shop/cart.example.com', undefined);
    expect(hosts()).toEqual(inside);
  });
});

function aPod(name: string, change: { status?: JsonObject; created?: string } = {}): JsonObject {
  const { status = {}, created = '2026-11-22T08:00:00Z' } = change;
  const annotations = { 'platform.weir.dev/port': '20001' };
  return { metadata: { name, uid: `uid-${name}`, namespace: 'shop', creationTimestamp: created, annotations }, status };
}

const READY: JsonObject = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };

describe('Pods', () => {
  it('go in the order in which a ReplicaSet takes them: on their way, not ready, then the youngest', () => {
    const views = [
      aPod('old', { status: READY, created: '2026-11-22T07:00:00Z' }),
      aPod('leaving', { status: READY, created: '2026-11-22T06:00:00Z' }),
      aPod('young', { status: READY, created: '2026-11-22T07:59:00Z' }),
      aPod('starting', { created: '2026-11-22T05:00:00Z' }),
    ].map((pod) => viewOf(pod));
    const order = inOrderOfLeaving(views, (uid) => uid === 'uid-leaving');
    expect(order.map(({ name }) => name)).toEqual(['leaving', 'starting', 'young', 'old']);
  });

  it('take requests when they are ready and have a port, by what runs them where it tells', () => {
    expect(instanceOf(viewOf(aPod('a', { status: READY })))).toEqual({ uid: 'uid-a', port: 20_001 });
    expect(instanceOf(viewOf(aPod('a')))).toBeUndefined();
    const state = {
      namespace: 'shop',
      name: 'a',
      uid: 'uid-a',
      labels: {},
      port: 30_000,
      isReady: true,
      isEnding: false,
    };
    expect(instanceOf(viewOf(aPod('a'), state))).toEqual({ uid: 'uid-a', port: 30_000 });
    expect(instanceOf(viewOf(aPod('a', { status: READY }), { ...state, isReady: false }))).toBeUndefined();
    // after a restart: at its port may listen another
    expect(instanceOf(viewOf(aPod('a', { status: READY }), 'none'))).toBeUndefined();
  });

  function containers(state: JsonObject, lastState: JsonObject = {}): JsonObject {
    return { phase: 'Pending', containerStatuses: [{ name: 'user-container', state, lastState }] };
  }

  it.each<[what: string, status: JsonObject, overdue: string | undefined, failure: object | undefined]>([
    ['starts', containers({ running: {} }), undefined, undefined],
    [
      'has no program',
      containers({ waiting: { reason: 'ContainerMissing', message: 'add a line' } }),
      undefined,
      { of: 'container', reason: 'ContainerMissing', message: 'add a line' },
    ],
    [
      'ended badly and starts again',
      containers({ waiting: { reason: 'CrashLoopBackOff' } }, { terminated: { exitCode: 3, message: 'no database' } }),
      undefined,
      { of: 'container', reason: 'ExitCode3', message: 'Container failed with: no database' },
    ],
    [
      'ended well, which a server should not',
      containers({ running: {} }, { terminated: { exitCode: 0 } }),
      undefined,
      { of: 'container', reason: 'ExitCode0', message: 'Container failed with: container exited with no error' },
    ],
    ['waits for a moment', containers({ waiting: { reason: 'ContainerCreating' } }), undefined, undefined],
    [
      'waits for too long',
      containers({ waiting: { reason: 'CreateContainerConfigError', message: 'no such ConfigMap' } }),
      '10m0s',
      { of: 'resources', reason: 'CreateContainerConfigError', message: 'no such ConfigMap' },
    ],
    [
      'is never ready',
      containers({ running: {} }),
      '10m0s',
      {
        of: 'resources',
        reason: 'ProgressDeadlineExceeded',
        message: 'No instance became ready within 10m0s.',
      },
    ],
  ])('one that %s', (_, status, overdue, failure) => {
    expect(failureOf([viewOf(aPod('a', { status }))], overdue)).toEqual(failure);
  });
});

describe('a Pod of a Revision', () => {
  const revision: JsonObject = {
    metadata: {
      name: 'cart-00001',
      namespace: 'shop',
      uid: 'r',
      labels: { 'serving.knative.dev/service': 'cart', 'serving.knative.dev/routingState': 'active' },
      annotations: { 'autoscaling.knative.dev/min-scale': '2', 'serving.knative.dev/routes': 'cart', team: 'shop' },
    },
    spec: {
      containerConcurrency: 10,
      timeoutSeconds: 20,
      responseStartTimeoutSeconds: 5,
      serviceAccountName: 'cart',
      containers: [
        {
          name: 'user-container',
          image: 'registry.example.com/shop/cart:1',
          ports: [{ containerPort: 9000 }],
          readinessProbe: { successThreshold: 1, tcpSocket: { port: 0 } },
          livenessProbe: { httpGet: { path: '/alive', port: 9001 } },
        },
      ],
    },
  };
  const pod = makePod(revision, { suffix: 'x2k9p', nodeName: 'weir' });

  it('is named and labelled as its Deployment would have it', () => {
    expect(pod.metadata).toMatchObject({
      name: 'cart-00001-deployment-x2k9p',
      labels: {
        app: 'cart-00001',
        'serving.knative.dev/revision': 'cart-00001',
        'serving.knative.dev/revisionUID': 'r',
      },
    });
    expect(objectAt(pod, 'metadata', 'labels')).not.toHaveProperty(['serving.knative.dev/routingState']);
    expect(objectAt(pod, 'metadata', 'annotations')).toEqual({
      team: 'shop',
      'kubectl.kubernetes.io/default-container': 'user-container',
    });
  });

  it('has the Revision’s spec without what is no Pod’s, and probes with a port', () => {
    expect(pod.spec).toEqual({
      nodeName: 'weir',
      serviceAccountName: 'cart',
      terminationGracePeriodSeconds: 20,
      containers: [
        {
          name: 'user-container',
          image: 'registry.example.com/shop/cart:1',
          ports: [{ name: 'user-port', containerPort: 9000, protocol: 'TCP' }],
          readinessProbe: { successThreshold: 1, tcpSocket: { port: 9000 } },
          livenessProbe: { httpGet: { path: '/alive', port: 9001 } },
          env: [
            { name: 'K_REVISION', value: 'cart-00001' },
            { name: 'K_CONFIGURATION', value: '' },
            { name: 'K_SERVICE', value: 'cart' },
          ],
          terminationMessagePolicy: 'FallbackToLogsOnError',
        },
      ],
    });
  });

  it.each([
    [{}, 'FallbackToLogsOnError'],
    [{ terminationMessagePolicy: '' }, 'FallbackToLogsOnError'],
    [{ terminationMessagePolicy: 'File' }, 'File'],
  ])('says at its end what it said last, unless its author will not have it: %j gives %s', (said, policy) => {
    const containers = [
      { image: 'cart', ports: [{ containerPort: 80 }], ...said },
      { image: 'beside', ...said },
    ];
    const made = makePod({ ...revision, spec: { containers } }, { suffix: 'a', nodeName: undefined });
    const policies = arrayAt(made, 'spec', 'containers').map((each) => stringAt(each, 'terminationMessagePolicy'));
    expect(policies).toEqual([policy, policy]);
  });

  it('listens at 8080 where the author named no port', () => {
    const plain = { ...revision, spec: { containers: [{ image: 'cart' }] } };
    const [container] = arrayAt(makePod(plain, { suffix: 'a', nodeName: undefined }), 'spec', 'containers');
    expect(arrayAt(container, 'ports')[0]).toEqual({ name: 'user-port', containerPort: 8080, protocol: 'TCP' });
    expect(stringAt(container, 'name')).toBe('user-container');
  });

  it('is what its way hangs on', () => {
    expect(revisionSettingsOf(revision)).toEqual({
      containerConcurrency: 10,
      timeoutSeconds: 20,
      responseStartTimeoutSeconds: 5,
      idleTimeoutSeconds: undefined,
      protocol: 'http1',
    });
  });
});

function anAutoscaler(name: string, status: JsonObject): JsonObject {
  return {
    metadata: {
      name,
      namespace: 'shop',
      uid: `pa-${name}`,
      ownerReferences: [{ controller: true, uid: `r-${name}`, kind: 'Revision', name }],
    },
    spec: { reachability: 'Reachable' },
    status,
  };
}

describe('after a restart', () => {
  it.each<[what: string, status: JsonObject, there: number, replicas: number]>([
    ['a new Revision has its initial scale', {}, 0, 1],
    ['one that was told its scale has it', { desiredScale: 3 }, 0, 3],
    ['one whose last Pods go has them still', { desiredScale: 0 }, 1, 1],
    ['one at zero has none', { desiredScale: 0 }, 0, 0],
    ['one that is not known to be decided has what is there', initialized(), 2, 2],
  ])('%s', (_, status, there, replicas) => {
    expect(firstReplicas(anAutoscaler('cart', status), there, settings)).toBe(replicas);
  });

  function initialized(): JsonObject {
    return { desiredScale: -1, conditions: [{ type: 'ScaleTargetInitialized', status: 'True' }] };
  }

  it('it is active since its condition says so', () => {
    const lastTransitionTime = '2026-11-22T07:59:30Z';
    const says = saysOf(
      anAutoscaler('cart', { conditions: [{ type: 'Active', status: 'True', lastTransitionTime }] }),
      settings,
    );
    expect(says).toMatchObject({ activity: 'active', activeChanged: NOW - 30_000, isInitialized: false });
    expect(says.progressDeadline).toBe(600_000);
  });
});

describe('a second of many Revisions', () => {
  function fleetOf(
    count: number,
    status: JsonObject,
    pods: (name: string) => JsonObject[],
  ): { fleet: Fleet; plane: FakePlane } {
    const plane = new FakePlane();
    const fleet = new Fleet({ plane, pods: undefined }, { changed: () => {}, misses: () => {}, woke: () => {} });
    for (let index = 0; index < count; index++) {
      const name = `cart-${index}`;
      const revision = { metadata: { name, namespace: 'shop', uid: `r-${name}` }, spec: {} };
      const seen = { revision, podAutoscaler: anAutoscaler(name, status), pods: pods(name), settings };
      fleet.see(`shop/${name}`, seen, NOW);
    }
    return { fleet, plane };
  }

  const conditions = [
    { type: 'Active', status: 'False', lastTransitionTime: '2026-11-22T06:00:00Z' },
    { type: 'ScaleTargetInitialized', status: 'True' },
  ];

  it('looks at none that is at zero', () => {
    const { fleet, plane } = fleetOf(1000, { desiredScale: 0, conditions }, () => []);
    expect(fleet.size).toBe(1000);
    expect(fleet.awake).toBe(0);
    fleet.tick(NOW + 2000);
    expect(plane.reports).toBe(0);
  });

  it('takes 1,000 under load in a time that grows with their number alone', () => {
    expectGrowsWithSize(1000, underLoad, ({ fleet }) => {
      for (let second = 1; second <= 10; second++) fleet.tick(NOW + second * 1000);
    });
    const { fleet, plane } = underLoad(1000);
    for (let second = 1; second <= 60; second++) fleet.tick(NOW + second * 1000);
    expect(plane.reports).toBe(60_000);
  });

  function underLoad(count: number): { fleet: Fleet; plane: FakePlane } {
    const of = fleetOf(
      count,
      { desiredScale: 1, conditions: [{ type: 'ScaleTargetInitialized', status: 'True' }] },
      (name) => [
        {
          ...aPod(`${name}-a`, { status: READY }),
          metadata: {
            name: `${name}-a`,
            namespace: 'shop',
            uid: `p-${name}`,
            annotations: { 'platform.weir.dev/port': '20001' },
            ownerReferences: [{ controller: true, uid: `r-${name}`, kind: 'Revision', name }],
          },
        },
      ],
    );
    for (let index = 0; index < count; index++) {
      of.plane.loads.set(`shop/cart-${index}`, { concurrency: 50, requests: 70 });
    }
    return of;
  }

  it('wakes one for a request, once a second is over no second time', () => {
    const { fleet, plane } = fleetOf(1, { desiredScale: 0, conditions }, () => []);
    fleet.poke('shop/cart-0', NOW + 500);
    expect(fleet.find('shop/cart-0')?.run.replicas).toBe(1);
    expect(fleet.awake).toBe(1);
    fleet.tick(NOW + 1000);
    fleet.tick(NOW + 1400);
    // once to begin anew, once for the second
    expect(plane.reports).toBe(2);
    fleet.poke('shop/nobody', NOW);
  });
});
