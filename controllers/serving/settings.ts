/**
 * Knative Serving's ConfigMaps, as far as these controllers ask them. A value that cannot be read is the default:
 * Knative's own webhook would have refused it (knative/serving pkg/{gc,deployment}/config.go,
 * pkg/reconciler/route/config/domain.go, knative/networking pkg/config/config.go).
 */
import { type AutoscalerConfig, readAutoscalerConfig } from '../../src/knative/autoscaling/config.ts';
import { configMapData, type ConfigMapData as Data } from '../../src/knative/configMap.ts';
import { MILLISECOND, parseDuration } from '../../src/knative/duration.ts';
import { parseBool, parseInt64 } from '../../src/knative/goNumbers.ts';
import { DEFAULT_SETTINGS, type KnativeSettings } from '../../src/knative/settings.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { nameOf } from '../../src/kubernetes/object.ts';
import { SERVING_FEATURES } from '../../src/platform/knative/settings.ts';
import { type Domains, readDomains } from './route/domains.ts';

export interface Settings {
  /** config-autoscaler. */
  readonly autoscaler: AutoscalerConfig;
  /** config-domain. */
  readonly domains: Domains;
  readonly network: Network;
  readonly gc: GarbageCollection;
  /** config-deployment: how long a Revision may take to start, in milliseconds, unless it says otherwise itself. */
  readonly progressDeadlineMs: number;
  /** config-features' `tag-header-based-routing`: the header `Knative-Serving-Tag` leads to the tag's Revision. */
  readonly isTagHeaderRouting: boolean;
  /** What decides which defaults are filled in. */
  readonly knative: KnativeSettings;
}

/** config-network. */
export interface Network {
  readonly domainTemplate: string;
  readonly tagTemplate: string;
  /** `http` or `https`: of the addresses that are reachable from outside. */
  readonly defaultExternalScheme: string;
  /** A DomainMapping claims its domain by itself; otherwise somebody has to make the ClusterDomainClaim. */
  readonly isClaimAutocreated: boolean;
}

/** config-gc; what is undefined is disabled. Times are milliseconds. */
export interface GarbageCollection {
  readonly retainSinceCreateMs: number | undefined;
  readonly retainSinceLastActiveMs: number | undefined;
  readonly minNonActive: number;
  readonly maxNonActive: number | undefined;
}

const HOUR_MS = 3_600_000;
const PROGRESS_DEADLINE_MS = 600_000;
const DEFAULT_DOMAIN_TEMPLATE = '{{.Name}}.{{.Namespace}}.{{.Domain}}';
const DEFAULT_TAG_TEMPLATE = '{{.Tag}}-{{.Name}}';

/**
 * @param configMaps those of Knative's own namespace
 * @param fallbackDomain the domain of Routes where config-domain names none for all
 */
export function readSettings(configMaps: readonly JsonObject[], fallbackDomain: string): Settings {
  const autoscaler = dataOf(configMaps, 'config-autoscaler');
  const defaults = dataOf(configMaps, 'config-defaults');
  const features = { ...SERVING_FEATURES, ...dataOf(configMaps, 'config-features') };
  return {
    autoscaler: readAutoscalerConfig(autoscaler).config,
    domains: readDomains(dataOf(configMaps, 'config-domain'), fallbackDomain),
    network: readNetwork(dataOf(configMaps, 'config-network')),
    gc: readGarbageCollection(dataOf(configMaps, 'config-gc')),
    progressDeadlineMs: progressDeadlineOf(dataOf(configMaps, 'config-deployment')),
    isTagHeaderRouting: features['tag-header-based-routing']?.toLowerCase() === 'enabled',
    knative: { ...DEFAULT_SETTINGS, autoscaler, defaults, features },
  };
}

function dataOf(configMaps: readonly JsonObject[], name: string): Data {
  return configMapData(configMaps.find((each) => nameOf(each) === name));
}

function readNetwork(data: Data): Network {
  return {
    domainTemplate: data['domain-template'] ?? DEFAULT_DOMAIN_TEMPLATE,
    tagTemplate: data['tag-template'] ?? DEFAULT_TAG_TEMPLATE,
    defaultExternalScheme: data['default-external-scheme'] ?? 'http',
    isClaimAutocreated: isTrue(data['autocreate-cluster-domain-claims']),
  };
}

function readGarbageCollection(data: Data): GarbageCollection {
  return {
    retainSinceCreateMs: durationOf(data['retain-since-create-time'], 48 * HOUR_MS),
    retainSinceLastActiveMs: durationOf(data['retain-since-last-active-time'], 15 * HOUR_MS),
    minNonActive: countOf(data['min-non-active-revisions'], 20) ?? 20,
    maxNonActive: countOf(data['max-non-active-revisions'], 1000),
  };
}

/** Both spellings count, the later one more (knative/serving pkg/deployment/config.go). */
function progressDeadlineOf(data: Data): number {
  const parsed = parseDuration(data['progress-deadline'] ?? data.progressDeadline ?? '');
  return parsed.ok && parsed.value > 0n ? Number(parsed.value / MILLISECOND) : PROGRESS_DEADLINE_MS;
}

function isTrue(text: string | undefined): boolean {
  const parsed = parseBool(text ?? '');
  return parsed.ok && parsed.value;
}

function isDisabled(text: string): boolean {
  return text.toLowerCase() === 'disabled';
}

function durationOf(text: string | undefined, fallback: number): number | undefined {
  if (text === undefined) return fallback;
  if (isDisabled(text)) return undefined;
  const parsed = parseDuration(text);
  return parsed.ok && parsed.value >= 0n ? Number(parsed.value / MILLISECOND) : fallback;
}

function countOf(text: string | undefined, fallback: number): number | undefined {
  if (text === undefined) return fallback;
  if (isDisabled(text)) return undefined;
  const parsed = parseInt64(text);
  return parsed.ok && parsed.value >= 0n ? Number(parsed.value) : fallback;
}
