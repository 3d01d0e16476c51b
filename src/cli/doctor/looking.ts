/** Looks at a cluster with read rights: what is not there and what may not be seen is an answer, too. */

import { ABSENT, type ListLook, type Look, type ObjectLook, type Right, rightText, seen } from '../../doctor/look.ts';
import type { Client } from '../../kubernetes/client/client.ts';
import { ApiError, isForbidden, isNotFound } from '../../kubernetes/client/errors.ts';
import { listAll } from '../../kubernetes/client/list.ts';
import { fullName, type Place, type Resource, typed } from '../../kubernetes/client/resource.ts';
import type { Selection } from '../../kubernetes/client/watch.ts';
import { type JsonObject, stringAt } from '../../kubernetes/json.ts';

const PAGE_SIZE = 200;

const selfSubjectReviews: Resource = {
  group: 'authentication.k8s.io',
  version: 'v1',
  plural: 'selfsubjectreviews',
  kind: 'SelfSubjectReview',
  isNamespaced: false,
};

export class Looking {
  readonly client: Client;
  readonly missing: Right[] = [];
  readonly #signal: AbortSignal;

  constructor(client: Client, signal: AbortSignal) {
    this.client = client;
    this.#signal = signal;
  }

  get(resource: Resource, place: Place): Promise<ObjectLook> {
    const right: Right = { verb: 'get', resource: fullName(resource), namespace: place.namespace };
    return this.#look(right, async () =>
      typed(await this.client.get(resource, place, { signal: this.#signal }), resource),
    );
  }

  list(
    resource: Resource,
    selection: Selection = {},
    keep = (object: JsonObject): JsonObject => object,
  ): Promise<ListLook> {
    const right: Right = { verb: 'list', resource: fullName(resource), namespace: selection.namespace };
    return this.#look(right, async () => {
      const asked = { ...selection, pageSize: PAGE_SIZE, keep, signal: this.#signal };
      return (await listAll(this.client, resource, asked)).objects;
    });
  }

  /** A kind of which the server has one of several versions. */
  async listNewest(resource: Resource, versions: readonly string[], selection: Selection): Promise<ListLook> {
    for (const version of versions) {
      const look = await this.list({ ...resource, version }, selection);
      if (look.is !== 'absent') return look;
    }
    return ABSENT;
  }

  /**
   * Whether the object is there, by its metadata alone; undefined where these credentials may not ask. That is no right
   * that is missing: RBAC cannot grant the metadata of a Secret without its content.
   */
  async has(resource: Resource, place: Place): Promise<boolean | undefined> {
    try {
      await this.client.get(resource, place, { signal: this.#signal, isMetadataOnly: true });
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      if (!(error instanceof ApiError) || error.status === 401) throw error;
      return undefined;
    }
  }

  /** Who looks; undefined where the API server is too old to say. */
  async user(): Promise<string | undefined> {
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    try {
      const answer = await this.client.create(selfSubjectReviews, review, { signal: this.#signal });
      return stringAt(answer, 'status', 'userInfo', 'username');
    } catch (error) {
      if (error instanceof ApiError) return undefined;
      throw error;
    }
  }

  /** @throws ConnectionError, and ApiError 401: then nothing can be looked at */
  async #look<Value>(right: Right, work: () => Promise<Value>): Promise<Look<Value>> {
    try {
      return seen(await work());
    } catch (error) {
      if (isNotFound(error)) return ABSENT;
      if (!(error instanceof ApiError) || error.status === 401) throw error;
      if (!isForbidden(error)) return { is: 'unseen', why: error.message, right: undefined };
      this.missing.push(right);
      return { is: 'unseen', why: `the right to ${rightText(right)} is missing`, right };
    }
  }
}
