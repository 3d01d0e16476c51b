/** Knative Eventing's config-features as it is now, for what hangs on it. */

import type { EventingFeatures } from '../../src/knative/eventing/features.ts';
import { configMaps } from '../../src/kubernetes/client/resources.ts';
import { EVENTING, eventingFeatures, FEATURES } from '../../src/platform/knative/settings.ts';
import type { Tools } from '../manager/controller.ts';

/** @param everyKey what is looked at again when it changes */
export function followFeatures({ follow }: Tools, everyKey: () => Iterable<string>): () => EventingFeatures {
  const { store } = follow({
    resource: configMaps,
    namespace: EVENTING,
    fieldSelector: `metadata.name=${FEATURES}`,
    keysOf: everyKey,
  });
  return () => eventingFeatures(store.find(EVENTING, FEATURES));
}
