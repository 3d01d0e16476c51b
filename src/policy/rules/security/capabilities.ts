import { arrayAt, isObject, valueAt } from '../../../kubernetes/json.ts';
import { podHolders } from '../../../kubernetes/podTemplate.ts';
import { join } from '../../../kubernetes/pointer.ts';
import type { Edit } from '../../engine/edit.ts';
import { defineRule, type RuleContext, type Violation } from '../../engine/rule.ts';
import type { Subject } from '../../engine/subject.ts';
import {
  addedCapabilities,
  type ContainerSecurity,
  containerSecurities,
  isKnativeKind,
  lowPort,
  mayAddCapabilities,
  placeOf,
} from './containerSecurity.ts';

/** Each of these alone is as good as root on the node. */
const WORST: readonly string[] = [
  'ALL',
  'SYS_ADMIN',
  'SYS_MODULE',
  'SYS_PTRACE',
  'SYS_RAWIO',
  'DAC_READ_SEARCH',
  'BPF',
];

/** Containers give up root's capabilities, and ask for none but those that the policy allows. */
export const securityCapabilities = defineRule({
  id: 'security/capabilities',
  title: 'containers drop capabilities, and ask for allowed ones alone',
  why: 'A web service needs none of the capabilities of root; each that it keeps is a way on for whoever breaks in.',
  howToFix: 'Set capabilities.drop to [ALL]; a container that listens below port 1024 may add NET_BIND_SERVICE.',
  kinds: podHolders,
  action: 'deny',
  examples: {
    bad: `
apiVersion: apps/v1
kind: Deployment
metadata: {name: worker}
spec:
  selector: {matchLabels: {app: worker}}
  template:
    metadata: {labels: {app: worker}}
    spec:
      imagePullSecrets: [{name: regcred}]
      containers:
      - name: worker
        image: registry.example.com/shop/worker:2.0.1
        resources: {requests: {cpu: 100m, memory: 128Mi}, limits: {cpu: 500m, memory: 256Mi}}
        securityContext:
          runAsNonRoot: true
          allowPrivilegeEscalation: false
          seccompProfile: {type: RuntimeDefault}
          capabilities: {drop: [ALL], add: [NET_ADMIN]}
`,
    good: `
apiVersion: apps/v1
kind: Deployment
metadata: {name: worker}
spec:
  selector: {matchLabels: {app: worker}}
  template:
    metadata: {labels: {app: worker}}
    spec:
      imagePullSecrets: [{name: regcred}]
      containers:
      - name: worker
        image: registry.example.com/shop/worker:2.0.1
        resources: {requests: {cpu: 100m, memory: 128Mi}, limits: {cpu: 500m, memory: 256Mi}}
        securityContext:
          runAsNonRoot: true
          allowPrivilegeEscalation: false
          seccompProfile: {type: RuntimeDefault}
          capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}
`,
  },

  judge(subject, context) {
    const violations: Violation[] = [];
    for (const security of containerSecurities(subject.template)) {
      if (security.own.privileged === true) continue; // has them all, whatever it drops: security/privilege-escalation
      const added = judgeAdded(security, subject, context);
      const dropped = judgeDropped(security, subject, context);
      if (added !== undefined) violations.push(added);
      if (dropped !== undefined) violations.push(dropped);
    }
    return violations;
  },
});

function judgeAdded(security: ContainerSecurity, subject: Subject, { policy }: RuleContext): Violation | undefined {
  if (isKnativeKind(subject.key) && !mayAddCapabilities(policy.knative)) return undefined; // Knative's own refusal says it
  const allowed = policy.security?.capabilities?.add?.allowed;
  const added = addedCapabilities(security);
  const index = added.findIndex((name) => (allowed === undefined ? WORST.includes(name) : !allowed.includes(name)));
  if (index < 0) return undefined;
  const why =
    allowed === undefined
      ? 'which is as good as root on the node'
      : `and ${policy.name} allows ${allowed.join(', ') || 'none'}`;
  return {
    path: join(security.path, 'capabilities', 'add', index),
    message: `${security.container.name} asks for the capability ${added[index]}, ${why}; leave it out`,
  };
}

function judgeDropped(security: ContainerSecurity, subject: Subject, { policy }: RuleContext): Violation | undefined {
  const wanted = policy.security?.capabilities?.drop?.default;
  if (wanted === undefined || wanted.length === 0) return undefined;
  const dropped = arrayAt(security.own, 'capabilities', 'drop');
  if (dropped.includes('ALL') || wanted.every((name) => dropped.includes(name))) return undefined;

  const isLower = dropped.includes('all') ? ', and "all" in lower case is none' : '';
  const port = dropped.length === 0 ? lowPort(security) : undefined;
  const bind = port === undefined || !mayBind(security, subject, wanted, policy) ? [] : [BIND];
  const isLow = port === undefined || bind.length > 0 ? '' : `, or listen above 1023 rather than on ${port}`;
  const isBound = bind.length === 0 ? '' : `, and capabilities.add to [${BIND}] for port ${port}`;
  const path = join(security.path, 'capabilities', 'drop');
  return {
    path: placeOf(security, 'capabilities', 'drop'),
    message: `${security.container.name} does not drop ${wanted.join(', ')}${isLower}; set capabilities.drop to [${wanted.join(', ')}]${isLow}${isBound}`,
    // Whether a container that listens below 1024 still can without them, the runtime decides.
    ...(port === undefined || bind.length > 0 ? { fix: dropEdits(security, path, wanted, bind) } : {}),
  };
}

const BIND = 'NET_BIND_SERVICE';

/** Whether the container may keep the one capability that a low port takes; nothing is changed that it adds itself. */
function mayBind(
  security: ContainerSecurity,
  subject: Subject,
  wanted: readonly string[],
  policy: RuleContext['policy'],
): boolean {
  if (isKnativeKind(subject.key) && !mayAddCapabilities(policy.knative)) return false;
  const isOpen = (valueAt(security.own, 'capabilities', 'add') ?? null) === null;
  return isOpen && wanted.includes('ALL') && policy.security?.capabilities?.add?.allowed?.includes(BIND) === true;
}

function dropEdits(security: ContainerSecurity, path: string, drop: readonly string[], add: readonly string[]): Edit[] {
  const whole = add.length === 0 ? { drop } : { drop, add };
  if (!security.isWritable) return [{ set: security.path, value: { capabilities: whole } }];
  const capabilities = join(security.path, 'capabilities');
  const written = valueAt(security.own, 'capabilities') ?? {};
  if (!isObject(written)) return [{ set: capabilities, value: whole }];
  const edits: Edit[] = [{ set: path, value: drop }];
  if (add.length > 0) edits.push({ set: join(capabilities, 'add'), value: add });
  return edits;
}
