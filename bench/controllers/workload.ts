/** The objects of the bench, as requests that make them. */
import type { JsonObject } from '../../src/kubernetes/json.ts';
import type { Call } from '../apiserver/load.ts';
import { type Sizes, ZONES } from './sizes.ts';

/** When every window begins, whatever its zone: a Wednesday. The controllers' clock stands an hour before at first. */
export const TRANSITION = new Date('2026-06-17T09:00:00Z');
/** What each window holds. */
export const HELD = 4;

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;
const IMAGE = `registry.example.com/shop/cart:1.4.2@${DIGEST}`;
/** One in so many objects that are audited breaks a rule. */
const ONE_IN = 10;

export function namespaceOf(index: number, { namespaces }: Sizes): string {
  return `shop-${index % namespaces}`;
}

export function namespaces(sizes: Sizes): Call[] {
  return times(sizes.namespaces, (index) => ({
    method: 'POST',
    path: '/api/v1/namespaces',
    body: JSON.stringify({
      metadata: { name: namespaceOf(index, sizes), labels: { 'weir.dev/environment': 'prod' } },
    }),
  }));
}

export function services(sizes: Sizes): Call[] {
  return times(sizes.services, (index) => {
    const probe = { httpGet: { path: '/health' } };
    const probes = { readinessProbe: probe, ...(isWrong(index) ? {} : { livenessProbe: probe }) };
    const containers = [{ image: IMAGE, ...probes }];
    const template = { metadata: { annotations: { 'autoscaling.knative.dev/max-scale': '20' } }, spec: { containers } };
    return create('serving.knative.dev/v1', 'Service', 'services', index, sizes, { spec: { template } });
  });
}

/** As Knative makes them: active by their Route, and ready, which `readyRevisions` says after they are there. */
export function revisions(sizes: Sizes): Call[] {
  return times(sizes.services, (index) =>
    create('serving.knative.dev/v1', 'Revision', 'revisions', index, sizes, {
      labels: {
        'serving.knative.dev/service': `cart-${index}`,
        'serving.knative.dev/configuration': `cart-${index}`,
        'serving.knative.dev/routingState': 'active',
      },
      annotations: { 'autoscaling.knative.dev/max-scale': '20', 'autoscaling.knative.dev/min-scale': '2' },
      spec: { containers: [{ image: IMAGE }] },
    }),
  );
}

export function readyRevisions(sizes: Sizes): Call[] {
  return times(sizes.services, (index) => ({
    method: 'PATCH',
    path: `/apis/serving.knative.dev/v1/namespaces/${namespaceOf(index, sizes)}/revisions/cart-${index}/status`,
    contentType: 'application/merge-patch+json',
    body: JSON.stringify({ status: { conditions: [{ type: 'Ready', status: 'True' }] } }),
  }));
}

export function podAutoscalers(sizes: Sizes): Call[] {
  return times(sizes.services, (index) =>
    create('autoscaling.internal.knative.dev/v1alpha1', 'PodAutoscaler', 'podautoscalers', index, sizes, {
      annotations: { 'autoscaling.knative.dev/max-scale': '20', 'autoscaling.knative.dev/min-scale': '2' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: `cart-${index}-deployment` },
        protocolType: 'http1',
      },
    }),
  );
}

/** Each in a zone of its own, all beginning at the one moment. */
export function schedules(sizes: Sizes): Call[] {
  return times(sizes.services, (index) => {
    const timeZone = ZONES[index % ZONES.length] ?? 'UTC';
    const windows = [{ name: 'day', start: cronAt(TRANSITION, timeZone), duration: '8h', minScale: HELD }];
    const scaleTargetRef = { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: `cart-${index}` };
    return create('weir.dev/v1alpha1', 'ScalingSchedule', 'scalingschedules', index, sizes, {
      spec: { scaleTargetRef, timeZone, windows, default: { minScale: 2 } },
    });
  });
}

/** `30 14 * * *`: the moment by the zone's clock. */
function cronAt(moment: Date, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const [hour = '', minute = ''] = format.format(moment).split(':');
  return `${Number(minute)} ${Number(hour)} * * *`;
}

function isWrong(index: number): boolean {
  return index % ONE_IN === 0;
}

/** What an audit judges beside Services. */
export function others(sizes: Sizes): Call[] {
  const kinds: readonly ((index: number) => Call)[] = [
    (index) =>
      create('eventing.knative.dev/v1', 'Trigger', 'triggers', index, sizes, {
        spec: {
          broker: 'default',
          filter: { attributes: { type: 'order.created.v1' } },
          subscriber: { ref: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: nameSeen(index) } },
        },
      }),
    (index) =>
      create('sources.knative.dev/v1', 'PingSource', 'pingsources', index, sizes, {
        spec: {
          schedule: '*/5 * * * *',
          sink: { ref: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: nameSeen(index) } },
        },
      }),
    (index) =>
      create('networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies', index, sizes, {
        spec: {
          podSelector: { matchLabels: { 'serving.knative.dev/service': `cart-${index}` } },
          ingress: [{ from: [{ namespaceSelector: { matchLabels: { shop: 'x' } } }] }],
        },
      }),
    (index) =>
      create('rbac.authorization.k8s.io/v1', 'Role', 'roles', index, sizes, {
        rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: isWrong(index) ? ['*'] : ['get', 'list'] }],
      }),
  ];
  return [
    ...times(sizes.namespaces, (index) => aBroker(index, sizes)),
    ...kinds.flatMap((kind) => times(sizes.others, kind)),
  ];
}

/** The namespace's own, to which its Triggers listen. */
function aBroker(index: number, sizes: Sizes): Call {
  const deadLetterSink = { ref: { apiVersion: 'v1', kind: 'Service', name: 'letters' } };
  return {
    method: 'POST',
    path: `/apis/eventing.knative.dev/v1/namespaces/${namespaceOf(index, sizes)}/brokers`,
    body: JSON.stringify({
      apiVersion: 'eventing.knative.dev/v1',
      kind: 'Broker',
      metadata: { name: 'default' },
      spec: { delivery: { deadLetterSink, retry: 5 } },
    }),
  };
}

/** A Service of the namespace, or one that is not there. */
function nameSeen(index: number): string {
  return isWrong(index) ? 'gone' : `cart-${index}`;
}

interface Content {
  readonly labels?: JsonObject;
  readonly annotations?: JsonObject;
  readonly spec?: JsonObject;
  readonly rules?: readonly JsonObject[];
}

function create(
  apiVersion: string,
  kind: string,
  plural: string,
  index: number,
  sizes: Sizes,
  { labels = {}, annotations = {}, ...content }: Content,
): Call {
  const metadata = { name: `cart-${index}`, labels, annotations };
  return {
    method: 'POST',
    path: `/apis/${apiVersion}/namespaces/${namespaceOf(index, sizes)}/${plural}`,
    body: JSON.stringify({ apiVersion, kind, metadata, ...content }),
  };
}

function times(count: number, make: (index: number) => Call): Call[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
