import { expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import type { KindCaches } from '../../../controllers/audit/inventory.ts';
import { Lookups } from '../../../controllers/audit/lookups.ts';
import { AuditMetrics } from '../../../controllers/audit/metrics.ts';
import { AuditReconciler } from '../../../controllers/audit/reconcile.ts';
import type { Followed } from '../../../controllers/manager/controller.ts';
import type { Client } from '../../../src/kubernetes/client/client.ts';
import { namespaces } from '../../../src/kubernetes/client/resources.ts';
import { Store } from '../../../src/kubernetes/client/store.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { defineKind, type Kind, namespace as namespaceKind } from '../../../src/kubernetes/kinds.ts';
import { SILENT } from '../../../src/kubernetes/log.ts';
import { FakeClock } from '../../kubernetes/client/fakeClock.ts';
import { HandPolicies, policiesOf } from '../kit/policies.ts';

/** Tells what is read of it. */
class ToldStore extends Store {
  readonly #tell: (namespace: string) => void;

  constructor(objects: readonly JsonObject[], tell: (namespace: string) => void) {
    super();
    this.#tell = tell;
    this.replace(objects);
  }

  override inNamespace(namespace: string): readonly JsonObject[] {
    this.#tell(namespace);
    return super.inNamespace(namespace);
  }
}

function cacheOver(store: Store): Followed {
  return {
    store,
    resource: namespaces,
    hasSynced: () => true,
    isServed: () => true,
    onServed: () => {},
    leave: () => {},
  };
}

const refuse = (): Promise<never> => Promise.reject(new Error('nothing is asked for'));
const NOBODY: Client = {
  name: 'nobody',
  get: refuse,
  list: refuse,
  create: refuse,
  createAt: refuse,
  update: refuse,
  patch: refuse,
  delete: refuse,
  watch: refuse,
  read: refuse,
};

const NAMESPACES = ['shop', 'store'];

/** More of them in each namespace than are judged at once. */
function many({ kind }: Kind): JsonObject[] {
  return NAMESPACES.flatMap((namespace) =>
    Array.from({ length: 120 }, (_, index) => ({
      apiVersion: 'example.com/v1',
      kind,
      metadata: { namespace, name: `${kind.toLowerCase()}-${index}` },
    })),
  );
}

it('judges one namespace after the other, so that the report of one is written while the next is judged', async () => {
  const order: string[] = [];
  const kinds = new Map<string, KindCaches>();
  for (const kind of [defineKind('example.com', 'Widget'), defineKind('example.com', 'Gadget')]) {
    const store = new ToldStore(many(kind), (namespace) => order.push(`${namespace} ${kind.kind}`));
    kinds.set(kind.key, { isNamespaced: true, caches: [cacheOver(store)] });
  }
  const own = new Store();
  own.replace(
    NAMESPACES.map((name) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: { 'weir.dev/environment': 'prod' } },
    })),
  );
  kinds.set(namespaceKind.key, { isNamespaced: false, caches: [cacheOver(own)] });
  const reconciler = new AuditReconciler({
    policies: new HandPolicies(await policiesOf()),
    grade: undefined,
    kinds,
    lookups: new Lookups(kinds),
    reports: { placeFor: () => undefined, leftBy: () => [], forget: () => {} },
    metrics: new AuditMetrics(new Registry()),
    clock: new FakeClock(),
    log: SILENT,
  });
  const round = { client: NOBODY, signal: new AbortController().signal };
  await Promise.all(NAMESPACES.map((key) => reconciler.reconcile(key, round)));
  expect(order).toEqual(['shop Widget', 'shop Gadget', 'store Widget', 'store Gadget']);
});
