import {
  AUTOSCALING_ANNOTATIONS,
  annotationOfKey,
  isAutoscalingKey,
} from '../../../knative/autoscaling/annotations.ts';
import { type KeySuggestion, suggestAutoscalingKey } from '../../../knative/autoscaling/misspellings.ts';
import { type JsonObject, type JsonValue, objectAt } from '../../../kubernetes/json.ts';
import { join } from '../../../kubernetes/pointer.ts';
import { nearest } from '../../../text/nearest.ts';
import type { Edit } from '../../engine/edit.ts';
import { defineRule, type Violation } from '../../engine/rule.ts';
import type { Subject } from '../../engine/subject.ts';
import { scaledKinds, scalingOf } from './scaling.ts';

/**
 * What the KEDA extension of the HPA class reads (knative-extensions/autoscaler-keda
 * pkg/reconciler/autoscaling/hpa/resources/keda.go): no part of Knative Serving, and no misspelling either.
 */
const KEDA_KEYS: ReadonlySet<string> = new Set(
  [
    'prometheus-address',
    'prometheus-query',
    'metric-type',
    'trigger-prometheus-auth-name',
    'trigger-prometheus-auth-kind',
    'trigger-prometheus-auth-modes',
    'trigger-prometheus-name',
    'extra-prometheus-triggers',
    'scaling-modifiers',
    'hpa-scale-up-rules',
    'hpa-scale-down-rules',
    'scaled-object-override',
  ].map((name) => `autoscaling.knative.dev/${name}`),
);

/** Annotations that look like the autoscaler's and are none: Knative lets them pass without a word. */
export const unknownKey = defineRule({
  id: 'autoscaling/unknown-key',
  title: 'autoscaling annotations have names that Knative knows',
  why: 'Knative ignores a misspelt annotation without a word: the service scales as if nothing had been written.',
  howToFix:
    'Write the name that the message proposes. Settings of config-autoscaler often have another name here, or none.',
  kinds: scaledKinds,
  action: 'deny',
  examples: {
    bad: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template:
    metadata:
      annotations: {autoscaling.knative.dev/stable-window: 60s}
    spec:
      containers:
      - image: registry.example.com/shop/cart:1.4.2
`,
    good: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template:
    metadata:
      annotations: {autoscaling.knative.dev/window: 60s}
    spec:
      containers:
      - image: registry.example.com/shop/cart:1.4.2
`,
  },

  judge(subject, { policy }) {
    const violations: Violation[] = [];
    const { template } = subject;
    if (template !== undefined) {
      const scaling = scalingOf(subject, policy);
      for (const key of Object.keys(template.annotations)) {
        if (annotationOfKey(key) !== undefined || (scaling?.isHpa && KEDA_KEYS.has(key))) continue;
        const suggestion = suggestAutoscalingKey(key, nearest);
        // A class of somebody else's has keys of its own: there only a near miss of Knative's is a mistake.
        const isForeign = scaling !== undefined && !scaling.isKpa && !scaling.isHpa;
        if (suggestion === undefined || (isForeign && suggestion.replacement === undefined)) continue;
        violations.push(violationAt(template.annotationsPath, key, template.annotations[key], suggestion, subject));
      }
    }

    const own = ownAnnotations(subject);
    for (const key of Object.keys(own)) {
      if (isAutoscalingKey(key)) continue; // Knative itself refuses these here
      const suggestion = suggestAutoscalingKey(key, nearest);
      if (suggestion === undefined) continue;
      violations.push(violationAt('/metadata/annotations', key, own[key], suggestion, subject));
    }
    return violations;
  },
});

/** Those beside a template: of a Revision they are the template's. */
function ownAnnotations({ object, template }: Subject): JsonObject {
  return template?.path === '' ? {} : (objectAt(object, 'metadata', 'annotations') ?? {});
}

const TEMPLATE_ANNOTATIONS = '/spec/template/metadata/annotations';

function violationAt(
  annotationsPath: string,
  key: string,
  value: JsonValue | undefined,
  { advice, replacement }: KeySuggestion,
  subject: Subject,
): Violation {
  const path = join(annotationsPath, key);
  const message = `annotation "${key}" is none of Knative's and does nothing: ${advice}`;
  if (replacement === undefined || value === undefined) return { path, message };

  const edits: Edit[] = [{ remove: path }];
  if (!isAuthors(subject, replacement)) {
    edits.push({ set: join(subject.template?.annotationsPath ?? TEMPLATE_ANNOTATIONS, replacement), value });
  }
  return { path, message, fix: edits };
}

/** Whether the author wrote the annotation in any spelling, rather than the policy's defaults. */
function isAuthors(subject: Subject, key: string): boolean {
  const written: JsonObject = subject.writtenTemplate?.annotations ?? {};
  const spellings = AUTOSCALING_ANNOTATIONS.find((annotation) => annotation.includes(key)) ?? [key];
  return spellings.some((spelling) => Object.hasOwn(written, spelling));
}
