import { podHolders } from '../../../kubernetes/podTemplate.ts';
import { join } from '../../../kubernetes/pointer.ts';
import { defineRule, type Violation } from '../../engine/rule.ts';
import { type ContainerSecurity, containerSecurities, inherited, placeOf } from './containerSecurity.ts';

/**
 * Containers run as somebody else than root.
 *
 * `runAsUser: 0` is found wherever the rule is on; what is left open (no runAsNonRoot, or false) where the policy
 * demands it. A runAsUser other than 0 is enough.
 */
export const securityRunAsNonRoot = defineRule({
  id: 'security/run-as-non-root',
  title: 'containers do not run as root',
  why: 'Root in a container is root on the node as soon as it finds a way out.',
  howToFix:
    'Build the image with a numeric USER, and set runAsNonRoot: true; an image whose USER is a name needs runAsUser beside it.',
  kinds: podHolders,
  action: 'deny',
  examples: {
    bad: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template:
    spec:
      containers:
      - image: registry.example.com/shop/cart:1.4.2
        securityContext: {runAsUser: 0}
`,
    good: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template:
    spec:
      containers:
      - image: registry.example.com/shop/cart:1.4.2
        securityContext: {runAsUser: 1000, runAsNonRoot: true}
`,
  },

  judge(subject, { policy }) {
    const isDemanded = policy.security?.runAsNonRoot?.default === true;
    const violations: Violation[] = [];
    for (const security of containerSecurities(subject.template)) {
      const violation = judgeContainer(security, isDemanded);
      if (violation !== undefined) violations.push(violation);
    }
    return violations;
  },
});

function judgeContainer(security: ContainerSecurity, isDemanded: boolean): Violation | undefined {
  const { name } = security.container;
  const user = inherited(security, 'runAsUser');
  if (user?.value === 0) {
    return { path: user.path, message: `${name} runs as root (runAsUser is 0); name another user` };
  }
  const nonRoot = inherited(security, 'runAsNonRoot');
  if (!isDemanded || nonRoot?.value === true || (typeof user?.value === 'number' && nonRoot === undefined)) {
    return undefined;
  }
  const path = nonRoot?.path ?? join(security.path, 'runAsNonRoot');
  const what =
    nonRoot === undefined ? 'may run as root (no runAsNonRoot)' : 'may run as root (runAsNonRoot is not true)';
  return {
    path: nonRoot?.path ?? placeOf(security, 'runAsNonRoot'),
    message: `${name} ${what}; set runAsNonRoot: true`,
    fix: security.isWritable ? [{ set: path, value: true }] : [{ set: security.path, value: { runAsNonRoot: true } }],
  };
}
