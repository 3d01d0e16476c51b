/**
 * What every namespace has: the ServiceAccount `default` and the ConfigMap `kube-root-ca.crt`
 * (k8s.io/kubernetes pkg/controller/serviceaccount, pkg/controller/certificates/rootcacertpublisher).
 */

import type { Clock } from '../../../kubernetes/clock.ts';
import { equals, type JsonObject, objectAt, stringAt } from '../../../kubernetes/json.ts';
import { workQueue } from '../queue.ts';
import { Failure } from '../status/failure.ts';
import type { Key, Reader, WatchEvent } from '../store/store.ts';
import { ACCOUNT_CONTROLLER, ROOT_CA_PUBLISHER, type Writes } from './writes.ts';

const ACCOUNT = 'default';
const ROOT_CA = 'kube-root-ca.crt';
const DESCRIPTION = 'kubernetes.io/description';
const WORKERS = 4;

export interface AccountsOptions {
  readonly reader: Reader;
  readonly writes: Writes;
  readonly clock: Clock;
  /** The certificate that clients of this API server trust, as PEM. */
  readonly ca: string;
  readonly failed: (what: string, error: unknown) => void;
}

export interface Accounts {
  take(event: WatchEvent): void;
  idle(): Promise<void>;
  stop(): void;
}

export function accountController(options: AccountsOptions): Accounts {
  const { reader, writes, clock, ca } = options;
  const data = { 'ca.crt': ca };
  const queue = workQueue({
    clock,
    workers: WORKERS,
    failed: (name, error) => options.failed(`namespace ${name}`, error),
    async work(namespace) {
      const stored = reader.get({ resource: 'namespaces', namespace: '', name: namespace });
      if (stored === undefined || !isActive(stored.object())) return undefined;
      await ensureAccount(namespace);
      await ensureRootCa(namespace);
      return undefined;
    },
  });

  async function ensureAccount(namespace: string): Promise<void> {
    const key: Key = { resource: 'serviceaccounts', namespace, name: ACCOUNT };
    if (reader.get(key) !== undefined) return;
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace, name: ACCOUNT } };
    await unlessGoing(writes.create(ACCOUNT_CONTROLLER, key, account));
  }

  async function ensureRootCa(namespace: string): Promise<void> {
    const key: Key = { resource: 'configmaps', namespace, name: ROOT_CA };
    const present = reader.get(key)?.object();
    if (present === undefined) {
      const annotations = { [DESCRIPTION]: describe() };
      const metadata = { namespace, name: ROOT_CA, annotations };
      const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data };
      return unlessGoing(writes.create(ROOT_CA_PUBLISHER, key, map));
    }
    const description = stringAt(present, 'metadata', 'annotations', DESCRIPTION) ?? '';
    if (equals(present.data, data) && description !== '') return;
    const annotations = { ...objectAt(present, 'metadata', 'annotations'), [DESCRIPTION]: describe() };
    const metadata = { ...objectAt(present, 'metadata'), annotations };
    await writes.update(ROOT_CA_PUBLISHER, key, { ...present, metadata, data }, '');
  }

  return {
    take({ stored }) {
      const { resource, namespace, name } = stored.key;
      if (resource === 'namespaces') queue.add(name);
      else if (resource === 'serviceaccounts' && name === ACCOUNT) queue.add(namespace);
      else if (resource === 'configmaps' && name === ROOT_CA) queue.add(namespace);
    },
    idle: () => queue.idle(),
    stop: () => queue.stop(),
  };
}

function describe(): string {
  return 'The CA by which the API server of this platform is known. It is put back when it is changed.';
}

function isActive(namespace: JsonObject): boolean {
  return (
    stringAt(namespace, 'metadata', 'deletionTimestamp') === undefined &&
    stringAt(namespace, 'status', 'phase') !== 'Terminating'
  );
}

/** A namespace that is gone or going needs nothing; what somebody else has just made is there. */
async function unlessGoing(write: Promise<void>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const isGoing = error.details?.causes?.some(({ reason }) => reason === 'NamespaceTerminating') === true;
    if (error.code !== 404 && error.reason !== 'AlreadyExists' && !isGoing) throw error;
  }
}
