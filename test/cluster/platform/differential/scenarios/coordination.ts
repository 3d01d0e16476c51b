/** Leases. */
import type { JsonValue } from '../../../../../src/kubernetes/json.ts';
import { APPLY, cells, get, MERGE, patch, post, put, type Scenario } from '../scenario.ts';

const LEASES = '/apis/coordination.k8s.io/v1/namespaces/:ns/leases';
const TABLE = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };
const MOMENT = '2026-01-02T03:04:05Z';
const PRECISE = '2026-01-02T03:04:05.678901Z';

function lease(name: string, spec: object, metadata: object = {}): JsonValue {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name, ...metadata },
    spec: { ...spec },
  };
}

export const coordination: readonly Scenario[] = [
  {
    name: 'leases',
    steps: [
      put(`${LEASES}/one`, lease('one', { holderIdentity: 'a', leaseDurationSeconds: 15 })),
      post(
        LEASES,
        lease('two', {
          holderIdentity: 'a',
          leaseDurationSeconds: 15,
          acquireTime: PRECISE,
          renewTime: PRECISE,
          leaseTransitions: 0,
        }),
      ),
      put(`${LEASES}/two`, lease('two', { holderIdentity: 'b', leaseTransitions: 1 }, { resourceVersion: '$rv(1)' })),
      put(`${LEASES}/two`, lease('two', { holderIdentity: 'c', leaseTransitions: 2 }, { resourceVersion: '$rv(1)' })),
      patch(`${LEASES}/two`, MERGE, { spec: { renewTime: MOMENT } }),
      patch(`${LEASES}/two`, MERGE, { spec: { renewTime: 'now' } }),
      patch(`${LEASES}/two?fieldManager=a`, APPLY, lease('two', { holderIdentity: 'd' })),
      patch(`${LEASES}/two?fieldManager=a&force=true`, APPLY, lease('two', { holderIdentity: 'd' })),
      post(LEASES, lease('three', { leaseDurationSeconds: 0 })),
      post(LEASES, lease('three', { leaseTransitions: -1 })),
      post(LEASES, lease('three', { holderIdentity: '' })),
      get(LEASES, { headers: TABLE, only: cells }),
      get(`${LEASES}/two`),
    ],
  },
];
