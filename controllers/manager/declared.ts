/** What controllers say that they need, without running them: the roles that ship are made of it. */
import { Registry } from 'prom-client';
import { Store } from '../../src/kubernetes/client/store.ts';
import { SILENT } from '../../src/kubernetes/log.ts';
import type { FollowOptions, MakeController, Policies, Right } from './controller.ts';
import { followRight } from './rights.ts';

export interface Declared {
  readonly name: string;
  readonly follows: readonly FollowOptions[];
  /** Of what is followed, and what its reconcile asks for beside. */
  readonly rights: readonly Right[];
}

/** @param policies a controller may follow what they name */
export function declaredBy(make: MakeController, policies: Policies): Declared {
  const follows: FollowOptions[] = [];
  const controller = make({
    follow(options) {
      follows.push(options);
      return {
        store: new Store(),
        resource: options.resource,
        hasSynced: () => false,
        isServed: () => true,
        onServed: () => {},
        leave: () => {},
      };
    },
    enqueue: () => {},
    policies,
    clock: { now: () => new Date(0), after: () => () => {} },
    random: () => 0,
    log: SILENT,
    record: () => {},
    announce: () => {},
    registry: new Registry(),
  });
  if (controller.rights === undefined) throw new Error(`the controller ${controller.name} does not say what it needs`);
  return { name: controller.name, follows, rights: [...follows.map(followRight), ...controller.rights] };
}
