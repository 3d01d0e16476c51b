/**
 * Which namespaces the installed entries of the webhook select, as the API server chooses them. Whether a policy is in
 * the folder says nothing of that: an environment without an entry is judged by nobody.
 */
import { type ListWatchOptions, listWatch } from '../../src/kubernetes/client/listWatch.ts';
import { validatingWebhookConfigurations } from '../../src/kubernetes/client/resources.ts';
import { arrayAt, type JsonObject, type JsonValue, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import { only } from '../../src/kubernetes/keep.ts';
import { labelsFrom, selects } from '../../src/kubernetes/labelSelector.ts';

export interface Entries {
  /** Undefined where nobody knows: the configuration is not there, or was not read. */
  isSelected(namespace: JsonObject): boolean | undefined;
  stop(): void;
}

export interface EntriesOptions extends Pick<ListWatchOptions, 'client' | 'clock' | 'random' | 'log'> {
  /** Of the validating configuration: `policy.weir.dev`. */
  readonly name: string;
}

/** Follows one configuration. Nothing waits for it: where the right is missing, the question has no answer. */
export function followEntries({ name, ...options }: EntriesOptions): Entries {
  const follower = listWatch({
    ...options,
    resource: validatingWebhookConfigurations,
    fieldSelector: `metadata.name=${name}`,
    keep: only(['webhooks']),
  });
  return {
    isSelected(namespace) {
      const configuration = follower.store.find('', name);
      return configuration && arrayAt(configuration, 'webhooks').some((entry) => isFor(entry, namespace));
    },
    stop: () => follower.stop(),
  };
}

/** True where the entry judges something inside of the namespace. */
function isFor(entry: JsonValue, namespace: JsonObject): boolean {
  const judgesInside = arrayAt(entry, 'rules').some((rule) => stringAt(rule, 'scope') !== 'Cluster');
  if (!judgesInside) return false;
  const name = stringAt(namespace, 'metadata', 'name') ?? '';
  // the API server sets it on every namespace
  const labels = { ...objectAt(namespace, 'metadata', 'labels'), 'kubernetes.io/metadata.name': name };
  return selects(objectAt(entry, 'namespaceSelector'), labelsFrom(labels)) === 'yes';
}
