/**
 * What is wrong with the input as text, and cannot be seen in the objects that it becomes: found by whoever reads files
 * (src/cli/check/inputFindings.ts), never by the engine. They are rules so that policies, docs and outputs can name them.
 */
import { defineRule, type Rule } from '../../engine/rule.ts';

export const duplicateKey = defineRule({
  id: 'yaml/duplicate-key',
  title: 'a key stands once in its mapping',
  why: 'Kubernetes takes the last of two equal keys and says nothing, so that a part of what you read in the file is not what runs.',
  howToFix: 'Keep the one that is meant and drop the other.',
  kinds: [],
  action: 'warn',
  // the value that is lost is no part of the object, so no rule has looked whether it is a secret
  isConfidential: true,
  examples: {
    bad: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template:
    metadata:
      annotations:
        autoscaling.knative.dev/max-scale: "5"
        autoscaling.knative.dev/max-scale: "50"
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
        autoscaling.knative.dev/max-scale: "5"
    spec:
      containers:
      - image: registry.example.com/shop/cart:1.4.2
`,
  },
  judge: () => [],
});

export const duplicateObject = defineRule({
  id: 'yaml/duplicate-object',
  title: 'an object stands once among the files that are applied together',
  why: '`kubectl apply` writes one over the other in the order of the files, and Argo CD takes the last with a RepeatedResourceWarning: which one runs is chance.',
  howToFix: 'Drop one of them, or put them into folders of their own where they go to different clusters.',
  kinds: [],
  action: 'warn',
  examples: {
    bad: `
apiVersion: v1
kind: ConfigMap
metadata: {name: cart, namespace: shop}
data: {region: us-east}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: cart, namespace: shop}
data: {region: eu-west}
`,
    good: `
apiVersion: v1
kind: ConfigMap
metadata: {name: cart, namespace: shop}
data: {region: us-east}
`,
  },
  judge: () => [],
});

/** In the order in which they are told. */
export const inputRules: readonly Rule[] = [duplicateKey, duplicateObject];
