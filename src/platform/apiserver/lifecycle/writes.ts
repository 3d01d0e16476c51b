/**
 * What lifecycle/ writes, as the users by whose names webhooks and managedFields know the controllers of a real
 * cluster. All of it goes the way that everybody's writes go.
 */
import type { JsonObject } from '../../../kubernetes/json.ts';
import { accountUser, MASTERS } from '../auth/identities.ts';
import type { User } from '../auth/user.ts';
import {
  bodyOf,
  type DeleteOptions,
  type Objects,
  type Propagation,
  plainOptions,
  type Target,
} from '../objects/objects.ts';
import { EVERYTHING } from '../objects/selectors/selectors.ts';
import type { Resources } from '../resources/resource.ts';
import { noSuchPath } from '../status/failure.ts';
import type { Key } from '../store/store.ts';

/** What only one object may be for the write to count. */
export interface Preconditions {
  readonly uid?: string;
  readonly resourceVersion?: string;
}

export interface DeleteWrite {
  readonly preconditions?: Preconditions;
  readonly propagation: Propagation;
  readonly graceSeconds?: number;
}

/** @throws Failure, every one of them */
export interface Writes {
  create(user: User, key: Key, object: JsonObject): Promise<void>;
  /** A merge patch. */
  patch(user: User, key: Key, body: JsonObject): Promise<void>;
  /** Server-side apply by a manager that takes fields from others. */
  apply(user: User, key: Key, body: JsonObject, manager: string): Promise<void>;
  /** @param subresource `status`, `finalize`, or empty */
  update(user: User, key: Key, object: JsonObject, subresource: string): Promise<void>;
  delete(user: User, key: Key, how: DeleteWrite): Promise<void>;
  /** All of one resource in a namespace, in the background. */
  deleteAll(user: User, resource: string, namespace: string): Promise<void>;
}

/** The API server itself. */
export const APISERVER: User = { name: 'system:apiserver', uid: '', groups: [MASTERS], extra: {} };
export const GARBAGE_COLLECTOR = controller('generic-garbage-collector');
export const NAMESPACE_CONTROLLER = controller('namespace-controller');
export const ACCOUNT_CONTROLLER = controller('service-account-controller');
export const TOKEN_CONTROLLER: User = { name: 'system:kube-controller-manager', uid: '', groups: [], extra: {} };
export const ROOT_CA_PUBLISHER = controller('root-ca-cert-publisher');
export const AGGREGATION_CONTROLLER = controller('clusterrole-aggregation-controller');
export const POD_COLLECTOR = controller('pod-garbage-collector');

/** As which kube-controller-manager's changes stand in managedFields. */
const AGENT = 'kube-controller-manager';

function controller(name: string): User {
  return accountUser('kube-system', name);
}

export function writesOver(objects: Objects, resources: Resources): Writes {
  function target(user: User, { resource, namespace, name }: Key, subresource = ''): Target {
    const found = resources.ofStored(resource);
    if (found === undefined) throw noSuchPath();
    const agent = user === APISERVER ? 'kube-apiserver' : AGENT;
    return { resource: found, subresource, namespace, name, user, agent, warn: () => {} };
  }

  return {
    async create(user, key, object) {
      await objects.create({ ...target(user, key), name: '' }, plainOptions(''), bodyOf(object));
    },
    async patch(user, key, body) {
      const patch = { type: 'merge', body: bodyOf(body), force: false } as const;
      await objects.patch(target(user, key), plainOptions(''), patch);
    },
    async apply(user, key, body, manager) {
      const patch = { type: 'apply', body: bodyOf(body), force: true } as const;
      await objects.patch(target(user, key), plainOptions(manager), patch);
    },
    async update(user, key, object, subresource) {
      await objects.update(target(user, key, subresource), plainOptions(''), bodyOf(object));
    },
    async delete(user, key, how) {
      await objects.delete(target(user, key), optionsOf(how));
    },
    async deleteAll(user, resource, namespace) {
      const key = { resource, namespace, name: '' };
      await objects.deleteCollection(target(user, key), optionsOf({ propagation: 'Background' }), EVERYTHING);
    },
  };
}

function optionsOf({ preconditions = {}, propagation, graceSeconds }: DeleteWrite): DeleteOptions {
  const hasPreconditions = Object.keys(preconditions).length > 0;
  const grace = graceSeconds === undefined ? {} : { gracePeriodSeconds: graceSeconds };
  return {
    dryRun: false,
    propagationPolicy: propagation,
    preconditions,
    ...grace,
    sent: {
      propagationPolicy: propagation,
      ...grace,
      ...(hasPreconditions && { preconditions: { ...preconditions } }),
    },
  };
}
