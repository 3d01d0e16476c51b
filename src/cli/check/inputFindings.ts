/** Findings about the input as files: keys and objects that stand twice. */
import { groupOf } from '../../kubernetes/kinds.ts';
import { describe, type ObjectReference, referenceTo } from '../../kubernetes/object.ts';
import { actionFor } from '../../policy/engine/action.ts';
import type { Finding } from '../../policy/engine/judge.ts';
import type { EffectivePolicy } from '../../policy/engine/policy.ts';
import type { Rule } from '../../policy/engine/rule.ts';
import { duplicateKey, duplicateObject } from '../../policy/rules/yaml/index.ts';
import { describePlace } from '../../report/result.ts';
import type { FilePlace, Resource } from '../input/resource.ts';

export interface PlacedFinding {
  readonly finding: Finding;
  readonly place: FilePlace;
}

/** Keys of the object's document of which only the last counts. */
export function duplicateKeyFindings(resource: Resource, policy: EffectivePolicy): PlacedFinding[] {
  return resource.duplicateKeys.flatMap(({ pointer, key, place, kept }) => {
    const message = `the key ${key} stands twice, and Kubernetes takes the one in line ${kept.line}; drop this one`;
    return findingOf(duplicateKey, resource, policy, pointer, message, place);
  });
}

/** Sees objects go by, and finds those that stand in the same folder or build already and go to the same environment. */
export class SeenObjects {
  readonly #first = new Map<string, Resource>();

  /** The finding where the object stood before. */
  add(resource: Resource, reference: ObjectReference, policy: EffectivePolicy): PlacedFinding[] {
    if (reference.name === '') return [];

    const { apiVersion, kind, namespace, name } = reference;
    const key = `${policy.name}\n${resource.group}\n${groupOf(apiVersion)}\n${kind}\n${namespace}\n${name}`;
    const first = this.#first.get(key);
    if (first === undefined) {
      this.#first.set(key, resource);
      return [];
    }
    const there = describePlace(first.locate(''));
    const message = `${describe(reference)} stands at ${there} already, and only one of them can be in the cluster; drop one, or give each cluster a folder`;
    return findingOf(duplicateObject, resource, policy, '', message, resource.locate(''));
  }
}

function findingOf(
  rule: Rule,
  { object }: Resource,
  policy: EffectivePolicy,
  path: string,
  message: string,
  place: FilePlace,
): PlacedFinding[] {
  const action = actionFor(rule, policy);
  if (action === 'off') return [];
  const finding: Finding = {
    rule: rule.id,
    action,
    environment: policy.name,
    resource: referenceTo(object),
    path,
    message,
  };
  return [{ finding, place }];
}
