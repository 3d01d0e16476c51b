/** Reads what an audit judges from a cluster, once and with read rights alone. */
import type { AuditedKind } from '../../audit/kinds.ts';
import { SETTINGS } from '../../audit/kinds.ts';
import type { Client } from '../../kubernetes/client/client.ts';
import { isForbidden, isNotFound } from '../../kubernetes/client/errors.ts';
import { listAll } from '../../kubernetes/client/list.ts';
import { fullName, type Resource } from '../../kubernetes/client/resource.ts';
import { resourceInGroup } from '../../kubernetes/client/resourceInGroup.ts';
import { configMaps } from '../../kubernetes/client/resources.ts';
import type { JsonObject } from '../../kubernetes/json.ts';
import type { Kind } from '../../kubernetes/kinds.ts';
import type { Progress } from '../progress.ts';

export interface ClusterObjects {
  readonly objects: readonly JsonObject[];
  /** `group/Kind` of what could not be read for want of a right, but is no error: nothing is concluded from its absence. */
  readonly unread: ReadonlySet<string>;
  /** What could not be read, and leaves the audit incomplete. */
  readonly problems: readonly string[];
}

export interface ReadOptions {
  readonly client: Client;
  readonly kinds: readonly AuditedKind[];
  /** Of custom rules: the API server is asked as what it serves them. */
  readonly unknown: readonly Kind[];
  /** Where Knative's own settings are. */
  readonly systemNamespaces: readonly string[];
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Requests side by side: a page costs the API server more than it costs us. */
const AT_ONCE = 4;
const PAGE_SIZE = 500;

/** @throws ConnectionError where no API server answers */
export async function readCluster(options: ReadOptions): Promise<ClusterObjects> {
  const reading = new Reading(options);
  const tasks = [
    ...options.kinds.map((kind) => () => reading.kind(kind)),
    ...options.unknown.map((kind) => () => reading.unknownKind(kind)),
    ...options.systemNamespaces.flatMap((namespace) => SETTINGS.map((name) => () => reading.setting(namespace, name))),
  ];
  options.progress.begin('reading the cluster', tasks.length);
  const next = tasks.values();
  const work = async (): Promise<void> => {
    for (const task of next) {
      await task();
      await options.progress.step();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return reading;
}

interface Listed {
  readonly kind: Kind;
  readonly resource: Resource;
  readonly selection: { readonly labelSelector?: string };
  readonly keep: (object: JsonObject) => JsonObject;
  readonly isOptional: boolean;
}

class Reading implements ClusterObjects {
  readonly objects: JsonObject[] = [];
  readonly unread = new Set<string>();
  readonly #forbidden: string[] = [];
  readonly #options: ReadOptions;

  constructor(options: ReadOptions) {
    this.#options = options;
  }

  /** In the first version that the server has; a kind that it does not have has no objects. */
  async kind({ kind, served, keep, isOptional, labelSelector }: AuditedKind): Promise<void> {
    const selection = labelSelector === undefined ? {} : { labelSelector };
    for (const version of served.versions) {
      const { group, plural, scope } = served;
      const resource = { group, version, plural, kind: kind.kind, isNamespaced: scope === 'Namespaced' };
      if (await this.#list({ kind, resource, selection, keep, isOptional: isOptional === true })) return;
    }
  }

  get problems(): readonly string[] {
    if (this.#forbidden.length === 0) return [];
    const names = [...this.#forbidden].sort().join(', ');
    return [`these credentials have no right to list in all namespaces, and an audit needs it: ${names}`];
  }

  async unknownKind(kind: Kind): Promise<void> {
    const resource = await resourceInGroup(this.#options.client, kind);
    if (resource === undefined) return;
    await this.#list({ kind, resource, selection: {}, keep: (object) => object, isOptional: false });
  }

  async setting(namespace: string, name: string): Promise<void> {
    const { client, signal } = this.#options;
    try {
      const object = await client.get(configMaps, { namespace, name }, { signal });
      this.objects.push({ apiVersion: 'v1', kind: 'ConfigMap', ...object });
    } catch (error) {
      // what the policy says of Knative's settings counts then, as everywhere
      if (!isNotFound(error) && !isForbidden(error)) throw error;
    }
  }

  /** False where the server does not have the resource. */
  async #list({ kind, resource, selection, keep, isOptional }: Listed): Promise<boolean> {
    const { client, signal } = this.#options;
    let found: readonly JsonObject[] = [];
    try {
      found = (await listAll(client, resource, { ...selection, pageSize: PAGE_SIZE, keep, signal })).objects;
    } catch (error) {
      if (isNotFound(error)) return false;
      if (!isForbidden(error)) throw error;
      this.unread.add(kind.key);
      if (!isOptional) this.#forbidden.push(fullName(resource));
      return true;
    }
    // a call takes no hundred thousands of arguments
    for (const object of found) this.objects.push(object);
    return true;
  }
}
