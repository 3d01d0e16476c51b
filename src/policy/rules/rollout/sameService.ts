import { trafficRollout } from '../../../kubernetes/kinds.ts';
import { nameOf } from '../../../kubernetes/object.ts';
import { defineRule } from '../../engine/rule.ts';
import { rolloutOf } from './read.ts';

export const rolloutSameService = defineRule({
  id: 'rollout/same-service',
  title: 'a Service has one rollout at most',
  why: 'Two rollouts write the same traffic: what the one promotes the other takes back.',
  howToFix: 'Keep one TrafficRollout for each Service.',
  kinds: [trafficRollout],
  action: 'deny',
  needsOthers: true,
  examples: {
    bad: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: api-service}
spec:
  template:
    spec:
      containers: [{image: registry.example.com/shop/api:1.4.2}]
---
apiVersion: weir.dev/v1alpha1
kind: TrafficRollout
metadata: {name: api-service}
spec:
  serviceRef: {name: api-service}
  strategy:
    canary:
      steps: [{percent: 10, pause: 5m}, {percent: 50, pause: 5m}]
---
apiVersion: weir.dev/v1alpha1
kind: TrafficRollout
metadata: {name: api-canary}
spec:
  serviceRef: {name: api-service}
  strategy:
    canary:
      steps: [{percent: 10, pause: 5m}, {percent: 50, pause: 5m}]
`,
    good: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: api-service}
spec:
  template:
    spec:
      containers: [{image: registry.example.com/shop/api:1.4.2}]
---
apiVersion: weir.dev/v1alpha1
kind: TrafficRollout
metadata: {name: api-service}
spec:
  serviceRef: {name: api-service}
  strategy:
    canary:
      steps: [{percent: 10, pause: 5m}, {percent: 50, pause: 5m}]
`,
  },

  judge({ object, reference }, { inventory }) {
    const rollout = rolloutOf(object);
    if (rollout === undefined) return [];
    const { namespace, service } = rollout;
    const others = inventory
      .inNamespace(trafficRollout, namespace)
      .filter((other) => other !== object && nameOf(other) !== reference.name && rolloutOf(other)?.service === service)
      .map(nameOf);
    if (others.length === 0) return [];
    const message = `Service ${service} has a rollout already: ${others.sort().join(', ')}; keep one of them`;
    return [{ path: '/spec/serviceRef/name', message }];
  },
});
