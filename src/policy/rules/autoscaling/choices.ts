/** Autoscaler class and metric among those that the environment allows. */
import { type AnnotationKeys, CLASS, METRIC } from '../../../knative/autoscaling/annotations.ts';
import type { Edit } from '../../engine/edit.ts';
import { defineRule, type Rule } from '../../engine/rule.ts';
import { isRefused } from '../knative/errors.ts';
import { find, placeOf, type Scaling, scaledKinds, scalingOf } from './scaling.ts';

export const autoscalerClass: Rule = choiceRule({
  name: 'class',
  annotation: CLASS,
  title: 'the autoscaler class is one that the environment offers',
  why: 'A class that no controller of the cluster serves leaves the service at the number of pods with which it started.',
  allowed: ({ classes }) => classes,
  chosen: ({ className }) => className,
  bad: 'keda.example.com',
  good: 'hpa.autoscaling.knative.dev',
});

export const metric: Rule = choiceRule({
  name: 'metric',
  annotation: METRIC,
  title: 'the metric is one that the environment measures',
  why: 'A metric that nothing in the cluster measures never changes, and the service never scales.',
  allowed: ({ metrics }) => metrics,
  // Another class has metrics of its own, and none without an annotation.
  chosen: ({ metric, isKpa, isHpa }) => (isKpa || isHpa ? metric : undefined),
  bad: 'queue_depth',
  good: 'cpu',
  beside: 'autoscaling.knative.dev/class: hpa.autoscaling.knative.dev',
});

interface ChoiceRule {
  readonly name: string;
  readonly annotation: AnnotationKeys;
  readonly title: string;
  readonly why: string;
  readonly bad: string;
  readonly good: string;
  readonly beside?: string;
  allowed(policy: {
    readonly classes?: readonly string[];
    readonly metrics?: readonly string[];
  }): readonly string[] | undefined;
  chosen(scaling: Scaling): string | undefined;
}

function choiceRule({ name, annotation, title, why, allowed: allowedBy, chosen, bad, good, beside }: ChoiceRule): Rule {
  return defineRule({
    id: `autoscaling/${name}`,
    title,
    why,
    howToFix: `Set \`${annotation[0]}\` to one of those that the message names, or leave it out where the cluster's own is one of them.`,
    kinds: scaledKinds,
    action: 'deny',
    examples: { bad: example(annotation[0], bad, beside), good: example(annotation[0], good, beside) },
    judge(subject, context) {
      const { policy } = context;
      const allowed = policy.autoscaling === undefined ? undefined : allowedBy(policy.autoscaling);
      if (allowed === undefined) return [];
      const scaling = scalingOf(subject, policy);
      if (scaling === undefined) return [];
      const value = chosen(scaling);
      if (value === undefined || allowed.includes(value)) return [];

      const path = placeOf(scaling, annotation);
      if (isRefused(subject, context, path)) return [];
      const [only, ...others] = allowed;
      const fix: Edit[] | undefined =
        only === undefined || others.length > 0 ? undefined : [{ set: path, value: only }];
      const said = find(scaling, annotation) === undefined ? `${value} by default` : value;
      return [
        {
          path,
          message: `autoscaler ${name} is ${said}, and ${policy.name} allows ${allowed.join(', ') || 'none'}`,
          ...(fix === undefined ? {} : { fix }),
        },
      ];
    },
  });
}

function example(key: string, value: string, beside: string | undefined): string {
  const others = beside === undefined ? '' : `\n        ${beside}`;
  return `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template:
    metadata:
      annotations:
        ${key}: ${value}${others}
    spec:
      containers:
      - image: registry.example.com/shop/cart:1.4.2
`;
}
