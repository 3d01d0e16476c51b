/** A client that notes what is asked of it, and fails where a test says so. */
import type { Client } from '../../../src/kubernetes/client/client.ts';
import type { Place, Resource } from '../../../src/kubernetes/client/resource.ts';

export interface Watched {
  readonly client: Client;
  /** `patch revisions cart-00001`, `patch scalingschedules/status hours`; no lists and no watches. */
  readonly asked: string[];
  /** Called before each of them is sent; what it throws, the caller gets. */
  onAsk: (what: string) => void | Promise<void>;
}

export function watched(inner: Client): Watched {
  const asked: string[] = [];
  const note = async (verb: string, { plural }: Resource, { name, subresource }: Place): Promise<void> => {
    const what = `${verb} ${plural}${subresource === undefined ? '' : `/${subresource}`} ${name}`;
    asked.push(what);
    await result.onAsk(what);
  };
  const client: Client = {
    ...inner,
    async get(resource, place, options) {
      await note('get', resource, place);
      return inner.get(resource, place, options);
    },
    async patch(resource, place, patch, options) {
      await note('patch', resource, place);
      return inner.patch(resource, place, patch, options);
    },
  };
  const result: Watched = { client, asked, onAsk: () => {} };
  return result;
}
