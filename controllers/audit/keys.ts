/** The keys of an audit: a namespace's name, or one for what is in none. */

/** No namespace can be called so. */
export const CLUSTER = '*';

export function keyOf(namespace: string): string {
  return namespace === '' ? CLUSTER : namespace;
}

export function namespaceOf(key: string): string {
  return key === CLUSTER ? '' : key;
}
