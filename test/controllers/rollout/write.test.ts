/** On which version of a Revision no-gc is written. */
import { expect, it } from '@jest/globals';
import { SURE } from '../../../controllers/rollout/sure.ts';
import { keepFromCollection } from '../../../controllers/rollout/write.ts';
import type { Client } from '../../../src/kubernetes/client/client.ts';
import { type JsonObject, stringAt } from '../../../src/kubernetes/json.ts';

function aRevision(uid: string, resourceVersion: string): JsonObject {
  return { metadata: { namespace: 'shop', name: 'cart-00001', uid, resourceVersion } };
}

/** The versions that are written on, where the Revision was looked at as version 1 of uid a. */
async function writtenOn(now: JsonObject | undefined): Promise<(string | undefined)[]> {
  const versions: (string | undefined)[] = [];
  const client = {
    async patch(_: unknown, __: unknown, { body }: { body: JsonObject }) {
      versions.push(stringAt(body, 'metadata', 'resourceVersion'));
    },
  } as unknown as Client;
  const to = { client, sure: SURE, cached: { find: () => now } };
  await keepFromCollection([aRevision('a', '1')], ['cart-00001'], 'hold', to);
  return versions;
}

it.each<[what: string, now: JsonObject | undefined, expected: string[]]>([
  ['that it has since its claim was written', aRevision('a', '2'), ['2']],
  ['of no other one of its name', aRevision('b', '3'), []],
  ['of none that is gone', undefined, []],
])('no-gc is written on the version %s', async (_, now, expected) => {
  expect(await writtenOn(now)).toEqual(expected);
});
