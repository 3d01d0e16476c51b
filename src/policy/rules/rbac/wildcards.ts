import { clusterRole, role } from '../../../kubernetes/kinds.ts';
import { shortTitleOf } from '../../../kubernetes/object.ts';
import { pointer } from '../../../kubernetes/pointer.ts';
import { defineRule, type Violation } from '../../engine/rule.ts';
import { type Grant, grantsOf } from './grants.ts';

const FIELDS = ['verbs', 'resources', 'apiGroups', 'nonResourceURLs'] as const;

/** Roles name what they grant. `*` also stands for everything that somebody installs tomorrow. */
export const rbacWildcards = defineRule({
  id: 'rbac/wildcards',
  title: 'roles name their verbs, resources and groups',
  why: 'A wildcard grants what nobody thought of: Secrets, exec into pods, and every kind that is installed later.',
  howToFix: 'List the verbs, resources and API groups that are needed.',
  kinds: [role, clusterRole],
  action: 'deny',
  examples: {
    bad: `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: deployer}
rules:
- apiGroups: [serving.knative.dev]
  resources: ["*"]
  verbs: ["*"]
`,
    good: `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: deployer}
rules:
- apiGroups: [serving.knative.dev]
  resources: [services]
  verbs: [get, list, watch, create, update, patch]
`,
  },

  judge(subject) {
    const violations: Violation[] = [];
    for (const grant of grantsOf(subject.object)) {
      const wild = FIELDS.filter((field) => grant[field].some(isWildcard));
      const [first] = wild;
      if (first === undefined) continue;
      violations.push({
        path: pointer('rules', grant.index, first, grant[first].findIndex(isWildcard)),
        message: `rule ${grant.index + 1} of ${shortTitleOf(subject.reference)} grants every one of its ${listed(wild)}; name those that are needed`,
      });
    }
    return violations;
  },
});

/** `pods/*` is pods/exec too; the scale or status of every kind is what autoscalers need. */
function isWildcard(value: string): boolean {
  return value === '*' || value.endsWith('/*');
}

function listed(fields: readonly (keyof Grant)[]): string {
  return fields.length < 2 ? fields.join('') : `${fields.slice(0, -1).join(', ')} and ${fields.at(-1)}`;
}
