/** Eventing's controllers under a manager and an account of their own: what they may do is nothing of the others'. */
import { routes } from '../../src/knative/resources.ts';
import { connect } from '../../src/kubernetes/client/connection.ts';
import type { Resource } from '../../src/kubernetes/client/resource.ts';
import { coreServices } from '../../src/kubernetes/client/resources.ts';
import type { Store } from '../../src/kubernetes/client/store.ts';
import { systemClock } from '../../src/kubernetes/clock.ts';
import { arrayAt, type JsonObject, stringAt } from '../../src/kubernetes/json.ts';
import type { EventPlane } from '../../src/platform/eventing/start.ts';
import { makeLogger } from '../../src/process/log.ts';
import { accountWithRole } from '../manager/account.ts';
import { startAlone } from '../manager/alone.ts';
import type { MakeController } from '../manager/controller.ts';
import type { Pods } from '../pods/door.ts';
import { makeEventingControllers } from './controllers.ts';
import { hasSelector, portsBehind } from './coreServices.ts';

export const EVENTING_ACCOUNT = { namespace: 'weir-system', name: 'weir-eventing' } as const;

export interface EventingControllersOptions {
  readonly plane: EventPlane;
  /** Run beside them, with the same account: those of sources. */
  readonly more?: readonly MakeController[];
  /** What runs Pods; without it no Service leads to any. */
  readonly pods?: Pick<Pods, 'all'>;
  /** Absolute. */
  readonly logFile: string;
  /** Makes the ServiceAccount and its role, and gives a kubeconfig with its token. */
  account(objects: readonly JsonObject[]): Promise<string>;
}

export interface RunningEventingControllers {
  /** Whether a Route or a Service of that name leads, or is about to lead, to something that runs here. */
  isServed(namespace: string, name: string): boolean;
  /** What stands behind a Service of Kubernetes' own, as ports of the loopback interface. */
  portsBehind(namespace: string, name: string): number[];
  stop(): Promise<void>;
}

/** They begin to follow, and are not waited for. */
export async function startEventingControllers(
  options: EventingControllersOptions,
): Promise<RunningEventingControllers> {
  const { plane, more = [], pods, logFile, account } = options;
  const controllers = [...makeEventingControllers(plane), ...more];
  const kubeconfig = await account(accountWithRole(EVENTING_ACCOUNT, controllers));
  const connection = await connect({ environment: {}, clock: systemClock, kubeconfig });
  const manager = startAlone(controllers, connection, makeLogger('info', logFile));
  const storeOf = (resource: Resource): Store | undefined =>
    manager.caches.all().find(({ options: followed }) => followed.resource === resource)?.follower.store;
  const [theirRoutes, theirServices] = [storeOf(routes), storeOf(coreServices)];
  return {
    isServed(namespace, name) {
      const traffic = arrayAt(theirRoutes?.find(namespace, name), 'status', 'traffic');
      if (traffic.some((target) => stringAt(target, 'revisionName') !== undefined)) return true;
      return hasSelector(theirServices?.find(namespace, name));
    },
    portsBehind: (namespace, name) => portsBehind(theirServices?.find(namespace, name), pods?.all() ?? []),
    async stop() {
      await manager.stop();
      connection.close();
    },
  };
}
