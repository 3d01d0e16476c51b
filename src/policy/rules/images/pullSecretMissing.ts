import { dockerConfigKey } from '../../../kubernetes/dockerConfig.ts';
import { arrayAt, stringAt } from '../../../kubernetes/json.ts';
import { defineKind, secret } from '../../../kubernetes/kinds.ts';
import { workloads } from '../../../kubernetes/podTemplate.ts';
import { join } from '../../../kubernetes/pointer.ts';
import type { Inventory } from '../../engine/inventory.ts';
import { defineRule, type Violation } from '../../engine/rule.ts';
import { FIELD } from './pullSecrets.ts';

/** Kinds whose controller makes the Secret. */
const sealedSecret = defineKind('bitnami.com', 'SealedSecret');
const externalSecret = defineKind('external-secrets.io', 'ExternalSecret');

/** The Secrets that a pod's imagePullSecrets name are there, and are ones that pull images. */
export const imagePullSecretMissing = defineRule({
  id: 'images/pull-secret-missing',
  title: 'the pull secrets that pods name exist',
  why: 'Kubernetes starts a pod whose pull secret is missing, and then the registry refuses the image.',
  howToFix:
    'Let what makes the Secret (a SealedSecret, an ExternalSecret) stand beside the workload, or see that the namespace gets it; give it the type kubernetes.io/dockerconfigjson.',
  kinds: workloads,
  action: 'warn',
  needsOthers: true,
  examples: {
    bad: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template:
    spec:
      imagePullSecrets:
      - name: regcred
      containers:
      - image: registry.example.com/shop/cart:1.4.2
`,
    good: `
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: regcred}
spec:
  encryptedData: {.dockerconfigjson: AgBvA8N}
---
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template:
    spec:
      imagePullSecrets:
      - name: regcred
      containers:
      - image: registry.example.com/shop/cart:1.4.2
`,
  },

  judge(subject, { policy, inventory }) {
    const { template } = subject;
    if (template === undefined) return [];

    const violations: Violation[] = [];
    for (const [index, item] of arrayAt(template.spec, FIELD).entries()) {
      const name = stringAt(item, 'name');
      if (name === undefined || name === '') continue;
      const path = join(template.specPath, FIELD, index, 'name');
      const found = inventory.find(secret, subject.namespace, name);
      if (found === undefined) {
        if (isMadeByOthers(name, subject.namespace, inventory)) continue;
        violations.push({ path, message: `no Secret ${name} is in sight; see that the namespace gets it` });
        continue;
      }
      // What the policy names itself is judged at the Secret: images/pull-secret-type.
      if (policy.images?.pullSecrets?.some((pull) => pull.secret === name) === true) continue;
      const type = stringAt(found, 'type') ?? 'Opaque';
      if (dockerConfigKey(type) !== undefined) continue;
      violations.push({
        path,
        message: `Secret ${name} is of type ${type}, which pulls no images; name one of type kubernetes.io/dockerconfigjson`,
      });
    }
    return violations;
  },
});

function isMadeByOthers(name: string, namespace: string, inventory: Inventory): boolean {
  if (inventory.find(sealedSecret, namespace, name) !== undefined) return true;
  for (const external of inventory.inNamespace(externalSecret, namespace)) {
    const target = stringAt(external, 'spec', 'target', 'name') ?? stringAt(external, 'metadata', 'name');
    if (target === name) return true;
  }
  return false;
}
