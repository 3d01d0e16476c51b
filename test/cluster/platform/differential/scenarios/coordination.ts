/** Events and Leases: what controllers write most. */
import type { JsonValue } from '../../../../../src/kubernetes/json.ts';
import {
  APPLY,
  cells,
  get,
  MERGE,
  namesOrStatus,
  patch,
  post,
  put,
  remove,
  type Scenario,
  STRATEGIC,
} from '../scenario.ts';

const EVENTS = '/api/v1/namespaces/:ns/events';
const NEW_EVENTS = '/apis/events.k8s.io/v1/namespaces/:ns/events';
const LEASES = '/apis/coordination.k8s.io/v1/namespaces/:ns/leases';
const TABLE = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };
const MOMENT = '2026-01-02T03:04:05Z';
const APART =
  'Events of the core group and of events.k8s.io are stored apart, and neither group shows those of the other';
const PRECISE = '2026-01-02T03:04:05.678901Z';

function event(name: string, more: object = {}): JsonValue {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name },
    involvedObject: { apiVersion: 'v1', kind: 'ConfigMap', name: 'one', namespace: ':ns', uid: 'u' },
    reason: 'Told',
    message: 'a story was told',
    type: 'Normal',
    source: { component: 'story' },
    firstTimestamp: MOMENT,
    lastTimestamp: MOMENT,
    count: 1,
    ...more,
  };
}

function newEvent(name: string, more: object = {}): JsonValue {
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name },
    regarding: { apiVersion: 'v1', kind: 'ConfigMap', name: 'one', namespace: ':ns' },
    reason: 'Told',
    note: 'a story was told',
    type: 'Normal',
    action: 'Tell',
    eventTime: PRECISE,
    reportingController: 'weir.dev/story',
    reportingInstance: 'story-1',
    ...more,
  };
}

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
    name: 'events',
    steps: [
      post(EVENTS, event('one')),
      post(
        EVENTS,
        event('two', {
          type: 'Warning',
          reason: 'Failed',
          involvedObject: { kind: 'Pod', name: 'web', namespace: ':ns' },
        }),
      ),
      patch(`${EVENTS}/one`, STRATEGIC, { count: 2, lastTimestamp: '2026-01-02T03:04:06Z' }),
      put(`${EVENTS}/one`, event('one', { count: 3 })),
      put(`${EVENTS}/three`, event('three')),
      ...[
        'involvedObject.name=one',
        'involvedObject.kind=Pod',
        'involvedObject.uid=u',
        'type=Warning',
        'reason!=Told',
        'source=story',
        'reportingComponent=x',
        'count=1',
      ].map((selector) => get(`${EVENTS}?fieldSelector=${selector}`, { only: namesOrStatus })),
      get(`${EVENTS}?fieldSelector=involvedObject.name%3Done`, { headers: TABLE, only: cells }),
      post(EVENTS, event('astray', { involvedObject: { kind: 'ConfigMap', name: 'one', namespace: 'elsewhere' } })),
      post(EVENTS, event('astray', { involvedObject: {} })),
      remove(`${EVENTS}?fieldSelector=type%3DWarning`, undefined, { only: namesOrStatus }),
      get(EVENTS, { only: namesOrStatus }),
    ],
  },
  {
    name: 'events of events.k8s.io',
    steps: [
      post(NEW_EVENTS, newEvent('one')),
      post(NEW_EVENTS, newEvent('two', { reportingController: undefined })),
      post(NEW_EVENTS, newEvent('two', { type: 'Strange' })),
      post(NEW_EVENTS, newEvent('two', { eventTime: undefined })),
      patch(`${NEW_EVENTS}/one`, MERGE, { series: { count: 2, lastObservedTime: PRECISE } }),
      patch(`${NEW_EVENTS}/one`, MERGE, { note: 'another' }),
      get(`${NEW_EVENTS}?fieldSelector=regarding.name%3Done`, { only: namesOrStatus }),
      get(`${EVENTS}/one`, { differs: APART }),
    ],
  },
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
