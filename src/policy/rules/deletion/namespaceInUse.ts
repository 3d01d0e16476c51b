import {
  broker,
  channel,
  configuration,
  type Kind,
  knativeService,
  namespace,
  scaledObject,
  sinkBinding,
  subscription,
  trigger,
} from '../../../kubernetes/kinds.ts';
import { isBeingDeleted } from '../../../kubernetes/object.ts';
import type { Inventory } from '../../engine/inventory.ts';
import { defineRule } from '../../engine/rule.ts';

/** What stands for a namespace that is in use, the most telling first. */
const TELLING: readonly Kind[] = [
  knativeService,
  broker,
  trigger,
  channel,
  subscription,
  sinkBinding,
  scaledObject,
  configuration,
];

/** A DELETE of a namespace with everything in it. */
export const deletionNamespace = defineRule({
  id: 'deletion/namespace-in-use',
  title: 'a namespace that is in use is deleted by those who may take it out of its environment',
  why: 'Deleting a namespace deletes all that is in it, and asks nobody; it is the way around every rule about the rest.',
  howToFix: 'Delete what runs in it first, or ask a member of the groups of `admission.environmentLabel`.',
  kinds: [namespace],
  action: 'warn',
  judgedAt: 'deletion',
  examples: {
    bad: `
# deleted by jane of team-shop
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {weir.dev/environment: prod}}
---
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {template: {spec: {containers: [{image: registry.example.com/shop/cart:1.4.2}]}}}
`,
    good: `
# deleted by joe of platform
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {weir.dev/environment: prod}}
---
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {template: {spec: {containers: [{image: registry.example.com/shop/cart:1.4.2}]}}}
`,
  },

  judge({ name }, { policy, inventory, user }) {
    const groups = policy.admission?.environmentLabel?.groups ?? [];
    if (user?.groups.some((group) => groups.includes(group))) return [];
    const held = heldIn(name, inventory);
    if (held.length === 0) return [];
    const whose = groups.length === 0 ? '' : `, or ask a member of ${groups.join(', ')}`;
    return [{ path: '', message: `Namespace ${name} holds ${held.join(', ')}; delete those first${whose}` }];
  },
});

/** `3 Service`, `1 Broker`. */
function heldIn(name: string, inventory: Inventory): string[] {
  const held: string[] = [];
  for (const kind of TELLING) {
    let count = 0;
    for (const object of inventory.inNamespace(kind, name)) if (!isBeingDeleted(object)) count++;
    if (count > 0) held.push(`${count} ${kind.kind}${count === 1 ? '' : 's'}`);
  }
  return held;
}
