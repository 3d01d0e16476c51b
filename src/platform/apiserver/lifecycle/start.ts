/** Starts all that happens by itself, over one view of everything that is stored. */

import type { Clock } from '../../../kubernetes/clock.ts';
import type { Log } from '../../../kubernetes/log.ts';
import type { SecretToken } from '../auth/tokens/secretTokens.ts';
import type { Objects } from '../objects/objects.ts';
import type { Resources } from '../resources/resource.ts';
import { Failure } from '../status/failure.ts';
import type { Store, Stored } from '../store/store.ts';
import { accountSecretController } from './accountSecrets.ts';
import { accountController } from './accounts.ts';
import { aggregationController } from './aggregation.ts';
import { beginnings } from './beginnings.ts';
import { followEverything } from './everything.ts';
import { expiry } from './expiry.ts';
import { garbageCollector, UnknownOwner } from './garbage.ts';
import { misplacedEvent } from './misplaced.ts';
import { namespaceController } from './namespaces.ts';
import type { OwnerReference } from './owners.ts';
import { GARBAGE_COLLECTOR, writesOver } from './writes.ts';

export interface LifecycleOptions {
  readonly store: Store;
  readonly objects: Objects;
  readonly resources: Resources;
  readonly clock: Clock;
  readonly log: Log;
  /** What clients trust this API server by, as PEM. */
  readonly ca: string;
  /** Where this API server listens. */
  readonly port: number;
  /** For the Secrets of ServiceAccounts. */
  readonly secretToken: (content: SecretToken) => string;
}

export interface Lifecycle {
  /** Resolves when nothing is left that could be done at once. */
  idle(): Promise<void>;
  stop(): void;
}

/**
 * Makes what a cluster begins with, and resolves when it is there; from then on the rest follows by itself.
 *
 * @example
 * const lifecycle = await startLifecycle({ store, objects, resources, clock, log, ca, port, secretToken });
 * lifecycle.stop();
 */
export async function startLifecycle({
  store,
  objects,
  resources,
  clock,
  log,
  ca,
  port,
  secretToken,
}: LifecycleOptions): Promise<Lifecycle> {
  const writes = writesOver(objects, resources);
  const failed = (what: string, error: unknown): void => {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof UnknownOwner) log.debug({ what }, `not collected: ${message}`);
    // somebody was faster: it is read again
    else if (error instanceof Failure && error.code === 409) log.debug({ what }, message);
    else log.warn({ what, err: error }, `is tried again: ${message}`);
  };
  const misplaced = (dependent: Stored, owner: OwnerReference): void => {
    const { key, event } = misplacedEvent(dependent, owner, clock.now());
    writes.create(GARBAGE_COLLECTOR, key, event).catch((error: unknown) => failed('an Event', error));
  };

  const common = { reader: store, resources, writes, clock, failed };
  const first = beginnings({ ...common, port });
  await first.ensure();
  const parts = [
    first,
    garbageCollector({ ...common, misplaced }),
    namespaceController(common),
    accountController({ ...common, ca }),
    accountSecretController({ ...common, ca, secretToken }),
    aggregationController(common),
    expiry({ ...common, store }),
  ];
  const view = followEverything(store, resources, (event) => {
    for (const part of parts) {
      try {
        part.take(event);
      } catch (error) {
        failed('a change', error); // one that cannot be read must not end the view
      }
    }
  });

  return {
    async idle() {
      // what one part does is work for another
      for (let round = 0; round < parts.length; round++) await Promise.all(parts.map((part) => part.idle()));
    },
    stop() {
      view.stop();
      for (const part of parts) part.stop();
    },
  };
}
