/** Whether a part of Knative itself is in the cluster: then its controllers make what these here would. */

import { deployments, validatingWebhookConfigurations } from '../../src/kubernetes/client/resources.ts';
import { type JsonObject, stringAt } from '../../src/kubernetes/json.ts';
import type { Followed, Tools } from '../manager/controller.ts';

/** Knative's own names (knative/serving config/core/webhooks, config/core/deployments/controller.yaml). */
export const KNATIVE_WEBHOOK = 'validation.webhook.serving.knative.dev';
export const KNATIVE_NAMESPACE = 'knative-serving';
export const KNATIVE_CONTROLLER = 'controller';

/** The two objects that every installation of a part has, wherever its programs run. */
export interface Signs {
  /** A ValidatingWebhookConfiguration. */
  readonly webhook: string;
  readonly namespace: string;
  /** The Deployment of its controller. */
  readonly controller: string;
}

const SERVING: Signs = { webhook: KNATIVE_WEBHOOK, namespace: KNATIVE_NAMESPACE, controller: KNATIVE_CONTROLLER };

export interface Installed {
  /** What of Knative is there, as a sentence names it; undefined where nothing is. */
  sign(): string | undefined;
}

/** @param everyKey what is looked at again when Knative Serving comes or goes */
export function followKnative(tools: Pick<Tools, 'follow'>, everyKey: () => Iterable<string>): Installed {
  return followSigns(tools, SERVING, everyKey);
}

/** One of the signs is enough: an upgrade may take the other away for a while. */
export function followSigns(
  { follow }: Pick<Tools, 'follow'>,
  { webhook, namespace, controller }: Signs,
  everyKey: () => Iterable<string>,
): Installed {
  const webhooks = follow({
    resource: validatingWebhookConfigurations,
    fieldSelector: `metadata.name=${webhook}`,
    keysOf: everyKey,
  });
  const controllers = follow({
    resource: deployments,
    namespace,
    fieldSelector: `metadata.name=${controller}`,
    keep: nameAlone,
    keysOf: everyKey,
  });
  const signs: readonly [Followed, string][] = [
    [webhooks, `ValidatingWebhookConfiguration ${webhook}`],
    [controllers, `Deployment ${namespace}/${controller}`],
  ];
  return { sign: () => signs.find(([{ store }]) => store.size > 0)?.[1] };
}

/** Its status changes all the time, and says nothing here. */
function nameAlone({ apiVersion = '', kind = '', metadata }: JsonObject): JsonObject {
  const name = stringAt(metadata, 'name') ?? '';
  return { apiVersion, kind, metadata: { namespace: stringAt(metadata, 'namespace') ?? '', name } };
}
