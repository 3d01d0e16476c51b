/** A small controller for tests of the ground: keeps for each ConfigMap labelled `echo` another one with the same data. */
import type { MakeController, Round } from '../../../controllers/manager/controller.ts';
import { isNotFound } from '../../../src/kubernetes/client/errors.ts';
import type { Resource } from '../../../src/kubernetes/client/resource.ts';
import { equals, type JsonObject, objectAt, stringAt } from '../../../src/kubernetes/json.ts';

export const configMaps: Resource = {
  group: '',
  version: 'v1',
  plural: 'configmaps',
  kind: 'ConfigMap',
  isNamespaced: true,
};

const SUFFIX = '-echo';

export interface EchoOptions {
  readonly workers?: number;
  /** Called at the beginning of each round. */
  onRound?(key: string, round: Round): Promise<void> | void;
  /** Called for each write that the server took. */
  onWritten?(key: string): void;
}

export function echo({ workers = 1, onRound, onWritten }: EchoOptions = {}): MakeController {
  return ({ follow }) => {
    const sources = follow({
      resource: configMaps,
      labelSelector: 'echo=source',
      keysOf: ({ object, old }) => [keyOf(object ?? old ?? {})],
    });
    const echoes = follow({
      resource: configMaps,
      labelSelector: 'echo=copy',
      keysOf: ({ object, old }) => [keyOf(object ?? old ?? {}).replace(SUFFIX, '')],
    });
    return {
      name: 'echo',
      workers,
      rights: [{ resource: configMaps, verbs: ['create', 'update', 'delete'] }],
      async reconcile(key, round) {
        await onRound?.(key, round);
        const [namespace = '', name = ''] = key.split('/');
        const source = sources.store.find(namespace, name);
        const copy = echoes.store.find(namespace, `${name}${SUFFIX}`);
        if (source === undefined) {
          if (copy === undefined) return undefined;
          // of two caches one may be ahead of the other: what is to be deleted is asked for first
          if (await isThere(round, namespace, name)) throw new Error('the cache of the sources is behind');
          await round.client.delete(configMaps, { namespace, name: `${name}${SUFFIX}` }).catch(unlessGone);
          onWritten?.(key);
          return undefined;
        }
        const data = objectAt(source, 'data') ?? {};
        if (copy !== undefined && equals(copy.data, data)) return undefined;
        if (copy === undefined) await round.client.create(configMaps, aCopy(namespace, name, data));
        else await round.client.update(configMaps, { ...copy, data });
        onWritten?.(key);
        return undefined;
      },
    };
  };
}

async function isThere({ client }: Round, namespace: string, name: string): Promise<boolean> {
  try {
    const found = await client.get(configMaps, { namespace, name });
    return stringAt(found, 'metadata', 'labels', 'echo') === 'source';
  } catch (error) {
    unlessGone(error);
    return false;
  }
}

function unlessGone(error: unknown): void {
  if (!isNotFound(error)) throw error;
}

function keyOf(object: JsonObject): string {
  return `${stringAt(object, 'metadata', 'namespace')}/${stringAt(object, 'metadata', 'name')}`;
}

function aCopy(namespace: string, name: string, data: JsonObject): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace, name: `${name}${SUFFIX}`, labels: { echo: 'copy' } },
    data,
  };
}

export function aSource(namespace: string, name: string, data: JsonObject): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name, labels: { echo: 'source' } }, data };
}
