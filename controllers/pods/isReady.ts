import { arrayAt, type JsonObject, stringAt } from '../../src/kubernetes/json.ts';

/** By the Pod's own condition, as whoever runs it wrote it last. */
export function isReady(pod: JsonObject): boolean {
  const ready = arrayAt(pod, 'status', 'conditions').find((each) => stringAt(each, 'type') === 'Ready');
  return stringAt(ready, 'status') === 'True';
}
