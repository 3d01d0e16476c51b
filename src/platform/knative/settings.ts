/** What the platform's Knative takes: as shipped, with what the platform carries out switched on, and its ConfigMaps laid over it. */
import { type ConfigMapData, configMapData } from '../../knative/configMap.ts';
import type { EventingFeatures } from '../../knative/eventing/features.ts';
import { DEFAULT_SETTINGS, type KnativeSettings } from '../../knative/settings.ts';
import type { JsonObject } from '../../kubernetes/json.ts';
import type { Reader, Stored } from '../apiserver/store/store.ts';

/** A claim is a folder of this machine, so that nobody has to provide for it. */
export const SERVING_FEATURES: ConfigMapData = {
  'kubernetes.podspec-persistent-volume-claim': 'enabled',
  'kubernetes.podspec-persistent-volume-write': 'enabled',
};
/** The platform's ApiServerSources filter. */
const EVENTING_FEATURES: EventingFeatures = { 'new-apiserversource-filters': 'enabled' };

const SERVING = DEFAULT_SETTINGS.systemNamespace;
export const EVENTING = 'knative-eventing';
export const FEATURES = 'config-features';

export interface PlatformSettings {
  readonly serving: KnativeSettings;
  readonly eventing: EventingFeatures;
}

/** Reads the ConfigMaps anew where one has changed: what is worked out from settings is kept by their identity. */
export function platformSettings(reader: Pick<Reader, 'get'>): () => PlatformSettings {
  let last: { readonly revisions: string; readonly settings: PlatformSettings } | undefined;
  return () => {
    const configMaps = [
      configMap(reader, SERVING, 'config-autoscaler'),
      configMap(reader, SERVING, 'config-defaults'),
      configMap(reader, SERVING, FEATURES),
      configMap(reader, EVENTING, FEATURES),
    ];
    const revisions = configMaps.map((stored) => stored?.revision ?? '').join(' ');
    if (last?.revisions !== revisions)
      last = { revisions, settings: read(configMaps.map((stored) => stored?.object())) };
    return last.settings;
  };
}

function read([autoscaler, defaults, features, eventing]: readonly (JsonObject | undefined)[]): PlatformSettings {
  return {
    serving: {
      ...DEFAULT_SETTINGS,
      autoscaler: configMapData(autoscaler),
      defaults: configMapData(defaults),
      features: { ...SERVING_FEATURES, ...configMapData(features) },
    },
    eventing: eventingFeatures(eventing),
  };
}

/** @param configMap config-features of Knative Eventing, where it is there */
export function eventingFeatures(configMap: JsonObject | undefined): EventingFeatures {
  return { ...EVENTING_FEATURES, ...configMapData(configMap) };
}

function configMap(reader: Pick<Reader, 'get'>, namespace: string, name: string): Stored | undefined {
  return reader.get({ resource: 'configmaps', namespace, name });
}
