import { stringAt } from '../../../kubernetes/json.ts';
import { knativeService, trafficRollout } from '../../../kubernetes/kinds.ts';
import { titleOf } from '../../../kubernetes/object.ts';
import { pointer } from '../../../kubernetes/pointer.ts';
import { defineRule } from '../../engine/rule.ts';
import { rolloutsFor } from '../rollout/read.ts';

/** `required` on a Service that needs a TrafficRollout where the policy asks for labelled ones. */
export const PROGRESSIVE_LABEL = 'weir.dev/progressive';

export const progressive = defineRule({
  id: 'serving/progressive',
  title: 'a new Revision gets its traffic step by step where the environment demands it',
  why: 'Without a TrafficRollout a new Revision has all of the traffic once it is Ready: whoever calls then meets its mistakes.',
  howToFix:
    'Write a TrafficRollout whose `serviceRef` names the Service; `weir rollout plan FILE` shows what it will do.',
  kinds: [knativeService],
  action: 'deny',
  needsOthers: true,
  examples: {
    bad: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: api-service, labels: {weir.dev/progressive: required}}
spec:
  template:
    spec:
      containers: [{image: registry.example.com/shop/api:1.4.2}]
`,
    good: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: api-service, labels: {weir.dev/progressive: required}}
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

  judge({ object, reference }, { policy, inventory }) {
    const required = policy.serving?.progressive?.required;
    if (required === undefined || !inventory.knows(trafficRollout) || inventory.isBehind?.(trafficRollout) === true)
      return [];
    const isLabelled = stringAt(object, 'metadata', 'labels', PROGRESSIVE_LABEL) === 'required';
    if ((required === 'labelled' && !isLabelled) || rolloutsFor(object, inventory).length > 0) return [];
    const why = required === 'all' ? '' : `, since its label ${PROGRESSIVE_LABEL} says required`;
    const message = `no TrafficRollout is for ${titleOf(reference)}, and ${policy.name} demands one${why}`;
    return [{ path: isLabelled ? pointer('metadata', 'labels', PROGRESSIVE_LABEL) : '/metadata/name', message }];
  },
});
