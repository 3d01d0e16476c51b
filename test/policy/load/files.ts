/** What the loader's tests are built from: files in memory, and the errors as a user reads them. */
import { describeError, type PolicySet, resolvePolicies } from '../../../src/policy/load/resolve.ts';

export const RULE_IDS = ['images/tag', 'images/digest', 'autoscaling/max-scale', 'knative/service'];

const HEAD = 'apiVersion: weir.dev/v1alpha1\nkind: EnvironmentPolicy\n';

/** A policy document whose spec begins in line 5. */
export function aPolicyFile(name: string, spec = ''): string {
  return `${HEAD}metadata: {name: ${name}}\nspec:${spec === '' ? ' {}' : `\n${spec}`}\n`;
}

/** Resolves files by their names without the ending: `{base: aPolicyFile('base')}` is policies/base.yaml. */
export function resolveFiles(files: Readonly<Record<string, string>>): PolicySet {
  const list = Object.entries(files).map(([name, text]) => ({ file: `policies/${name}.yaml`, text }));
  return resolvePolicies(list, { ruleIds: RULE_IDS });
}

export function errorsOf(files: Readonly<Record<string, string>>): string[] {
  return resolveFiles(files).errors.map(describeError);
}

/** The errors of policies/prod.yaml with this spec. */
export function errorsOfSpec(spec: string): string[] {
  return errorsOf({ prod: aPolicyFile('prod', spec) });
}
