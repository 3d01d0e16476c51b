/**
 * Whether rules hold all that other rules grant, and what is missing (k8s.io/component-helpers
 * auth/rbac/validation/policy_comparator.go, k8s.io/kubernetes pkg/registry/rbac/validation/policy_compact.go).
 */
import { quoted } from '../denied.ts';
import { listed } from '../tokens/accountTokens.ts';
import { coversPath, type PolicyRule } from './rule.ts';

const NOTHING: PolicyRule = { verbs: [], apiGroups: [], resources: [], resourceNames: [], nonResourceURLs: [] };

/** What is granted and not held, as short as Kubernetes tells it; empty where all is held. */
export function missingRights(held: readonly PolicyRule[], granted: readonly PolicyRule[]): PolicyRule[] {
  const missing = granted.flatMap(brokenDown).filter((part) => !held.some((rule) => covers(rule, part)));
  return compact(missing);
}

/** `{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}` */
export function describeRule({ apiGroups, resources, nonResourceURLs, resourceNames, verbs }: PolicyRule): string {
  const parts = [
    ['APIGroups', apiGroups],
    ['Resources', resources],
    ['NonResourceURLs', nonResourceURLs],
    ['ResourceNames', resourceNames],
    ['Verbs', verbs],
  ] as const;
  return `{${parts
    .filter(([, list]) => list.length > 0)
    .map(([name, list]) => `${name}:${listed(list)}`)
    .join(', ')}}`;
}

/** Rules that together say the same, each of one verb, one resource and at most one name; or of one path. */
function brokenDown({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule): PolicyRule[] {
  const names = resourceNames.length === 0 ? [[]] : resourceNames.map((name) => [name]);
  const parts: PolicyRule[] = [];
  for (const group of apiGroups) {
    for (const resource of resources) {
      for (const verb of verbs) {
        for (const name of names) {
          parts.push({ ...NOTHING, apiGroups: [group], resources: [resource], verbs: [verb], resourceNames: name });
        }
      }
    }
  }
  for (const url of nonResourceURLs) {
    for (const verb of verbs) parts.push({ ...NOTHING, nonResourceURLs: [url], verbs: [verb] });
  }
  return parts;
}

/** @param part one that is broken down */
function covers(rule: PolicyRule, part: PolicyRule): boolean {
  return (
    holdsAll(rule.verbs, part.verbs) &&
    holdsAll(rule.apiGroups, part.apiGroups) &&
    part.resources.every((resource) => holdsResource(rule.resources, resource)) &&
    part.nonResourceURLs.every((path) => rule.nonResourceURLs.some((url) => coversPath(url, path))) &&
    (rule.resourceNames.length === 0 || (part.resourceNames.length > 0 && isIn(rule.resourceNames, part.resourceNames)))
  );
}

function holdsAll(list: readonly string[], wanted: readonly string[]): boolean {
  return list.includes('*') || isIn(list, wanted);
}

function isIn(list: readonly string[], wanted: readonly string[]): boolean {
  return wanted.every((each) => list.includes(each));
}

function holdsResource(resources: readonly string[], wanted: string): boolean {
  if (resources.includes('*') || resources.includes(wanted)) return true;
  const slash = wanted.indexOf('/');
  return slash !== -1 && resources.includes(`*${wanted.slice(slash)}`);
}

/** Puts those together that differ by their verbs alone. */
function compact(parts: readonly PolicyRule[]): PolicyRule[] {
  const together = new Map<string, PolicyRule>();
  const others: PolicyRule[] = [];
  for (const part of parts) {
    if (part.nonResourceURLs.length > 0) {
      others.push(part);
      continue;
    }
    const id = [part.apiGroups, part.resources, part.resourceNames].map((list) => list.map(quoted).join(' ')).join('|');
    const known = together.get(id);
    together.set(id, known === undefined ? part : { ...known, verbs: [...known.verbs, ...part.verbs] });
  }
  return [...others, ...together.values()];
}
