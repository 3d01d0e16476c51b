import { cronJob } from '../../../kubernetes/kinds.ts';
import { titleOf } from '../../../kubernetes/object.ts';
import type { Edit } from '../../engine/edit.ts';
import { sameNamespace } from '../../engine/inventory.ts';
import { defineRule } from '../../engine/rule.ts';
import { isSuspended } from './inSight.ts';
import { type Replacement, replacementFor, type ScalingCronJob, scalingCronJob } from './scaling/cronJob.ts';

/**
 * Scaling by the clock without kubectl.
 *
 * Knative's webhook refuses autoscaling annotations on a Service's own metadata (knative/serving
 * pkg/apis/serving/metadata_validation.go); in the template they make a new Revision, and Argo CD takes them back.
 */
export const scalingCronJobRule = defineRule({
  id: 'eventing/scaling-cronjob',
  title: 'services are scaled by the clock by a ScalingSchedule',
  why: 'A CronJob that annotates a Service is refused by Knative, so that nothing scales; one that patches its template starts every pod anew, fights Argo CD, and does not catch up when it was missed.',
  howToFix:
    'Replace the CronJobs by one ScalingSchedule with a window for each pair of them, and take back the rights of their ServiceAccount.',
  kinds: [cronJob],
  action: 'deny',
  needsOthers: true,
  examples: {
    bad: `
apiVersion: batch/v1
kind: CronJob
metadata: {name: evening}
spec:
  schedule: "0 18 * * 1-5"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: OnFailure
          imagePullSecrets: [{name: regcred}]
          containers:
          - name: scaler
            image: registry.example.com/tools/kubectl:1.36.3
            securityContext: {runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}, seccompProfile: {type: RuntimeDefault}}
            resources: {requests: {cpu: 50m, memory: 64Mi}, limits: {cpu: 200m, memory: 128Mi}}
            command: [kubectl, annotate, ksvc/cart, autoscaling.knative.dev/min-scale=2, --overwrite]
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: morning}
spec:
  schedule: "0 8 * * 1-5"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: OnFailure
          imagePullSecrets: [{name: regcred}]
          containers:
          - name: scaler
            image: registry.example.com/tools/kubectl:1.36.3
            securityContext: {runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}, seccompProfile: {type: RuntimeDefault}}
            resources: {requests: {cpu: 50m, memory: 64Mi}, limits: {cpu: 200m, memory: 128Mi}}
            command: [kubectl, annotate, ksvc/cart, autoscaling.knative.dev/min-scale=10, --overwrite]
`,
    good: `
apiVersion: weir.dev/v1alpha1
kind: ScalingSchedule
metadata: {name: cart-business-hours}
spec:
  scaleTargetRef: {apiVersion: serving.knative.dev/v1, kind: Service, name: cart}
  timeZone: Etc/UTC
  windows:
  - {name: business-hours, start: "0 8 * * 1-5", end: "0 18 * * 1-5", minScale: 10}
  default: {minScale: 2}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: report}
spec:
  schedule: "0 7 * * 1"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: OnFailure
          imagePullSecrets: [{name: regcred}]
          containers:
          - name: report
            image: registry.example.com/shop/report:2.0.1
            securityContext: {runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}, seccompProfile: {type: RuntimeDefault}}
            resources: {requests: {cpu: 50m, memory: 64Mi}, limits: {cpu: 200m, memory: 128Mi}}
`,
  },

  judge(subject, { inventory }) {
    if (isSuspended(subject.object)) return [];
    const found = scalingCronJob(subject.object);
    if (found === undefined) return [];

    const replacement = replacementFor(found, inventory);
    const message = `${titleOf(subject.reference)} ${described(found)}; ${advice(found, replacement)}`;
    return [{ path: found.path, message, ...(replacement === undefined ? {} : { fix: fixFor(found, replacement) }) }];
  },
});

function described({ command }: ScalingCronJob): string {
  const values = [
    command.minScale === undefined ? '' : `min-scale ${command.minScale}`,
    command.maxScale === undefined ? '' : `max-scale ${command.maxScale}`,
  ].filter((value) => value !== '');
  const what = `${values.join(' and ')} of Knative Service ${command.service}`;
  if (command.how === 'annotate') return `sets ${what} by an annotation on the Service, which Knative refuses`;
  return `sets ${what} in its template, which makes a new Revision each time`;
}

function advice({ command, doesNothingElse }: ScalingCronJob, replacement: Replacement | undefined): string {
  if (replacement !== undefined) {
    const windows = replacement.windows === 1 ? 'a window' : `${replacement.windows} windows`;
    return `a ScalingSchedule with ${windows} does it without a new Revision`;
  }
  if (!doesNothingElse) return 'let a ScalingSchedule do it, and leave to the CronJob what else it does';
  return `write a ScalingSchedule for ${command.service} whose windows start and end with this CronJob and its counterpart`;
}

/** The first CronJob of the Service becomes the schedule, the others go. */
function fixFor({ reference }: ScalingCronJob, { first, schedule }: Replacement): Edit[] {
  const isFirst =
    first.reference.name === reference.name && sameNamespace(first.reference.namespace, reference.namespace);
  return isFirst ? [{ set: '', value: schedule }] : [{ remove: '' }];
}
