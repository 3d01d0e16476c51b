/** The template of Revisions (knative/serving pkg/apis/serving/v1/revision_validation.go RevisionTemplateSpec). */
import { asObject, asString, type JsonObject, objectAt, stringAt } from '../../kubernetes/json.ts';
import { dns1035LabelErrors, dns1035PrefixErrors, goList } from '../../kubernetes/names.ts';
import { join } from '../../kubernetes/pointer.ts';
import { parseQuantity } from '../../kubernetes/quantity.ts';
import { validateAnnotations } from '../autoscaling/validate.ts';
import { formatFloat, parseFloat64 } from '../goNumbers.ts';
import { quote } from '../goStrings.ts';
import { differences } from './equality.ts';
import { checkSeconds, firstKey } from './metadata.ts';
import { checkPodSpec } from './podSpec.ts';
import { report, reportDisallowed, reportInvalid, type Scope } from './scope.ts';
import { template as templateShape } from './shapes.ts';
import { NETWORKING_ANNOTATIONS_SINCE } from './versions.ts';

const PATH = '/spec/template';
const ANNOTATIONS_PATH = `${PATH}/metadata/annotations`;

/** What knative/networking pkg/apis/networking knows of its own annotations. */
const NETWORKING_ANNOTATIONS = new Set(
  [
    'ingress.class',
    'ingress-class',
    'certificate.class',
    'certificate-class',
    'disableAutoTLS',
    'disable-auto-tls',
    'disable-external-domain-tls',
    'httpOption',
    'http-protocol',
  ].map((name) => `networking.knative.dev/${name}`),
);

const PROGRESS_DEADLINE = ['serving.knative.dev/progress-deadline'];
const SIDECAR = 'queue.sidecar.serving.knative.dev';
const SIDECAR_PERCENTAGE = [`${SIDECAR}/resource-percentage`, `${SIDECAR}/resourcePercentage`];
const SIDECAR_RESOURCES = [
  `${SIDECAR}/cpu-resource-request`,
  `${SIDECAR}/cpu-resource-limit`,
  `${SIDECAR}/memory-resource-request`,
  `${SIDECAR}/memory-resource-limit`,
  `${SIDECAR}/ephemeral-storage-resource-request`,
  `${SIDECAR}/ephemeral-storage-resource-limit`,
];

export function checkTemplate(scope: Scope, object: JsonObject): void {
  const template = objectAt(object, 'spec', 'template');
  checkPodSpec(scope, `${PATH}/spec`, asObject(template?.spec) ?? {});

  const metadata = asObject(template?.metadata);
  if (metadata === undefined) return;
  checkRevisionName(scope, metadata);
  const annotations = asObject(metadata.annotations);
  if (annotations !== undefined) checkAnnotations(scope, annotations);
}

function checkAnnotations(scope: Scope, annotations: JsonObject): void {
  const isJudged = scope.config.minor >= NETWORKING_ANNOTATIONS_SINCE;
  let hasSidecarKeys = false;
  for (const key of Object.keys(annotations)) {
    if (key.startsWith(SIDECAR)) hasSidecarKeys = true;
    if (isJudged && key.startsWith('networking.knative.dev') && !NETWORKING_ANNOTATIONS.has(key)) {
      report(scope, join(ANNOTATIONS_PATH, key), `invalid key name ${quote(key)}`);
    }
  }
  scope.errors.push(...validateAnnotations(annotations, ANNOTATIONS_PATH, scope.config.autoscaler));
  // Eight keys that hardly anybody writes.
  if (hasSidecarKeys) checkSidecarResources(scope, annotations);
  checkSeconds(scope, ANNOTATIONS_PATH, annotations, PROGRESS_DEADLINE, 'progress-deadline');
}

function checkSidecarResources(scope: Scope, annotations: JsonObject): void {
  const percentage = firstKey(annotations, SIDECAR_PERCENTAGE);
  if (percentage !== undefined) {
    const text = stringAt(annotations, percentage) ?? '';
    const place = join(ANNOTATIONS_PATH, percentage);
    const parsed = parseFloat64(text);
    if (!parsed.ok) reportInvalid(scope, place, text);
    else if (parsed.value < 0.1 || parsed.value > 100) {
      report(scope, place, `expected 0.1 <= ${formatFloat(parsed.value)} <= 100`);
    }
  }

  for (const key of SIDECAR_RESOURCES) {
    const text = stringAt(annotations, key);
    if (text !== undefined && parseQuantity(text) === undefined) {
      reportInvalid(scope, join(ANNOTATIONS_PATH, key), text);
    }
  }
}

/** A Revision that its author names must be told from those of other Services by its prefix. */
function checkRevisionName(scope: Scope, metadata: JsonObject): void {
  const name = asString(metadata.name) ?? '';
  const generateName = asString(metadata.generateName) ?? '';
  const place = `${PATH}/metadata/name`;

  const prefixErrors = generateName === '' ? [] : dns1035PrefixErrors(generateName);
  if (prefixErrors.length > 0) {
    const value = `not a DNS 1035 label prefix: ${goList(prefixErrors)}`;
    reportInvalid(scope, `${PATH}/metadata/generateName`, value);
    return;
  }
  if (name === '') return;

  const nameErrors = dns1035LabelErrors(name);
  if (nameErrors.length > 0) {
    reportInvalid(scope, place, `not a DNS 1035 label: ${goList(nameErrors)}`);
    return;
  }
  const parent = asString(scope.metadata.name) ?? '';
  if (parent === '' && (asString(scope.metadata.generateName) ?? '') !== '') {
    reportDisallowed(scope, place);
    return;
  }
  const prefix = `${parent}-`;
  if (!name.startsWith(prefix)) reportInvalid(scope, place, `${quote(name)} must have prefix ${quote(prefix)}`);
}

const MOST_DIFFERENCES = 5;

/** A Revision's name stands for one content: a template that changes under the same name is refused (VerifyNameChange). */
export function checkNameChange(scope: Scope, object: JsonObject, old: JsonObject): void {
  const template = objectAt(object, 'spec', 'template') ?? {};
  const before = objectAt(old, 'spec', 'template') ?? {};
  const name = stringAt(template, 'metadata', 'name') ?? '';
  if (name === '' || name !== (stringAt(before, 'metadata', 'name') ?? '')) return;

  const changed = differences(before, template, templateShape, PATH, MOST_DIFFERENCES);
  if (changed.length === 0) return;
  report(
    scope,
    `${PATH}/metadata/name`,
    'Saw the following changes without a name change (-old +new)',
    changed.join(', '),
  );
}
