/** A manager for controllers that run beside Weir's own, on the platform that is this process: no policy concerns them, and nobody else leads. */
import { hostname } from 'node:os';
import { Registry } from 'prom-client';
import { clientOver } from '../../src/kubernetes/client/client.ts';
import type { Connection } from '../../src/kubernetes/client/connection.ts';
import { systemClock } from '../../src/kubernetes/clock.ts';
import type { Log } from '../../src/kubernetes/log.ts';
import { NO_POLICIES } from './account.ts';
import type { MakeController } from './controller.ts';
import { type Manager, startManager } from './manager.ts';

/** @param connection with an account of their own; it is closed where they cannot be started */
export function startAlone(controllers: readonly MakeController[], connection: Connection, log: Log): Manager {
  try {
    return startManager({
      controllers,
      client: clientOver(connection),
      policies: NO_POLICIES,
      clock: systemClock,
      steady: systemClock,
      random: Math.random,
      log,
      instance: hostname(),
      registry: new Registry(),
    });
  } catch (error) {
    connection.close();
    throw error;
  }
}
