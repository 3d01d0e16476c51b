import { clusterRole, role } from '../../../kubernetes/kinds.ts';
import { shortTitleOf } from '../../../kubernetes/object.ts';
import { pointer } from '../../../kubernetes/pointer.ts';
import { defineRule, type Violation } from '../../engine/rule.ts';
import { grantsOf } from './grants.ts';

const READS = ['get', 'list', 'watch'];

/** Roles read the Secrets that they name. `list` and `watch` hand out the content, not the names alone. */
export const rbacSecrets = defineRule({
  id: 'rbac/secrets',
  title: 'roles read the Secrets that they name',
  why: 'Who may read every Secret of a namespace has the database, the registry and the token of each account.',
  howToFix: 'Grant get on the Secrets in resourceNames; a Service needs no right at all to use a Secret in its pods.',
  kinds: [role, clusterRole],
  action: 'warn',
  examples: {
    bad: `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader}
rules:
- apiGroups: [""]
  resources: [configmaps, secrets]
  verbs: [get, list]
`,
    good: `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader}
rules:
- apiGroups: [""]
  resources: [secrets]
  resourceNames: [db-credentials]
  verbs: [get]
`,
  },

  judge(subject) {
    const violations: Violation[] = [];
    for (const grant of grantsOf(subject.object)) {
      if (!grant.resources.includes('secrets') || grant.resourceNames.length > 0) continue;
      const reads = READS.filter((verb) => grant.verbs.includes(verb));
      if (reads.length === 0) continue; // a wildcard among the verbs is told by rbac/wildcards
      violations.push({
        path: pointer('rules', grant.index, 'resources', grant.resources.indexOf('secrets')),
        message: `rule ${grant.index + 1} of ${shortTitleOf(subject.reference)} grants ${reads.join(', ')} on every Secret; name them in resourceNames`,
      });
    }
    return violations;
  },
});
