import { asArray, stringAt, valueAt } from '../../../kubernetes/json.ts';
import { shortTitleOf } from '../../../kubernetes/object.ts';
import { type PodTemplate, podHolders } from '../../../kubernetes/podTemplate.ts';
import { join } from '../../../kubernetes/pointer.ts';
import { defineRule, type RuleContext, type Violation } from '../../engine/rule.ts';
import type { Subject } from '../../engine/subject.ts';
import { isKnativeKind, passes } from './containerSecurity.ts';

interface HostField {
  readonly field: string;
  readonly what: string;
  /** The feature flag without which Knative refuses the field itself. */
  readonly feature: string;
}

const HOST_FIELDS: readonly HostField[] = [
  { field: 'hostNetwork', what: 'network', feature: 'kubernetes.podspec-hostnetwork' },
  { field: 'hostPID', what: 'processes', feature: 'kubernetes.podspec-hostpid' },
  { field: 'hostIPC', what: 'shared memory', feature: 'kubernetes.podspec-hostipc' },
];
const HOST_PATH_FEATURE = 'kubernetes.podspec-volumes-hostpath';

/**
 * Pods keep off their node: its network, processes, shared memory, files and ports.
 *
 * In Knative's own kinds these are refused unless config-features lets them through (knative/serving
 * pkg/apis/serving/fieldmask.go), and that is for the rules under knative/ to say.
 */
export const securityHost = defineRule({
  id: 'security/host',
  title: 'pods share nothing with their node',
  why: 'Who sees the network, processes or files of the node sees those of every other pod on it.',
  howToFix:
    'Leave hostNetwork, hostPID, hostIPC and hostPort out; use a PersistentVolumeClaim or an emptyDir for files.',
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
      hostNetwork: true
      imagePullSecrets: [{name: regcred}]
      containers:
      - name: worker
        image: registry.example.com/shop/worker:2.0.1
        securityContext: {runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}, seccompProfile: {type: RuntimeDefault}}
        resources: {requests: {cpu: 100m, memory: 128Mi}, limits: {cpu: 500m, memory: 256Mi}}
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
        securityContext: {runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}, seccompProfile: {type: RuntimeDefault}}
        resources: {requests: {cpu: 100m, memory: 128Mi}, limits: {cpu: 500m, memory: 256Mi}}
`,
  },

  judge(subject, context) {
    const { template } = subject;
    if (template === undefined) return [];
    const violations: Violation[] = [];
    judgeFields(template, subject, context, violations);
    judgeVolumes(template, subject, context, violations);
    if (!isKnativeKind(subject.key)) judgePorts(template, violations);
    return violations;
  },
});

function isRefused(subject: Subject, { policy }: RuleContext, feature: string): boolean {
  return isKnativeKind(subject.key) && !passes(policy.knative, feature);
}

function judgeFields(template: PodTemplate, subject: Subject, context: RuleContext, violations: Violation[]): void {
  for (const { field, what, feature } of HOST_FIELDS) {
    if (template.spec[field] !== true || isRefused(subject, context, feature)) continue;
    violations.push({
      path: join(template.specPath, field),
      message: `pods of ${shortTitleOf(subject.reference)} share their node's ${what} (${field}); leave it out`,
    });
  }
}

function judgeVolumes(template: PodTemplate, subject: Subject, context: RuleContext, violations: Violation[]): void {
  if (template.spec.volumes === undefined || isRefused(subject, context, HOST_PATH_FEATURE)) return;
  for (const [index, volume] of asArray(template.spec.volumes).entries()) {
    if ((valueAt(volume, 'hostPath') ?? undefined) === undefined) continue;
    const name = stringAt(volume, 'name') ?? `volume ${index + 1}`;
    violations.push({
      path: join(template.specPath, 'volumes', index, 'hostPath'),
      message: `pods of ${shortTitleOf(subject.reference)} mount ${stringAt(volume, 'hostPath', 'path') ?? 'files'} of their node (${name}); use an emptyDir or a PersistentVolumeClaim`,
    });
  }
}

function judgePorts(template: PodTemplate, violations: Violation[]): void {
  for (const container of template.containers) {
    for (const [index, port] of asArray(container.value.ports).entries()) {
      const number = valueAt(port, 'hostPort');
      if (typeof number !== 'number' || number === 0) continue;
      violations.push({
        path: join(container.path, 'ports', index, 'hostPort'),
        message: `${container.name} takes port ${number} of its node (hostPort); leave it out, and reach the pods by a Service`,
      });
    }
  }
}
