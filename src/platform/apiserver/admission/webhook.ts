/** One webhook of a configuration, read once for each change of it (k8s.io/api admissionregistration/v1/types.go). */
import {
  arrayAt,
  isObject,
  type JsonObject,
  type JsonValue,
  numberAt,
  objectAt,
  stringAt,
} from '../../../kubernetes/json.ts';
import { type ConditionCompiler, type Conditions, compileConditions } from './conditions.ts';
import { type Rule, readRule } from './rules.ts';

/** Where it answers: at a url, or behind a Service. */
export type Address =
  | { readonly url: string }
  | { readonly namespace: string; readonly name: string; readonly port: number; readonly path: string };

export interface Webhook {
  readonly name: string;
  /** Names it among all, as long as its configuration stays: `mutating/knative/0`. */
  readonly id: string;
  readonly isMutating: boolean;
  readonly rules: readonly Rule[];
  /** `matchPolicy: Equivalent`: a rule also means other versions of what it names. */
  readonly takesEquivalents: boolean;
  readonly namespaceSelector: JsonObject | undefined;
  readonly objectSelector: JsonObject | undefined;
  readonly conditions: Conditions | undefined;
  readonly ignoresFailures: boolean;
  readonly timeoutSeconds: number;
  readonly isReinvoked: boolean;
  /** Absent where the configuration says nothing, which a dry run refuses. */
  readonly sideEffects: string | undefined;
  /** `v1` or `v1beta1`, whichever it names first; undefined where it knows neither. */
  readonly reviewVersion: 'v1' | 'v1beta1' | undefined;
  /** Undefined where it has neither a url nor a service. */
  readonly address: Address | undefined;
  /** PEM; undefined: the authorities that the machine trusts. */
  readonly caBundle: string | undefined;
}

/** What a configuration's `webhooks` are where it says nothing: those of defaults.go, which the API has filled in. */
const TIMEOUT_SECONDS = 10;
const HTTPS_PORT = 443;

export function readWebhooks(configuration: JsonObject, isMutating: boolean, compile: ConditionCompiler): Webhook[] {
  const name = stringAt(configuration, 'metadata', 'name') ?? '';
  const start = `${isMutating ? 'mutating' : 'validating'}/${name}`;
  return arrayAt(configuration, 'webhooks')
    .filter(isObject)
    .map((webhook, index) => {
      const ignoresFailures = stringAt(webhook, 'failurePolicy') === 'Ignore';
      return {
        name: stringAt(webhook, 'name') ?? '',
        id: `${start}/${index}`,
        isMutating,
        rules: arrayAt(webhook, 'rules').map(readRule),
        takesEquivalents: stringAt(webhook, 'matchPolicy') !== 'Exact',
        namespaceSelector: objectAt(webhook, 'namespaceSelector'),
        objectSelector: objectAt(webhook, 'objectSelector'),
        conditions: compileConditions(arrayAt(webhook, 'matchConditions'), ignoresFailures, compile),
        ignoresFailures,
        timeoutSeconds: numberAt(webhook, 'timeoutSeconds') ?? TIMEOUT_SECONDS,
        isReinvoked: stringAt(webhook, 'reinvocationPolicy') === 'IfNeeded',
        sideEffects: stringAt(webhook, 'sideEffects'),
        reviewVersion: arrayAt(webhook, 'admissionReviewVersions').find(isReviewVersion),
        address: addressOf(objectAt(webhook, 'clientConfig')),
        caBundle: bundleOf(stringAt(webhook, 'clientConfig', 'caBundle')),
      };
    });
}

function isReviewVersion(version: JsonValue): version is 'v1' | 'v1beta1' {
  return version === 'v1' || version === 'v1beta1';
}

function addressOf(config: JsonObject | undefined): Address | undefined {
  const service = objectAt(config, 'service');
  if (service !== undefined) {
    return {
      namespace: stringAt(service, 'namespace') ?? '',
      name: stringAt(service, 'name') ?? '',
      port: numberAt(service, 'port') ?? HTTPS_PORT,
      path: stringAt(service, 'path') ?? '',
    };
  }
  const url = stringAt(config, 'url');
  return url === undefined || url === '' ? undefined : { url };
}

function bundleOf(base64: string | undefined): string | undefined {
  return base64 === undefined || base64 === '' ? undefined : Buffer.from(base64, 'base64').toString();
}
