/**
 * The pods that Knative makes of a Service or a Configuration, as NetworkPolicies meet them: their labels and the ports
 * of their queue-proxy.
 *
 * Labels: knative/serving pkg/reconciler/revision/resources/meta.go (makeLabels) and
 * pkg/reconciler/configuration/resources/revision.go (updateRevisionLabels). The Service's own labels stay off the
 * pods; `app` is the Revision's name unless the template sets it. Ports: pkg/networking/constants.go.
 */
import { arrayAt, asString, type JsonObject, stringAt } from '../kubernetes/json.ts';
import { configuration, keyOf, knativeService } from '../kubernetes/kinds.ts';
import type { Labels, UnknownLabel } from '../kubernetes/labelSelector.ts';
import type { Port } from '../kubernetes/networkPolicy.ts';
import { labelsOf, referenceTo } from '../kubernetes/object.ts';
import { type PodTemplate, podTemplateOf } from '../kubernetes/podTemplate.ts';

export const LABEL_PREFIX = 'serving.knative.dev/';
export const SERVICE_LABEL = 'serving.knative.dev/service';

/** Queue-proxy's port for requests (HTTP/1 and WebSockets), with the name that its container port has. */
export const HTTP_PORT: Port = { number: 8012, name: 'queue-port', protocol: 'TCP' };
/** The same for a container whose port is named `h2c`. */
export const H2C_PORT: Port = { number: 8013, name: 'queue-port', protocol: 'TCP' };
/** The same where config-network's system-internal-tls is on. */
export const TLS_PORT: Port = { number: 8112, name: 'https-port', protocol: 'TCP' };
/** Where the autoscaler reads how busy the pod is. */
export const METRICS_PORT: Port = { number: 9090, name: 'http-autometric', protocol: 'TCP' };

export interface KnativePods {
  /** The Service's or Configuration's name. */
  readonly name: string;
  readonly labels: Labels;
  /** Where queue-proxy takes requests. */
  readonly port: Port;
}

const NOT_ON_PODS = new Set(['serving.knative.dev/route', 'serving.knative.dev/routingState']);
const ANY_VALUE: UnknownLabel = { mayBe: () => true };

/** Worked out once for each object: every NetworkPolicy asks again. */
const known = new WeakMap<JsonObject, KnativePods>();

/** The pods of a Service or a Configuration; undefined for other kinds and for one without a template. */
export function knativePodsOf(object: JsonObject): KnativePods | undefined {
  const before = known.get(object);
  if (before !== undefined) return before;
  const pods = readPods(object);
  if (pods !== undefined) known.set(object, pods);
  return pods;
}

function readPods(object: JsonObject): KnativePods | undefined {
  const key = keyOf(object);
  if (key !== knativeService.key && key !== configuration.key) return undefined;
  const template = podTemplateOf(object);
  if (template === undefined) return undefined;
  const { name } = referenceTo(object);
  return { name, labels: podLabels(object, key, name, template), port: isH2c(template) ? H2C_PORT : HTTP_PORT };
}

function podLabels(object: JsonObject, key: string, name: string, template: PodTemplate): Labels {
  const revision = asString(template.metadata.name) ?? generatedName(name);
  const known = new Map<string, string | UnknownLabel>([['app', revision]]);
  for (const [label, value] of Object.entries(template.labels)) {
    if (typeof value === 'string' && !NOT_ON_PODS.has(label)) known.set(label, value);
  }
  known.set('serving.knative.dev/configuration', name);
  known.set('serving.knative.dev/revision', revision);
  for (const label of ['configurationGeneration', 'configurationUID', 'revisionUID']) {
    known.set(LABEL_PREFIX + label, ANY_VALUE);
  }
  known.set('pod-template-hash', ANY_VALUE); // the ReplicaSet's

  const service = key === knativeService.key ? name : labelsOf(object)[SERVICE_LABEL];
  if (typeof service === 'string') {
    known.set(SERVICE_LABEL, service);
    known.set('serving.knative.dev/serviceUID', ANY_VALUE);
  }
  return { known };
}

/** `cart-00007`. Long names are cut and hashed (knative/pkg kmeta/names.go), so that any value may be one. */
function generatedName(name: string): UnknownLabel {
  const prefix = `${name}-`;
  if (prefix.length > 57) return ANY_VALUE;
  return { mayBe: (value) => value.startsWith(prefix) && DIGITS.test(value.slice(prefix.length)) };
}

const DIGITS = /^[0-9]{5,}$/;

/** pkg/apis/serving/v1/revision_helpers.go (GetProtocol). */
function isH2c(template: PodTemplate): boolean {
  return template.containers.some(({ value }) =>
    arrayAt(value, 'ports').some((port) => stringAt(port, 'name') === 'h2c'),
  );
}
