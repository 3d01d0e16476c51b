/** Events, which core and events.k8s.io serve by other names. */
import type { JsonValue } from '../../../../../src/kubernetes/json.ts';
import {
  APPLY,
  cells,
  get,
  JSON_PATCH,
  MERGE,
  namesOrStatus,
  patch,
  post,
  put,
  remove,
  type Scenario,
  STRATEGIC,
} from '../scenario.ts';

export const EVENTS = '/api/v1/namespaces/:ns/events';
export const NEW_EVENTS = '/apis/events.k8s.io/v1/namespaces/:ns/events';
const TABLE = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };
const METADATA = { accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1' };
const METADATA_LIST = { accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1' };
const MOMENT = '2026-01-02T03:04:05Z';
const PRECISE = '2026-01-02T03:04:05.678901Z';
const LATER = '2026-01-02T03:04:06.000001Z';

export function event(name: string, more: object = {}): JsonValue {
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

export function newEvent(name: string, more: object = {}): JsonValue {
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

/** What an event on another object adds. */
const POD = { kind: 'Pod', name: 'web', namespace: ':ns', fieldPath: 'spec.containers{web}' };

const OLD_FIELDS = [
  'involvedObject.name=one',
  'involvedObject.fieldPath=spec.containers%7Bweb%7D',
  'involvedObject.apiVersion!=v1',
  'reportingComponent=weir.dev/story',
  'source=story',
  'source=weir.dev/story',
  'reason=Told,type=Normal',
  'regarding.name=one',
  'reportingController=weir.dev/story',
];
const NEW_FIELDS = [
  'regarding.name=one',
  'regarding.kind=Pod,metadata.name!=old',
  'regarding.fieldPath=spec.containers%7Bweb%7D',
  'regarding.apiVersion!=v1',
  'regarding.resourceVersion=',
  'reportingController=weir.dev/story',
  'reportingController=',
  'involvedObject.name=one',
  'reportingComponent=x',
  'source=story',
  'note=x',
];

export const events: readonly Scenario[] = [
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
      get(`${EVENTS}/one`),
    ],
  },
  {
    name: 'events in both groups',
    steps: [
      post(NEW_EVENTS, newEvent('new')),
      post(EVENTS, event('old', { involvedObject: POD, source: { component: 'story', host: 'here' } })),
      post(
        NEW_EVENTS,
        newEvent('series', { series: { count: 3, lastObservedTime: LATER }, regarding: POD, related: POD }),
      ),
      post(
        EVENTS,
        event('precise', { eventTime: PRECISE, action: 'Tell', reportingComponent: 'a', reportingInstance: 'b' }),
      ),
      ...[EVENTS, NEW_EVENTS].flatMap((path) => [
        get(path),
        get(path, { headers: TABLE, only: cells }),
        get(`${path}?includeObject=Object`, { headers: TABLE }),
        get(path, { headers: METADATA_LIST }),
        ...['new', 'old', 'series', 'precise'].map((name) => get(`${path}/${name}`)),
        get(`${path}/new`, { headers: METADATA }),
        get(`${path}?watch=true&timeoutSeconds=1&fieldSelector=metadata.name%3Dnew`),
      ]),
      ...OLD_FIELDS.map((selector) => get(`${EVENTS}?fieldSelector=${selector}`, { only: namesOrStatus })),
      ...NEW_FIELDS.map((selector) => get(`${NEW_EVENTS}?fieldSelector=${selector}`, { only: namesOrStatus })),
      get(`${NEW_EVENTS}?limit=2`),
      remove(`${NEW_EVENTS}/new`),
      remove(`${EVENTS}/series`),
      get(`${NEW_EVENTS}/series`),
      remove(`${NEW_EVENTS}?fieldSelector=regarding.name%3Dweb`),
      get(EVENTS, { only: namesOrStatus }),
    ],
  },
  {
    name: 'events that are written by both groups',
    steps: [
      post(NEW_EVENTS, newEvent('one')),
      patch(`${EVENTS}/one`, STRATEGIC, { count: 2, lastTimestamp: MOMENT, message: 'told again' }),
      patch(`${NEW_EVENTS}/one`, STRATEGIC, { note: 'told by another name' }),
      patch(`${NEW_EVENTS}/one`, MERGE, { metadata: { labels: { seen: 'yes' } } }),
      patch(`${NEW_EVENTS}/one`, JSON_PATCH, [{ op: 'replace', path: '/note', value: 'x' }]),
      patch(`${EVENTS}/one`, JSON_PATCH, [{ op: 'test', path: '/message', value: 'told again' }]),
      patch(`${EVENTS}/one`, MERGE, { note: 'nobody knows this' }),
      get(`${NEW_EVENTS}/one`),
      put(`${NEW_EVENTS}/one`, newEvent('one')),
      put(`${EVENTS}/one`, event('one', { involvedObject: POD })),
      put(`${NEW_EVENTS}/one`, newEvent('one')),
      post(EVENTS, newEvent('two')),
      post(NEW_EVENTS, event('two')),
      post(NEW_EVENTS, newEvent('two', { deprecatedCount: 1, deprecatedSource: { component: 'a' } })),
      post(NEW_EVENTS, newEvent('two', { deprecatedFirstTimestamp: MOMENT, deprecatedLastTimestamp: MOMENT })),
      post(EVENTS, event('two', { eventTime: PRECISE })),
      post(EVENTS, event('one')),
      post(NEW_EVENTS, newEvent('one')),
      put(`${NEW_EVENTS}/made`, newEvent('made')),
      patch(`${NEW_EVENTS}/made`, MERGE, { series: { count: 1 } }),
      patch(`${NEW_EVENTS}/made`, MERGE, { series: { count: 2, lastObservedTime: LATER } }),
      patch(`${EVENTS}/made`, MERGE, { series: { count: 1, lastObservedTime: LATER } }),
      patch(`${NEW_EVENTS}/made`, MERGE, { series: null }),
      patch(`${NEW_EVENTS}/made?dryRun=All`, MERGE, { metadata: { annotations: { a: 'b' } } }),
      remove(`${NEW_EVENTS}/made?dryRun=All`),
      get(`${EVENTS}?watch=true&resourceVersion=$rv(0)&timeoutSeconds=1&fieldSelector=metadata.name%3Done`),
      get(`${NEW_EVENTS}?watch=true&resourceVersion=$rv(0)&timeoutSeconds=1&fieldSelector=regarding.name%3Done`),
    ],
  },
  {
    name: 'who owns the fields of events',
    steps: [
      patch(`${NEW_EVENTS}/one?fieldManager=new`, APPLY, newEvent('one')),
      patch(`${EVENTS}/one?fieldManager=old`, APPLY, event('one', { involvedObject: undefined, eventTime: PRECISE })),
      patch(`${EVENTS}/one?fieldManager=old&force=true`, APPLY, event('one', { involvedObject: undefined, count: 5 })),
      get(`${NEW_EVENTS}/one`),
      // of what the new one applies no more, only what nobody else owns goes
      patch(
        `${EVENTS}/one?fieldManager=third`,
        APPLY,
        applied('v1', { metadata: { name: 'one', labels: { a: 'b' } } }),
      ),
      patch(
        `${EVENTS}/one?fieldManager=third`,
        APPLY,
        applied('v1', { metadata: { name: 'one', labels: { c: 'd' } } }),
      ),
      patch(
        `${NEW_EVENTS}/one?fieldManager=third`,
        APPLY,
        applied('events.k8s.io/v1', { metadata: { name: 'one', labels: { e: 'f' } } }),
      ),
      patch(`${EVENTS}/one?fieldManager=story`, MERGE, { message: 'another', source: { host: 'there' } }),
      patch(`${NEW_EVENTS}/one?fieldManager=story`, MERGE, { series: { count: 4, lastObservedTime: LATER } }),
      get(`${EVENTS}/one`),
      post(EVENTS, event('two')),
      patch(
        `${NEW_EVENTS}/two?fieldManager=new`,
        APPLY,
        applied('events.k8s.io/v1', { metadata: { name: 'two' }, note: 'a' }),
      ),
      patch(`${EVENTS}/two?fieldManager=old`, APPLY, applied('v1', { metadata: { name: 'two' }, message: 'b' })),
      patch(
        `${EVENTS}/two?fieldManager=old&force=true`,
        APPLY,
        applied('v1', { metadata: { name: 'two' }, message: 'b' }),
      ),
      put(`${EVENTS}/two`, event('two', { message: 'c', source: undefined })),
      get(`${NEW_EVENTS}/two`),
    ],
  },
];

function applied(apiVersion: string, more: object): JsonValue {
  return { apiVersion, kind: 'Event', ...more };
}
