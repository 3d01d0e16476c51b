/** The keys of an audit: a namespace's name, or one for what is in none. No namespace can be called as those beside. */

export const CLUSTER = '*';
/** Finds out as what the API server serves the kinds of custom rules. */
export const KINDS = '*kinds';

export function keyOf(namespace: string): string {
  return namespace === '' ? CLUSTER : namespace;
}

export function namespaceOf(key: string): string {
  return key === CLUSTER ? '' : key;
}
