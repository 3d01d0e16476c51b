import {
  broker,
  parallel,
  route,
  scaledJob,
  scaledObject,
  sequence,
  subscription,
  trigger,
} from '../../../kubernetes/kinds.ts';
import { filledKinds } from '../../defaults/filledKinds.ts';
import { defineRule } from '../../engine/rule.ts';

/**
 * A value of the policy's that is not there. The mutating webhook fills it in and may fail (`failurePolicy: Ignore`);
 * the validating one never fills in, and finds what would have been. Found in webhooks/review, not by the engine.
 */
export const defaultsNotApplied = defineRule({
  id: 'defaults/not-applied',
  title: 'what the policy fills in has been filled in',
  why: "An object without the environment's values runs as no policy decided: without requests, without a bound for its pods. It gets this far when Weir's mutating webhook did not answer in time, or is not installed.",
  howToFix:
    "Apply it again. Where it happens each time, look at Weir's mutating webhook configuration (defaults.weir.dev) and its pods; an object that says a Knative object owns it is left to Knative, so take such an ownerReference out.",
  kinds: [...filledKinds, route, broker, trigger, subscription, sequence, parallel, scaledObject, scaledJob],
  action: 'deny',
  judgedAt: 'change',
  examples: {
    bad: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {template: {spec: {containers: [{image: registry.example.com/shop/cart:1.4.2}]}}}
`,
    good: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart, namespace: shop}
spec:
  template:
    metadata:
      annotations:
        autoscaling.knative.dev/min-scale: "2"
        autoscaling.knative.dev/max-scale: "20"
        autoscaling.knative.dev/target: "100"
        autoscaling.knative.dev/scale-down-delay: 60s
    spec:
      imagePullSecrets: [{name: regcred}]
      containers:
      - image: registry.example.com/shop/cart:1.4.2
        resources: {requests: {cpu: 200m, memory: 512Mi}, limits: {cpu: "2", memory: 2Gi}}
        securityContext:
          runAsNonRoot: true
          allowPrivilegeEscalation: false
          capabilities: {drop: [ALL]}
          seccompProfile: {type: RuntimeDefault}
`,
  },
  judge: () => [],
});
