import { describe, expect, it } from '@jest/globals';
import { Unready } from '../../../../controllers/serving/instances/unserved.ts';
import { readSettings } from '../../../../controllers/serving/settings.ts';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';

const settings = readSettings([], 'localhost');
const HOST = 'crasher.default.localhost';
const metadata = { name: 'crasher', namespace: 'default', uid: 's' };
const owned = { ...metadata, uid: 'r', ownerReferences: [{ controller: true, uid: 's' }] };
const url = `http://${HOST}:8080`;

function ready(status: string, reason?: string, message?: string): JsonObject {
  return { conditions: [{ type: 'Ready', status, reason, message } as JsonObject] };
}

function unready({ routes = [], services = [] }: { routes?: JsonObject[]; services?: JsonObject[] }): Unready {
  const find = (all: JsonObject[]) => (namespace: string, name: string) =>
    all.find(({ metadata: of }) => {
      const { namespace: itsNamespace, name: itsName } = of as JsonObject;
      return itsNamespace === namespace && itsName === name;
    });
  return new Unready({ routes: () => routes, route: find(routes), service: find(services) });
}

describe('a host that leads nowhere', () => {
  const failed = ready('False', 'RevisionFailed', 'Revision "crasher-00001" failed:\n no database\n');
  const waits = 'ask again in a moment, or after: kubectl wait --for=condition=Ready -n default';

  it.each<[what: string, applied: Parameters<typeof unready>[0], isPending: boolean, why: string]>([
    [
      'a Service that failed',
      { services: [{ metadata, status: failed }], routes: [{ metadata: owned, status: { url, ...ready('Unknown') } }] },
      false,
      'Service default/crasher is not ready: RevisionFailed: Revision "crasher-00001" failed: no database\nMore: kubectl describe -n default ksvc/crasher',
    ],
    [
      'a Service whose Ready has the words of its Route',
      {
        services: [
          {
            metadata,
            status: {
              conditions: [
                { type: 'ConfigurationsReady', status: 'False', reason: 'RevisionFailed', message: 'no database' },
                { type: 'Ready', status: 'False', reason: 'RevisionMissing', message: 'no ready Revision' },
              ],
            },
          },
        ],
      },
      false,
      'Service default/crasher is not ready: RevisionFailed: no database\nMore: kubectl describe -n default ksvc/crasher',
    ],
    [
      'a Service that has no status yet',
      { services: [{ metadata }] },
      true,
      `Service default/crasher is not ready yet; ${waits} ksvc/crasher`,
    ],
    [
      'a Service on its way',
      { services: [{ metadata, status: ready('Unknown', 'RevisionMissing', '') }], routes: [{ metadata: owned }] },
      true,
      `Service default/crasher is not ready yet (RevisionMissing); ${waits} ksvc/crasher`,
    ],
    [
      'one that is ready, and of which the Plane hears in a moment',
      { services: [{ metadata, status: ready('True') }] },
      true,
      `Service default/crasher is not ready yet; ${waits} ksvc/crasher`,
    ],
    [
      'a Route of its own',
      { routes: [{ metadata, status: { url, ...ready('False', 'RevisionMissing', 'No.') } }] },
      false,
      'Route default/crasher is not ready: RevisionMissing: No.\nMore: kubectl describe -n default route/crasher',
    ],
    [
      'a Route beside a Service of its name that does not own it',
      { services: [{ metadata, status: failed }], routes: [{ metadata, status: { url } }] },
      true,
      `Route default/crasher is not ready yet; ${waits} route/crasher`,
    ],
  ])('is told of %s', (_, applied, isPending, why) => {
    expect(unready(applied).why(HOST, settings)).toEqual({ isPending, why });
  });

  it('is found by the status, whatever the name is made of', () => {
    const traffic = [{ tag: 'next', url: 'http://next-cart.shop.example.com' }];
    const routes = [{ metadata: { name: 'cart', namespace: 'shop' }, status: { traffic } }];
    expect(unready({ routes }).why('next-cart.shop.example.com', settings)?.why).toMatch(/^Route shop\/cart/);
  });

  const local = { 'networking.knative.dev/visibility': 'cluster-local' };
  it.each<[what: string, host: string, applied: Parameters<typeof unready>[0]]>([
    ['nothing applied', HOST, {}],
    ['another domain', 'crasher.default.example.com', { services: [{ metadata }] }],
    ['another namespace', 'crasher.shop.localhost', { services: [{ metadata }] }],
    ['one that is cluster-local', HOST, { services: [{ metadata: { ...metadata, labels: local } }] }],
    [
      'a host of the cluster',
      'crasher.default.svc.cluster.local',
      { routes: [{ metadata, status: { url: 'http://crasher.default.svc.cluster.local' } }] },
    ],
    ['one that goes', HOST, { services: [{ metadata: { ...metadata, deletionTimestamp: '2026-11-22T08:00:00Z' } }] }],
    ['what has any shape', HOST, { routes: [{ metadata, status: { url: 7, traffic: [null, { url: 'no url' }] } }] }],
  ])('stays unknown with %s', (what, host, applied) => {
    const { why } = unready(applied).why(host, settings) ?? {};
    if (what === 'what has any shape') expect(why).toMatch(/^Route default\/crasher is not ready yet/);
    else expect(why).toBeUndefined();
  });
});
