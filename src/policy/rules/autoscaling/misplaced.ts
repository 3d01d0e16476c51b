import { annotationOfKey, isAutoscalingKey } from '../../../knative/autoscaling/annotations.ts';
import { type JsonObject, objectAt } from '../../../kubernetes/json.ts';
import {
  apiServerSource,
  broker,
  channel,
  containerSource,
  cronJob,
  deployment,
  domainMapping,
  inMemoryChannel,
  job,
  kafkaChannel,
  kafkaSource,
  parallel,
  pingSource,
  scaledJob,
  scaledObject,
  sequence,
  sinkBinding,
  statefulSet,
  subscription,
  trigger,
} from '../../../kubernetes/kinds.ts';
import { join } from '../../../kubernetes/pointer.ts';
import type { Edit } from '../../engine/edit.ts';
import { defineRule, type Violation } from '../../engine/rule.ts';
import type { Subject } from '../../engine/subject.ts';
import { isScaled, scaledKinds } from './scaling.ts';

/** Sources and channels that another autoscaler of Knative's takes in charge say so by their class. */
const CLASS_KEY = 'autoscaling.knative.dev/class';
const KEDA_CLASS = 'keda.autoscaling.knative.dev';

/**
 * Autoscaling annotations where no autoscaler looks.
 *
 * On the metadata of a Service, Configuration or Route Knative itself refuses them: knative/autoscaling says so. With the
 * class keda.autoscaling.knative.dev they count on Eventing's objects (knative-extensions/eventing-autoscaler-keda).
 */
export const misplaced = defineRule({
  id: 'autoscaling/misplaced',
  title: 'autoscaling annotations stand on the template of a Knative Service',
  why: "Knative's autoscaler looks at the template of a Service and nowhere else: on a Deployment or as labels they do nothing.",
  howToFix:
    'Put them under `spec.template.metadata.annotations` of the Knative Service; a Deployment is scaled by `replicas`, an HPA or a ScaledObject.',
  kinds: [
    ...scaledKinds,
    domainMapping,
    deployment,
    statefulSet,
    job,
    cronJob,
    broker,
    trigger,
    channel,
    inMemoryChannel,
    kafkaChannel,
    subscription,
    sequence,
    parallel,
    pingSource,
    kafkaSource,
    apiServerSource,
    containerSource,
    sinkBinding,
    scaledObject,
    scaledJob,
  ],
  action: 'warn',
  examples: {
    bad: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template:
    metadata:
      labels: {autoscaling.knative.dev/min-scale: "2"}
    spec:
      containers:
      - image: registry.example.com/shop/cart:1.4.2
`,
    good: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template:
    metadata:
      annotations: {autoscaling.knative.dev/min-scale: "2"}
    spec:
      containers:
      - image: registry.example.com/shop/cart:1.4.2
`,
  },

  judge(subject) {
    const violations: Violation[] = [];
    const { template, object } = subject;
    const scales = isScaled(subject);
    const annotations = objectAt(object, 'metadata', 'annotations');
    if (annotations?.[CLASS_KEY] === KEDA_CLASS) return violations;

    if (!scales) collect(violations, subject, annotations, '/metadata/annotations');
    collect(violations, subject, objectAt(object, 'metadata', 'labels'), '/metadata/labels');
    // a Revision's own labels are its template's
    if (template === undefined || template.path === '') return violations;
    if (!scales) collect(violations, subject, template.annotations, template.annotationsPath);
    collect(violations, subject, template.labels, join(template.path, 'metadata', 'labels'));
    return violations;
  },
});

function collect(violations: Violation[], subject: Subject, values: JsonObject | undefined, path: string): void {
  if (values === undefined) return;
  for (const key in values) {
    if (!isAutoscalingKey(key) || !Object.hasOwn(values, key)) continue;
    violations.push(violationAt(subject, key, values, path));
  }
}

function violationAt(subject: Subject, key: string, values: JsonObject, path: string): Violation {
  const place = join(path, key);
  if (!isScaled(subject)) {
    return {
      path: place,
      message: `"${key}" means nothing on a ${subject.reference.kind}: Knative's autoscaler reads the template of a Knative Service alone; remove it`,
      fix: [{ remove: place }],
    };
  }

  const annotationsPath = subject.template?.annotationsPath ?? '/spec/template/metadata/annotations';
  const target = join(annotationsPath, key);
  const value = values[key];
  const written = subject.writtenTemplate?.annotations;
  const spellings = annotationOfKey(key);
  const isWritten = spellings?.some((spelling) => written !== undefined && Object.hasOwn(written, spelling)) ?? true;
  const fix: Edit[] = [{ remove: place }];
  if (!isWritten && value !== undefined) fix.push({ set: target, value });
  return {
    path: place,
    message: `"${key}" is a label here and does nothing: Knative's autoscaler reads ${annotationsPath.slice(1).replaceAll('/', '.')}`,
    ...(spellings === undefined ? {} : { fix }),
  };
}
