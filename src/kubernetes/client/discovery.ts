/** Which resource a manifest's kind is, as the API server itself says. */
import { arrayAt, booleanAt, isObject, stringAt } from '../json.ts';
import type { Client } from './client.ts';
import { isNotFound } from './errors.ts';
import type { Resource } from './resource.ts';

export type FindResource = (apiVersion: string, kind: string) => Promise<Resource | undefined>;

/**
 * Asks for each group version once, as long as it knows the kind: what is not there yet is asked for again.
 *
 * @returns a function that gives undefined for a kind that is not served
 */
export function discoveryOf(client: Client): FindResource {
  const known = new Map<string, readonly Resource[]>();
  return async (apiVersion, kind) => {
    const has = (resources: readonly Resource[] = []) => resources.find((resource) => resource.kind === kind);
    const found = has(known.get(apiVersion));
    if (found !== undefined) return found;

    const resources = await resourcesIn(client, apiVersion);
    known.set(apiVersion, resources);
    return has(resources);
  };
}

async function resourcesIn(client: Client, apiVersion: string): Promise<readonly Resource[]> {
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? '' : apiVersion.slice(0, slash);
  const version = apiVersion.slice(slash + 1);
  const path =
    slash < 0
      ? `/api/${encodeURIComponent(version)}`
      : `/apis/${encodeURIComponent(group)}/${encodeURIComponent(version)}`;
  try {
    const list = await client.read(path);
    return arrayAt(list, 'resources').flatMap((each) => {
      const plural = stringAt(each, 'name') ?? '';
      // `deployments/scale` is no kind of its own
      if (!isObject(each) || plural.includes('/')) return [];
      return [
        {
          group,
          version,
          plural,
          kind: stringAt(each, 'kind') ?? '',
          isNamespaced: booleanAt(each, 'namespaced') === true,
        },
      ];
    });
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}
