import { parseDuration } from '../../../knative/duration.ts';
import { type JsonObject, objectAt, stringAt } from '../../../kubernetes/json.ts';
import { configuration, knativeService, route } from '../../../kubernetes/kinds.ts';
import { pointer } from '../../../kubernetes/pointer.ts';
import { defineRule, type Rule, type Violation } from '../../engine/rule.ts';
import { boundRule } from '../boundRule.ts';

/** Knative's own spelling first: the first that is there counts (knative/serving pkg/apis/serving/register.go). */
export const ROLLOUT_DURATION = [
  'serving.knative.dev/rollout-duration',
  'serving.knative.dev/rolloutDuration',
] as const;

/** Within bounds. No annotation means config-network's `rollout-duration`, which Weir does not see: nothing is said. */
export const rolloutDuration: Rule = boundRule<string, bigint>({
  id: 'serving/rollout-duration',
  title: 'rollout-duration stays within the bounds of the environment',
  why: 'The rollout duration is how long a new Revision is watched while it takes over: too short and nobody sees the errors, too long and two versions run for hours.',
  howToFix:
    'Set `serving.knative.dev/rollout-duration` on the metadata of the Service within the bounds that the message names.',
  kinds: [knativeService, route],
  action: 'warn',
  examples: {
    bad: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: cart
  annotations: {serving.knative.dev/rollout-duration: 24h}
spec:
  template:
    spec:
      containers:
      - image: registry.example.com/shop/cart:1.4.2
`,
    good: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: cart
  annotations: {serving.knative.dev/rollout-duration: 10m}
spec:
  template:
    spec:
      containers:
      - image: registry.example.com/shop/cart:1.4.2
`,
  },
  label: 'rollout-duration',
  bounds: ({ policy }) => policy.serving?.rolloutDuration,
  parse: nanoseconds,
  read({ object }) {
    const annotations = objectAt(object, 'metadata', 'annotations');
    const key = rolloutKey(annotations);
    return key === undefined ? undefined : nanoseconds(stringAt(annotations, key) ?? '');
  },
  tell({ object }) {
    const annotations = objectAt(object, 'metadata', 'annotations');
    const key = rolloutKey(annotations);
    return key === undefined ? undefined : { text: stringAt(annotations, key) ?? '', path: pathOf(key) };
  },
  fix({ object }, _, bound) {
    const key = rolloutKey(objectAt(object, 'metadata', 'annotations'));
    return key === undefined ? undefined : [{ set: pathOf(key), value: bound }];
  },
});

/** On the template the annotation ends at the Revision, where nothing reads it. */
export const misplacedRolloutDuration = defineRule({
  id: 'serving/misplaced-rollout-duration',
  title: 'rollout-duration stands on the Service itself',
  why: 'On the template Knative copies the annotation to the Revision, where nothing reads it: traffic moves at once, and nobody is told.',
  howToFix: 'Move `serving.knative.dev/rollout-duration` from the template to `metadata.annotations` of the Service.',
  kinds: [knativeService, configuration],
  action: 'warn',
  examples: {
    bad: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template:
    metadata:
      annotations: {serving.knative.dev/rollout-duration: 10m}
    spec:
      containers:
      - image: registry.example.com/shop/cart:1.4.2
`,
    good: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: cart
  annotations: {serving.knative.dev/rollout-duration: 10m}
spec:
  template:
    spec:
      containers:
      - image: registry.example.com/shop/cart:1.4.2
`,
  },

  judge(subject) {
    const { template } = subject;
    const key = rolloutKey(template?.annotations);
    if (template === undefined || key === undefined) return [];

    const value = stringAt(template.annotations, key) ?? '';
    const path = `${template.annotationsPath}${pointer(key)}`;
    const isOnService = rolloutKey(objectAt(subject.object, 'metadata', 'annotations')) !== undefined;
    const isService = subject.key === knativeService.key;
    const violation: Violation = {
      path,
      message: `${key} means nothing on the template; Knative reads it from metadata.annotations of the ${isService ? 'Service' : 'Route'}`,
      fix: isService && !isOnService ? [{ remove: path }, { set: pathOf(key), value }] : [{ remove: path }],
    };
    return [violation];
  },
});

function rolloutKey(annotations: JsonObject | undefined): string | undefined {
  return ROLLOUT_DURATION.find((key) => stringAt(annotations, key) !== undefined);
}

function pathOf(key: string): string {
  return pointer('metadata', 'annotations', key);
}

function nanoseconds(text: string): bigint | undefined {
  const parsed = parseDuration(text);
  return parsed.ok ? parsed.value : undefined;
}
