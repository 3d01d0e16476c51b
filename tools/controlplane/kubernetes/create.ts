import { arrayAt, type JsonObject, type JsonValue, stringAt } from '../../../src/kubernetes/json.ts';
import { until } from '../process/wait.ts';
import { type Api, itemsOf } from './api.ts';
import type { Kubectl } from './kubectl.ts';

const SECONDS = 30;

/**
 * Creates the objects in their order, and waits until every CustomResourceDefinition of the cluster can be used.
 *
 * @throws with the server's own words where it refuses one
 */
export async function createAll(
  { api, kubectl }: { readonly api: Api; readonly kubectl: Kubectl },
  objects: readonly JsonObject[],
): Promise<void> {
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  const created = await kubectl(['create', '--validate=false', '-f', '-'], list);
  if (created.code !== 0) throw new Error(created.stderr.trim());
  await crdsEstablished(api);
}

/** Not `kubectl wait`: it gives up on a definition that has no conditions yet. */
async function crdsEstablished(api: Api): Promise<void> {
  await until('all CustomResourceDefinitions are established', { seconds: SECONDS }, async () => {
    const definitions = itemsOf(await api.get('/apis/apiextensions.k8s.io/v1/customresourcedefinitions'));
    return definitions.every(isEstablished);
  });
}

function isEstablished(definition: JsonValue): boolean {
  return arrayAt(definition, 'status', 'conditions').some((condition) => {
    return stringAt(condition, 'type') === 'Established' && stringAt(condition, 'status') === 'True';
  });
}
