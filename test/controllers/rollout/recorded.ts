/** A client that notes what is written, and not what the server refused: a write that met a conflict comes once more. */
import type { Client } from '../../../src/kubernetes/client/client.ts';
import type { JsonArray, JsonObject } from '../../../src/kubernetes/json.ts';
import { MINUTE, type Stage } from './stage.ts';

export interface Write {
  /** `patch revisions api-service-00001`, `patch trafficrollouts/status api-service`. */
  readonly what: string;
  readonly body: JsonObject | JsonArray;
}

export interface Recorded {
  readonly client: Client;
  readonly writes: Write[];
  /** Those of a resource. */
  of(plural: string): readonly Write[];
}

export function recorded(inner: Client): Recorded {
  const writes: Write[] = [];
  const client: Client = {
    ...inner,
    async patch(resource, place, patch, options) {
      const answer = await inner.patch(resource, place, patch, options);
      const { plural } = resource;
      const { name, subresource } = place;
      writes.push({
        what: `patch ${plural}${subresource === undefined ? '' : `/${subresource}`} ${name}`,
        body: patch.body,
      });
      return answer;
    },
  };
  return { client, writes, of: (plural) => writes.filter(({ what }) => what.startsWith(`patch ${plural} `)) };
}

/** A canary at its first step, and what its controller has written so far. */
export async function atFirstStep(stage: Stage): Promise<Recorded> {
  await stage.open();
  const eye = recorded((await stage.cluster.connect()).client);
  await stage.start({ client: eye.client });
  await stage.settle();
  await stage.deploy('2');
  await stage.settle();
  await stage.pass(MINUTE);
  return eye;
}
