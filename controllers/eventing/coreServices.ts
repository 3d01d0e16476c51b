/** Services of Kubernetes' own: which of the Pods that run now stands behind one. */
import { isObject, type JsonObject, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import type { PodState } from '../pods/door.ts';

/** What of a Service counts here. */
export function nameAndSelector({ apiVersion = '', kind = '', metadata, spec }: JsonObject): JsonObject {
  const name = stringAt(metadata, 'name') ?? '';
  const selector = objectAt(spec, 'selector') ?? {};
  const namespace = stringAt(metadata, 'namespace') ?? '';
  return { apiVersion, kind, metadata: { namespace, name }, spec: { selector } };
}

/** True of one that leads to Pods: one without a selector is somebody else's to fill. */
export function hasSelector(service: JsonObject | undefined): boolean {
  return Object.keys(objectAt(service, 'spec', 'selector') ?? {}).length > 0;
}

/**
 * Those that take requests now. A Pod of this platform has one address, whatever ports the Service maps.
 *
 * @returns ports of the loopback interface
 */
export function portsBehind(service: JsonObject | undefined, pods: Iterable<PodState>): number[] {
  const namespace = stringAt(service, 'metadata', 'namespace');
  const selector = objectAt(service, 'spec', 'selector');
  if (!isObject(selector) || !hasSelector(service)) return [];
  const wanted = Object.entries(selector);
  const ports: number[] = [];
  for (const { namespace: own, labels, port, isReady, isEnding } of pods) {
    if (own !== namespace || port === undefined || !isReady || isEnding) continue;
    if (wanted.every(([key, value]) => labels[key] === value)) ports.push(port);
  }
  return ports;
}
