/**
 * Whether what was decided on is what is there. A cache may be late, above all that of a controller that has just begun to
 * lead: an old status asks for an old share. Whoever has written the status knows, since the API server refuses that on an
 * old version; who finds nothing to write there asks, once a round, and only before something else is written.
 */
import type { Client } from '../../src/kubernetes/client/client.ts';
import { isNotFound } from '../../src/kubernetes/client/errors.ts';
import { type JsonObject, stringAt } from '../../src/kubernetes/json.ts';
import { referenceTo } from '../../src/kubernetes/object.ts';
import { trafficRollouts } from '../../src/rollout/resource.ts';

/** @throws Late where something else is there by now */
export type Sure = () => Promise<void>;

export class Late extends Error {}

export const SURE: Sure = async () => {};

export function sureOf(rollout: JsonObject, client: Client): Sure {
  let asked: Promise<void> | undefined;
  return () => {
    asked ??= ask(rollout, client);
    return asked;
  };
}

const VERSION = ['uid', 'resourceVersion'] as const;

async function ask(rollout: JsonObject, client: Client): Promise<void> {
  const { namespace, name } = referenceTo(rollout);
  try {
    const there = await client.get(trafficRollouts, { namespace, name });
    const isSame = VERSION.every(
      (field) => stringAt(there, 'metadata', field) === stringAt(rollout, 'metadata', field),
    );
    if (isSame) return;
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  throw new Late(`the cache has another TrafficRollout ${name} than the API server`);
}
