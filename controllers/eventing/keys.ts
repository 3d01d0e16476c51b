/** Keys of Eventing's controllers. */
import type { Change } from '../../src/kubernetes/client/store.ts';
import { keyOf } from '../serving/read.ts';

export function ownKey({ object, old }: Change): string[] {
  const either = object ?? old;
  return either === undefined ? [] : [keyOf(either)];
}
