/** Names of the objects that are made of another. */
import { createHash } from 'node:crypto';

/** The longest name of an object whose name is a DNS label. */
const LONGEST = 63;
const MD5_LENGTH = 32;
const HEAD = LONGEST - MD5_LENGTH;

/**
 * The parent's name with a suffix; one that would be too long is cut and told from others by a hash, as Knative does it
 * (knative/pkg kmeta/names.go).
 */
export function childName(parent: string, suffix: string): string {
  if (parent.length <= LONGEST - suffix.length) return parent + suffix;
  if (HEAD - suffix.length > 0) return parent.slice(0, HEAD - suffix.length) + md5(parent) + suffix;

  const name = parent.slice(0, HEAD) + md5(parent + suffix);
  return (name + suffix.slice(0, LONGEST - name.length)).replace(/[^a-zA-Z0-9]+$/, '');
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

/** `cart-00007`: five digits at least. */
export function revisionName(configuration: string, generation: number): string {
  return childName(configuration, `-${String(generation).padStart(5, '0')}`);
}

export function deploymentName(revision: string): string {
  return childName(revision, '-deployment');
}

/** Where Knative's autoscaler scrapes a Revision's metrics. */
export function privateServiceName(revision: string): string {
  return childName(revision, '-private');
}

/** `cart.shop.svc.cluster.local`. */
export function clusterHost(name: string, namespace: string): string {
  return `${name}.${namespace}.${CLUSTER_LOCAL_DOMAIN}`;
}

export const CLUSTER_LOCAL_DOMAIN = 'svc.cluster.local';
