import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { isArray, isObject, type JsonObject, type JsonValue, stringAt } from '../../../src/kubernetes/json.ts';
import { CONFIG_FILES } from './files.ts';

export const NAMESPACE = 'knative-serving';

/** What Knative Serving is installed from, in order, with its webhook at a port of this machine. */
export function knativeManifests(folder: string, webhookPort: number): JsonObject[] {
  const objects: JsonObject[] = [webhookService()];
  for (const { module, files } of CONFIG_FILES) {
    for (const file of files) {
      for (const document of parseAllDocuments(readFileSync(path.join(folder, module, file), 'utf8'))) {
        const object: JsonValue = document.toJS();
        if (isObject(object)) objects.push(withWebhookPort(object, webhookPort));
      }
    }
  }
  // The namespace comes first, the Service into it.
  return objects.toSorted((left, right) => rank(left) - rank(right));
}

function rank(object: JsonObject): number {
  return stringAt(object, 'kind') === 'Namespace' ? 0 : 1;
}

/** The API server runs outside of the cluster, where an address of the cluster leads nowhere: this name does. */
function webhookService(): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'webhook', namespace: NAMESPACE },
    spec: { type: 'ExternalName', externalName: 'localhost' },
  };
}

/** Knative fills in the path and the CA by itself, and leaves the port of the reference as it is. */
function withWebhookPort(object: JsonObject, port: number): JsonObject {
  const { webhooks } = object;
  if (!isArray(webhooks)) return object;

  return { ...object, webhooks: webhooks.map((webhook) => withPort(webhook, port)) };
}

function withPort(webhook: JsonValue, port: number): JsonValue {
  if (!isObject(webhook) || !isObject(webhook.clientConfig) || !isObject(webhook.clientConfig.service)) return webhook;
  const { clientConfig } = webhook;
  return { ...webhook, clientConfig: { ...clientConfig, service: { ...webhook.clientConfig.service, port } } };
}
