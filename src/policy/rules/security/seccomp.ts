import { stringAt } from '../../../kubernetes/json.ts';
import { podHolders } from '../../../kubernetes/podTemplate.ts';
import { join } from '../../../kubernetes/pointer.ts';
import { defineRule, type Violation } from '../../engine/rule.ts';
import { type ContainerSecurity, containerSecurities, inherited, placeOf } from './containerSecurity.ts';

/**
 * Containers run under a seccomp profile. Without one Kubernetes runs them Unconfined, unless the kubelet says
 * otherwise (`--seccomp-default`).
 */
export const securitySeccomp = defineRule({
  id: 'security/seccomp',
  title: 'containers run under a seccomp profile',
  why: 'The profile of the runtime keeps a container from the system calls that break-outs are made of.',
  howToFix: 'Set seccompProfile: {type: RuntimeDefault} in the securityContext.',
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
        securityContext: {seccompProfile: {type: Unconfined}}
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
        securityContext: {seccompProfile: {type: RuntimeDefault}}
`,
  },

  judge(subject, { policy }) {
    const wanted = policy.security?.seccompProfile?.default;
    const allowed: readonly string[] = policy.security?.seccompProfile?.allowed ?? CONFINED;
    const violations: Violation[] = [];
    for (const security of containerSecurities(subject.template)) {
      const violation = judgeContainer(security, allowed, wanted);
      if (violation !== undefined) violations.push(violation);
    }
    return violations;
  },
});

const CONFINED = ['RuntimeDefault', 'Localhost'];

function judgeContainer(
  security: ContainerSecurity,
  allowed: readonly string[],
  wanted: string | undefined,
): Violation | undefined {
  const profile = inherited(security, 'seccompProfile');
  const type = stringAt(profile?.value, 'type');
  if (type !== undefined && allowed.includes(type)) return undefined;
  if (type === undefined && wanted === undefined) return undefined;

  const path = profile?.path ?? join(security.path, 'seccompProfile');
  const what = type === undefined ? 'has no seccomp profile' : `has the seccomp profile ${type}`;
  const right = wanted ?? allowed[0] ?? 'RuntimeDefault';
  const value = { type: right };
  return {
    path: profile === undefined ? placeOf(security, 'seccompProfile') : type === undefined ? path : join(path, 'type'),
    message: `${security.container.name} ${what}; set seccompProfile.type to ${right}`,
    fix: security.isWritable ? [{ set: path, value }] : [{ set: security.path, value: { seccompProfile: value } }],
  };
}
