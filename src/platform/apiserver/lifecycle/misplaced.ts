/** The Event about an owner that stands in another namespace (k8s.io/kubernetes pkg/controller/garbagecollector/graph_builder.go). */
import { type JsonObject, stringAt } from '../../../kubernetes/json.ts';
import { timeText } from '../../../kubernetes/time.ts';
import type { Key, Stored } from '../store/store.ts';
import type { OwnerReference } from './owners.ts';

export function misplacedEvent(dependent: Stored, owner: OwnerReference, now: Date): { key: Key; event: JsonObject } {
  const { namespace, name } = dependent.key;
  const object = dependent.object();
  // what has no namespace has its Events in this one
  const home = namespace === '' ? 'default' : namespace;
  const title = `${name}.${now.getTime().toString(16)}${owner.uid.slice(0, 8)}`;
  const { apiVersion, kind, name: ownerName, uid } = owner;
  const where = `namespace: ${namespace}, name: ${ownerName}, uid: ${uid}`;
  const time = timeText(now);
  const event = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: title, namespace: home },
    involvedObject: {
      apiVersion: stringAt(object, 'apiVersion') ?? '',
      kind: stringAt(object, 'kind') ?? '',
      name,
      ...(namespace !== '' && { namespace }),
      uid: dependent.uid,
    },
    type: 'Warning',
    reason: 'OwnerRefInvalidNamespace',
    message: `ownerRef [${apiVersion}/${kind}, ${where}] does not exist in namespace ${JSON.stringify(namespace)}`,
    source: { component: 'garbage-collector-controller' },
    reportingComponent: 'garbage-collector-controller',
    reportingInstance: '',
    count: 1,
    firstTimestamp: time,
    lastTimestamp: time,
  };
  return { key: { resource: 'events', namespace: home, name: title }, event };
}
