import type { Resource } from '../../src/kubernetes/client/resource.ts';

export const pods: Resource = { group: '', version: 'v1', plural: 'pods', kind: 'Pod', isNamespaced: true };

/** Where the serving container of a Pod listens, on the loopback interface. */
export const PORT_ANNOTATION = 'platform.weir.dev/port';
