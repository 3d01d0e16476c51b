import { dockerConfigKey } from '../../../kubernetes/dockerConfig.ts';
import { arrayAt, asString, type JsonValue, stringAt } from '../../../kubernetes/json.ts';
import { configuration, containerSource, defineKind, knativeService, secret } from '../../../kubernetes/kinds.ts';
import type { ObjectReference } from '../../../kubernetes/object.ts';
import { podHolders, podTemplateOf } from '../../../kubernetes/podTemplate.ts';
import { join } from '../../../kubernetes/pointer.ts';
import type { Inventory } from '../../engine/inventory.ts';
import { describeSource, type EffectivePolicy } from '../../engine/policy.ts';
import { defineRule, type RuleContext, type Violation } from '../../engine/rule.ts';
import { Subject } from '../../engine/subject.ts';
import { accountSecrets, covers, FIELD, namesIn, neededSecrets } from './pullSecrets.ts';

/** The kinds into which the policy fills its secrets. */
const FILLED_KINDS = [knativeService, configuration, containerSource];

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
  kinds: podHolders,
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

  judge(subject, context) {
    const { policy, inventory } = context;
    const { template } = subject;
    if (template === undefined) return [];

    const violations: Violation[] = [];
    const secrets = arrayAt(template.spec, FIELD);
    for (let index = 0; index < secrets.length; index++) {
      const item = secrets[index];
      const name = stringAt(item, 'name');
      if (name === undefined || name === '' || !inventory.knows(secret, name)) continue;
      const path = join(template.specPath, FIELD, index, 'name');
      const found = inventory.find(secret, subject.namespace, name);
      if (found === undefined) {
        if (isMadeByOthers(name, subject.namespace, inventory)) continue;
        const message = messageFor(name, subject, context);
        if (message !== undefined) violations.push({ ...message, path: message.path ?? path });
        continue;
      }
      // What the policy names itself is judged at the Secret: images/pull-secret-type.
      if (isFilledIn(name, policy)) continue;
      const type = asString(found.type) ?? 'Opaque';
      if (dockerConfigKey(type) !== undefined) continue;
      violations.push({
        path,
        message: `Secret ${name} is of type ${type}, which pulls no images; name one of type kubernetes.io/dockerconfigjson`,
      });
    }
    return violations;
  },
});

function isFilledIn(name: string, { images }: EffectivePolicy): boolean {
  return images?.pullSecrets?.some((pull) => pull.secret === name) === true;
}

/** The list as its author wrote it, before the policy's secrets were filled in. */
function writtenList({ writtenTemplate }: Subject): JsonValue | undefined {
  return writtenTemplate?.spec[FIELD];
}

/** What the author wrote is told at its place; what the policy fills in once in a namespace, at the pod spec. */
function messageFor(
  name: string,
  subject: Subject,
  context: RuleContext,
): { readonly message: string; readonly path?: string } | undefined {
  if (!isFilledIn(name, context.policy) || namesIn(writtenList(subject)).includes(name)) {
    return { message: `no Secret ${name} is in sight; see that the namespace gets it` };
  }
  const first = firstWith(name, subject.namespace, context);
  const isFirst =
    first === undefined ||
    (first.kind === subject.reference.kind && first.name === subject.name && first.namespace === subject.namespace);
  if (!isFirst) return undefined;
  return { message: missingEverywhere(name, subject, context.policy), path: subject.template?.specPath ?? '' };
}

/** The first object of the namespace into which the policy fills the secret: it speaks for all of them. */
function firstWith(secretName: string, namespace: string, context: RuleContext): ObjectReference | undefined {
  const known = firsts.get(context.inventory) ?? new Map<string, ObjectReference | undefined>();
  firsts.set(context.inventory, known);
  const key = `${namespace}/${secretName}`;
  if (!known.has(key)) known.set(key, findFirst(secretName, namespace, context));
  return known.get(key);
}

/** Asked for by every object of the inventory. */
const firsts = new WeakMap<Inventory, Map<string, ObjectReference | undefined>>();

function findFirst(secretName: string, namespace: string, context: RuleContext): ObjectReference | undefined {
  for (const kind of FILLED_KINDS) {
    for (const object of context.inventory.inNamespace(kind, namespace)) {
      const template = podTemplateOf(object);
      if (template === undefined || namesIn(template.spec[FIELD]).length > 0) continue;
      const needs = neededSecrets(template, context).filter(({ pull }) => pull.secret === secretName);
      if (needs.length === 0) continue;
      const subject = new Subject(object);
      const { names } = accountSecrets(subject, template.spec, context);
      if (needs.some((need) => !covers(names, need, subject, context))) return subject.reference;
    }
  }
  return undefined;
}

function missingEverywhere(name: string, { namespace }: Subject, policy: EffectivePolicy): string {
  const index = policy.images?.pullSecrets?.findIndex((pull) => pull.secret === name) ?? 0;
  const source = describeSource(policy, `/spec/images/pullSecrets/${index}/secret`);
  const where = namespace === '' ? 'the namespace' : `namespace ${namespace}`;
  return `no Secret ${name} is in sight, which ${source} fills into every pod of ${where}; see that the namespace gets it`;
}

function isMadeByOthers(name: string, namespace: string, inventory: Inventory): boolean {
  if (inventory.find(sealedSecret, namespace, name) !== undefined) return true;
  for (const external of inventory.inNamespace(externalSecret, namespace)) {
    const target = stringAt(external, 'spec', 'target', 'name') ?? stringAt(external, 'metadata', 'name');
    if (target === name) return true;
  }
  return false;
}
