/**
 * config-features and config-defaults as Knative reads them (knative/serving pkg/apis/config/{features,defaults}.go).
 * A config-defaults that does not parse is one that Knative's own webhook refuses, so its built-in values hold.
 */
import { parseQuantity } from '../../kubernetes/quantity.ts';
import { type AutoscalerConfig, autoscalerConfigOf } from '../autoscaling/config.ts';
import { parseBool, parseInt64 } from '../goNumbers.ts';
import type { KnativeSettings } from '../settings.ts';
import { ALLOW_ROOT_BOUNDED_SINCE, hasFeature, minorOf } from './versions.ts';

export type Flag = 'Enabled' | 'Allowed' | 'Disabled' | 'AllowRootBounded';

export interface ServingConfig {
  /** Of the version of Knative Serving: 23 of 1.23. */
  readonly minor: number;
  readonly features: Features;
  readonly defaults: Defaults;
  readonly autoscaler: AutoscalerConfig;
}

export interface Defaults {
  readonly revisionTimeoutSeconds: number;
  readonly maxRevisionTimeoutSeconds: number;
  readonly revisionResponseStartTimeoutSeconds: number;
  readonly revisionIdleTimeoutSeconds: number;
  readonly initContainerNameTemplate: string;
  readonly userContainerNameTemplate: string;
  readonly containerConcurrency: number;
  readonly containerConcurrencyMaxLimit: number;
  readonly allowContainerConcurrencyZero: boolean;
  /** Undefined leaves the field to Kubernetes. */
  readonly enableServiceLinks: boolean | undefined;
  /** Quantities by resource name, as the ConfigMap writes them. */
  readonly requests: Readonly<Record<string, string>>;
  readonly limits: Readonly<Record<string, string>>;
}

/** Each feature's key in config-features, and what holds where it is not set. */
const FEATURES = {
  multiContainer: ['multi-container', 'Enabled'],
  multiContainerProbing: ['multi-container-probing', 'Disabled'],
  securePodDefaults: ['secure-pod-defaults', 'Disabled'],
  addCapabilities: ['kubernetes.containerspec-addcapabilities', 'Disabled'],
  affinity: ['kubernetes.podspec-affinity', 'Disabled'],
  dnsConfig: ['kubernetes.podspec-dnsconfig', 'Disabled'],
  dnsPolicy: ['kubernetes.podspec-dnspolicy', 'Disabled'],
  fieldRef: ['kubernetes.podspec-fieldref', 'Disabled'],
  hostAliases: ['kubernetes.podspec-hostaliases', 'Disabled'],
  hostIPC: ['kubernetes.podspec-hostipc', 'Disabled'],
  hostNetwork: ['kubernetes.podspec-hostnetwork', 'Disabled'],
  hostPID: ['kubernetes.podspec-hostpid', 'Disabled'],
  initContainers: ['kubernetes.podspec-init-containers', 'Disabled'],
  nodeSelector: ['kubernetes.podspec-nodeselector', 'Disabled'],
  persistentVolumeClaim: ['kubernetes.podspec-persistent-volume-claim', 'Disabled'],
  persistentVolumeWrite: ['kubernetes.podspec-persistent-volume-write', 'Disabled'],
  priorityClassName: ['kubernetes.podspec-priorityclassname', 'Disabled'],
  runtimeClassName: ['kubernetes.podspec-runtimeclassname', 'Disabled'],
  schedulerName: ['kubernetes.podspec-schedulername', 'Disabled'],
  securityContext: ['kubernetes.podspec-securitycontext', 'Disabled'],
  shareProcessNamespace: ['kubernetes.podspec-shareprocessnamespace', 'Disabled'],
  tolerations: ['kubernetes.podspec-tolerations', 'Disabled'],
  topologySpreadConstraints: ['kubernetes.podspec-topologyspreadconstraints', 'Disabled'],
  volumesCSI: ['kubernetes.podspec-volumes-csi', 'Disabled'],
  volumesEmptyDir: ['kubernetes.podspec-volumes-emptydir', 'Enabled'],
  volumesEphemeral: ['kubernetes.podspec-volumes-ephemeral', 'Disabled'],
  volumesHostPath: ['kubernetes.podspec-volumes-hostpath', 'Disabled'],
  volumesImage: ['kubernetes.podspec-volumes-image', 'Disabled'],
  volumesMountPropagation: ['kubernetes.podspec-volumes-mount-propagation', 'Disabled'],
} satisfies Record<string, readonly [string, Flag]>;

export type Feature = keyof typeof FEATURES;
export type Features = Readonly<Record<Feature, Flag>>;

const FLAGS: readonly Flag[] = ['Enabled', 'Allowed', 'Disabled'];
const SECURE_POD_FLAGS: readonly Flag[] = ['Disabled', 'AllowRootBounded', 'Enabled'];

const parsed = new WeakMap<KnativeSettings, ServingConfig>();

/** The settings read once for each settings object: they are the same for thousands of manifests. */
export function servingConfig(settings: KnativeSettings): ServingConfig {
  const known = parsed.get(settings);
  if (known !== undefined) return known;

  const minor = minorOf(settings.version);
  const config = {
    minor,
    features: parseFeatures(settings.features, minor),
    defaults: parseDefaults(settings.defaults),
    autoscaler: autoscalerConfigOf(settings.autoscaler),
  };
  parsed.set(settings, config);
  return config;
}

type Data = Readonly<Record<string, string>>;

function read(data: Data, key: string): string | undefined {
  return Object.hasOwn(data, key) ? data[key] : undefined;
}

/** A feature that the version does not have yet is off, whatever its flag says. */
function parseFeatures(data: Data, minor: number): Features {
  const features: Partial<Record<Feature, Flag>> = {};
  for (const name of Object.keys(FEATURES) as Feature[]) {
    const [key, fallback] = FEATURES[name];
    const flags = name === 'securePodDefaults' ? SECURE_POD_FLAGS : FLAGS;
    const found = flags.find((flag) => flag.toLowerCase() === read(data, key)?.toLowerCase()) ?? fallback;
    const isKnown = hasFeature(minor, name) && (found !== 'AllowRootBounded' || minor >= ALLOW_ROOT_BOUNDED_SINCE);
    features[name] = isKnown ? found : 'Disabled';
  }
  return features as Features;
}

const BUILT_IN: Defaults = {
  revisionTimeoutSeconds: 300,
  maxRevisionTimeoutSeconds: 600,
  revisionResponseStartTimeoutSeconds: 300,
  revisionIdleTimeoutSeconds: 0,
  initContainerNameTemplate: 'init-container',
  userContainerNameTemplate: 'user-container',
  containerConcurrency: 0,
  containerConcurrencyMaxLimit: 1000,
  allowContainerConcurrencyZero: true,
  enableServiceLinks: false,
  requests: {},
  limits: {},
};

class BadSetting extends Error {}

function parseDefaults(data: Data): Defaults {
  try {
    return checked(readDefaults(data));
  } catch (error) {
    if (error instanceof BadSetting) return BUILT_IN;
    throw error;
  }
}

function readDefaults(data: Data): Defaults {
  const revisionTimeoutSeconds = integer(data, 'revision-timeout-seconds', BUILT_IN.revisionTimeoutSeconds);
  return {
    revisionTimeoutSeconds,
    maxRevisionTimeoutSeconds: integer(data, 'max-revision-timeout-seconds', BUILT_IN.maxRevisionTimeoutSeconds),
    revisionResponseStartTimeoutSeconds: integer(
      data,
      'revision-response-start-timeout-seconds',
      revisionTimeoutSeconds,
    ),
    revisionIdleTimeoutSeconds: integer(data, 'revision-idle-timeout-seconds', BUILT_IN.revisionIdleTimeoutSeconds),
    initContainerNameTemplate: read(data, 'init-container-name-template') ?? BUILT_IN.initContainerNameTemplate,
    userContainerNameTemplate: read(data, 'container-name-template') ?? BUILT_IN.userContainerNameTemplate,
    containerConcurrency: integer(data, 'container-concurrency', BUILT_IN.containerConcurrency),
    containerConcurrencyMaxLimit: integer(
      data,
      'container-concurrency-max-limit',
      BUILT_IN.containerConcurrencyMaxLimit,
    ),
    allowContainerConcurrencyZero: boolean(data, 'allow-container-concurrency-zero', true),
    enableServiceLinks: triState(read(data, 'enable-service-links')),
    requests: quantities(data, 'request'),
    limits: quantities(data, 'limit'),
  };
}

function checked(defaults: Defaults): Defaults {
  const timeout = defaults.revisionTimeoutSeconds;
  const limit = defaults.containerConcurrencyMaxLimit;
  if (timeout > defaults.maxRevisionTimeoutSeconds) throw new BadSetting();
  if (defaults.revisionResponseStartTimeoutSeconds > Math.max(timeout, 0)) throw new BadSetting();
  if (defaults.revisionIdleTimeoutSeconds > Math.max(timeout, 0)) throw new BadSetting();
  if (limit < 1) throw new BadSetting();
  if (defaults.containerConcurrency < 0 || defaults.containerConcurrency > limit) throw new BadSetting();
  return defaults;
}

function integer(data: Data, key: string, fallback: number): number {
  const text = read(data, key);
  if (text === undefined) return fallback;
  const parsedInteger = parseInt64(text);
  if (!parsedInteger.ok) throw new BadSetting();
  return Number(parsedInteger.value);
}

function boolean(data: Data, key: string, fallback: boolean): boolean {
  const text = read(data, key);
  if (text === undefined) return fallback;
  const parsedBoolean = parseBool(text);
  if (!parsedBoolean.ok) throw new BadSetting();
  return parsedBoolean.value;
}

function triState(text: string | undefined): boolean | undefined {
  if (text === undefined) return BUILT_IN.enableServiceLinks;
  if (text.toLowerCase() === 'true') return true;
  return text.toLowerCase() === 'false' ? false : undefined;
}

function quantities(data: Data, side: 'request' | 'limit'): Record<string, string> {
  const result: Record<string, string> = {};
  for (const resource of ['cpu', 'memory', 'ephemeral-storage']) {
    const text = read(data, `revision-${resource}-${side}`);
    if (text === undefined) continue;
    if (parseQuantity(text) === undefined) throw new BadSetting();
    result[resource] = text;
  }
  return result;
}
