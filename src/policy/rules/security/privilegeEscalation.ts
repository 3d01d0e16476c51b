import { podHolders } from '../../../kubernetes/podTemplate.ts';
import { join } from '../../../kubernetes/pointer.ts';
import { defineRule, type Violation } from '../../engine/rule.ts';
import { type ContainerSecurity, containerSecurities, isKnativeKind, placeOf } from './containerSecurity.ts';

/** No privileged container, and none that can gain rights while it runs. Knative itself refuses `privileged: true`. */
export const securityPrivilegeEscalation = defineRule({
  id: 'security/privilege-escalation',
  title: 'containers are not privileged and gain no rights',
  why: 'A privileged container is the node; one that may escalate becomes root through any setuid program in its image.',
  howToFix: 'Set allowPrivilegeEscalation: false and leave privileged out.',
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
        securityContext: {allowPrivilegeEscalation: true}
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
        securityContext: {allowPrivilegeEscalation: false}
`,
  },

  judge(subject, { policy }) {
    const wanted = policy.security?.allowPrivilegeEscalation?.default;
    const violations: Violation[] = [];
    for (const security of containerSecurities(subject.template)) {
      const violation = isPrivileged(security)
        ? judgePrivileged(security, isKnativeKind(subject.key))
        : judgeEscalation(security, wanted);
      if (violation !== undefined) violations.push(violation);
    }
    return violations;
  },
});

function isPrivileged({ own }: ContainerSecurity): boolean {
  return own.privileged === true;
}

function judgePrivileged({ container, path }: ContainerSecurity, isRefused: boolean): Violation | undefined {
  if (isRefused) return undefined; // Knative's own refusal says it
  return {
    path: join(path, 'privileged'),
    message: `${container.name} is privileged, which makes it root on the node; leave privileged out`,
  };
}

function judgeEscalation(security: ContainerSecurity, wanted: boolean | undefined): Violation | undefined {
  const written = security.own.allowPrivilegeEscalation ?? undefined;
  if (wanted === true || written === false || (wanted === undefined && written === undefined)) return undefined;

  const path = join(security.path, 'allowPrivilegeEscalation');
  const what = written === undefined ? 'does not say that it gains no rights' : 'may gain rights while it runs';
  return {
    path: placeOf(security, 'allowPrivilegeEscalation'),
    message: `${security.container.name} ${what}; set allowPrivilegeEscalation: false`,
    fix: security.isWritable
      ? [{ set: path, value: false }]
      : [{ set: security.path, value: { allowPrivilegeEscalation: false } }],
  };
}
