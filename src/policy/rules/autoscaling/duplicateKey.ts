import { annotationOfKey, annotationPath, findKey } from '../../../knative/autoscaling/annotations.ts';
import { defineRule, type Violation } from '../../engine/rule.ts';
import { scaledKinds } from './scaling.ts';

/** Knative reads the first spelling that is there and forgets the other (knative/pkg kmap/lookup.go). */
export const duplicateKey = defineRule({
  id: 'autoscaling/duplicate-key',
  title: 'an autoscaling annotation is written in one spelling',
  why: 'Of `min-scale` and `minScale` Knative reads the first and forgets the second, so that whoever changes the second changes nothing.',
  howToFix: 'Keep the spelling with dashes, with the value that was meant, and remove the other.',
  kinds: scaledKinds,
  action: 'warn',
  examples: {
    bad: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template:
    metadata:
      annotations:
        autoscaling.knative.dev/min-scale: "2"
        autoscaling.knative.dev/minScale: "4"
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
      annotations:
        autoscaling.knative.dev/min-scale: "4"
    spec:
      containers:
      - image: registry.example.com/shop/cart:1.4.2
`,
  },

  judge({ template }) {
    const violations: Violation[] = [];
    if (template === undefined) return violations;
    for (const key in template.annotations) {
      const annotation = annotationOfKey(key);
      if (annotation === undefined || key === annotation[0]) continue;
      const counting = findKey(template.annotations, annotation);
      if (counting === undefined || counting === key) continue;
      const path = annotationPath(template.annotationsPath, key);
      violations.push({
        path,
        message: `annotation "${key}" does nothing beside "${counting}", which Knative reads first; keep that one alone`,
        // What runs today stays as it is: the spelling that counts keeps its value.
        fix: [{ remove: path }],
      });
    }
    return violations;
  },
});
