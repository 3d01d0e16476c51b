/**
 * What queue-proxy, the container that Knative puts into every pod of a Revision, asks of a namespace's quota and limits.
 *
 * Sources: knative/serving pkg/deployment/config.go (the defaults of config-deployment) and
 * pkg/reconciler/revision/resources/queue.go (createQueueResources): without the feature `queueproxy.resource-defaults`
 * it requests CPU alone and has no limit.
 */
import type { KnativeSettings } from './settings.ts';

export interface ContainerResources {
  readonly requests: Readonly<Record<string, string>>;
  readonly limits: Readonly<Record<string, string>>;
}

const FEATURE = 'queueproxy.resource-defaults';

const USUAL: ContainerResources = { requests: { cpu: '25m' }, limits: {} };

const WITH_DEFAULTS: ContainerResources = {
  requests: { cpu: '25m', memory: '400Mi' },
  limits: { cpu: '1000m', memory: '800Mi' },
};

/** What queue-proxy requests and is limited to, unless config-deployment or an annotation of the service says otherwise. */
export function queueProxyResources(features: KnativeSettings['features']): ContainerResources {
  return features[FEATURE]?.toLowerCase() === 'enabled' ? WITH_DEFAULTS : USUAL;
}
