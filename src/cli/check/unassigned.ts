/** Objects that no environment is known for: which of them matter, and the sentence about them. */
import { stringAt } from '../../kubernetes/json.ts';
import { configMap, keyOf } from '../../kubernetes/kinds.ts';
import { catalogue } from '../../policy/catalogue.ts';
import type { EffectivePolicy } from '../../policy/engine/policy.ts';
import { count } from '../../report/result.ts';
import type { Resource } from '../input/resource.ts';

/** ConfigMaps by which Knative Serving is set up (policy/settings.ts reads them). */
const KNATIVE_SETTINGS: ReadonlySet<string> = new Set(['config-autoscaler', 'config-defaults', 'config-features']);

/** True for a ConfigMap that says how Knative itself is set up, for every environment where it belongs to none. */
export function isKnativeSettings({ object }: Resource): boolean {
  return keyOf(object) === configMap.key && KNATIVE_SETTINGS.has(stringAt(object, 'metadata', 'name') ?? '');
}

/** Those that some rule would have judged: what no rule knows passes in every environment, and so in an unknown one. */
export function missedVerdicts(
  unassigned: readonly Resource[],
  policies: Iterable<EffectivePolicy>,
): readonly Resource[] {
  if (unassigned.length === 0) return [];
  const kinds = new Set<string>();
  for (const rule of [...catalogue.rules, ...[...policies].flatMap(({ custom }) => custom)]) {
    for (const { key } of rule.kinds) kinds.add(key);
  }
  return unassigned.filter((resource) => kinds.has(keyOf(resource.object)) && !isKnativeSettings(resource));
}

/** What is not known, with the first files, and the ways to say it. */
export function noEnvironment(unassigned: readonly Resource[], resources: number): string {
  const which = `${unassigned.length} of ${count(resources, 'resource')}`;
  return `no environment is known for ${which}, in ${firstFiles(unassigned)}; say --env NAME, label their Namespace with weir.dev/environment, or map their paths in weir.yaml`;
}

const NAMED_FILES = 3;

function firstFiles(resources: readonly Resource[]): string {
  const files = [...new Set(resources.map(({ file }) => (file === '-' ? 'standard input' : file)))];
  const named = files.slice(0, NAMED_FILES).join(', ');
  const rest = files.length - NAMED_FILES;
  return rest > 0 ? `${named} and ${rest} more ${rest === 1 ? 'file' : 'files'}` : named;
}
