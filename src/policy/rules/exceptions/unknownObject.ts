import { arrayAt, type JsonObject } from '../../../kubernetes/json.ts';
import { policyException } from '../../../kubernetes/kinds.ts';
import { referenceTo, withName } from '../../../kubernetes/object.ts';
import { pointer } from '../../../kubernetes/pointer.ts';
import { nearest } from '../../../text/nearest.ts';
import type { Inventory } from '../../engine/inventory.ts';
import { defineRule, type Rule, type Violation } from '../../engine/rule.ts';
import { matchesPattern } from '../../pattern.ts';

/**
 * The objects that an exception names are there, as far as its namespace is in sight: one of the kinds that it could
 * excuse has to stand in it. At the API an exception has to come before what it excuses, which would be denied without
 * it: there only a name that is nearly one of those that are there is told.
 *
 * @param others every rule that an exception can name, but for the custom ones of a policy
 */
export function exceptionUnknownObject(others: readonly Rule[]): Rule {
  return defineRule({
    id: 'exceptions/unknown-object',
    title: 'exceptions name objects that exist',
    why: 'An exception for a misspelt name excuses nothing, and its date and reason stand for nobody.',
    howToFix: 'Write the name as the object has it, or delete the exception with the object.',
    kinds: [policyException],
    action: 'warn',
    needsOthers: true,
    examples: {
      bad: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: checkout, namespace: shop}
spec: {template: {spec: {containers: [{image: registry.example.com/shop/checkout:1.4.2}]}}}
---
apiVersion: weir.dev/v1alpha1
kind: PolicyException
metadata: {name: black-friday, namespace: shop}
spec: {rules: [autoscaling/max-scale], match: {names: [checkot]}, reason: ten times the usual traffic, owner: team-shop, until: 2027-01-31}
`,
      good: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: checkout, namespace: shop}
spec: {template: {spec: {containers: [{image: registry.example.com/shop/checkout:1.4.2}]}}}
---
apiVersion: weir.dev/v1alpha1
kind: PolicyException
metadata: {name: black-friday, namespace: shop}
spec: {rules: [autoscaling/max-scale], match: {names: [checkout]}, reason: ten times the usual traffic, owner: team-shop, until: 2027-01-31}
`,
    },

    judge({ object, name, namespace }, { policy, inventory, user }) {
      const wanted = arrayAt(object, 'spec', 'match', 'names');
      if (wanted.length === 0 || namespace === '') return [];
      const present = namesInSight(object, namespace, [...others, ...policy.custom], inventory);
      if (present === undefined || present.size === 0) return [];

      const violations: Violation[] = [];
      for (const [index, text] of wanted.entries()) {
        if (typeof text !== 'string' || text === '' || names(text, present)) continue;
        const path = pointer('spec', 'match', 'names', index);
        const right = slipOf(text, present);
        if (right === undefined && user !== undefined) continue;
        const message = `${withName('exception', name)} names ${text}, and no object of ${namespace} is called so`;
        violations.push(withHint({ path, message }, right));
      }
      return violations;
    },
  });
}

function names(text: string, present: ReadonlySet<string>): boolean {
  if (!text.includes('*')) return present.has(text);
  return [...present].some((known) => matchesPattern(text, known));
}

/** The name that was meant. Whoever writes a pattern means more than the one object that is called nearly so. */
function slipOf(text: string, present: ReadonlySet<string>): string | undefined {
  return text.includes('*') ? undefined : nearest(text, present);
}

function withHint({ path, message }: { path: string; message: string }, right: string | undefined): Violation {
  if (right === undefined) return { path, message };
  return { path, message: `${message}; did you mean "${right}"?`, fix: [{ set: path, value: right }] };
}

/** The names in the namespace of every kind that the exception could excuse; undefined where one of them is not known. */
function namesInSight(
  exception: JsonObject,
  namespace: string,
  known: readonly Rule[],
  inventory: Inventory,
): Set<string> | undefined {
  const kinds = arrayAt(exception, 'spec', 'match', 'kinds');
  const patterns = arrayAt(exception, 'spec', 'rules').filter((item) => typeof item === 'string');
  const names = new Set<string>();
  const seen = new Set<string>();
  for (const rule of known) {
    if (!patterns.some((pattern) => matchesPattern(pattern, rule.id))) continue;
    for (const kind of rule.kinds) {
      if (seen.has(kind.key) || (kinds.length > 0 && !kinds.includes(kind.key))) continue;
      seen.add(kind.key);
      if (!inventory.knows(kind)) return undefined;
      for (const object of inventory.inNamespace(kind, namespace)) names.add(referenceTo(object).name);
    }
  }
  return names;
}
