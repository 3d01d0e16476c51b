/** Whether Knative Serving itself is in the cluster: then its controllers make what these here would. */

import { deployments, validatingWebhookConfigurations } from '../../src/kubernetes/client/resources.ts';
import { type JsonObject, stringAt } from '../../src/kubernetes/json.ts';
import type { Followed, Tools } from '../manager/controller.ts';

/** Knative's own names (knative/serving config/core/webhooks, config/core/deployments/controller.yaml). */
export const KNATIVE_WEBHOOK = 'validation.webhook.serving.knative.dev';
export const KNATIVE_NAMESPACE = 'knative-serving';
export const KNATIVE_CONTROLLER = 'controller';

export interface Installed {
  /** What of Knative is there, as a sentence names it; undefined where nothing is. */
  sign(): string | undefined;
}

/**
 * Follows the two objects that every installation of Knative Serving has, wherever its programs run: the configuration of
 * its webhook, and the Deployment of its controller. One of them is enough: an upgrade may take the other away for a while.
 *
 * @param everyKey what is looked at again when Knative comes or goes
 */
export function followKnative({ follow }: Pick<Tools, 'follow'>, everyKey: () => Iterable<string>): Installed {
  const webhooks = follow({
    resource: validatingWebhookConfigurations,
    fieldSelector: `metadata.name=${KNATIVE_WEBHOOK}`,
    keysOf: everyKey,
  });
  const controllers = follow({
    resource: deployments,
    namespace: KNATIVE_NAMESPACE,
    fieldSelector: `metadata.name=${KNATIVE_CONTROLLER}`,
    keep: nameAlone,
    keysOf: everyKey,
  });
  const signs: readonly [Followed, string][] = [
    [webhooks, `ValidatingWebhookConfiguration ${KNATIVE_WEBHOOK}`],
    [controllers, `Deployment ${KNATIVE_NAMESPACE}/${KNATIVE_CONTROLLER}`],
  ];
  return { sign: () => signs.find(([{ store }]) => store.size > 0)?.[1] };
}

/** Its status changes all the time, and says nothing here. */
function nameAlone({ apiVersion = '', kind = '', metadata }: JsonObject): JsonObject {
  const name = stringAt(metadata, 'name') ?? '';
  return { apiVersion, kind, metadata: { namespace: stringAt(metadata, 'namespace') ?? '', name } };
}
