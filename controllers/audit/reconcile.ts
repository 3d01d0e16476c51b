/** One namespace, judged and reported. */
import { auditCatalogue as catalogue } from '../../src/audit/catalogue.ts';
import { type Audit, NamespaceAudit } from '../../src/audit/judge.ts';
import { SETTINGS } from '../../src/audit/kinds.ts';
import { environmentOf, isTerminating } from '../../src/audit/scope.ts';
import { isAlreadyThere, isNotFound } from '../../src/kubernetes/client/errors.ts';
import type { Clock } from '../../src/kubernetes/clock.ts';
import { type JsonObject, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import { configMap, namespace as namespaceKind } from '../../src/kubernetes/kinds.ts';
import type { Log } from '../../src/kubernetes/log.ts';
import type { Inventory } from '../../src/policy/engine/inventory.ts';
import type { EffectivePolicy } from '../../src/policy/engine/policy.ts';
import { withClusterSettings } from '../../src/policy/settings.ts';
import { policyReport, REPORT_NAME } from '../../src/report/policyReport.ts';
import type { Outcome, Policies, Round } from '../manager/controller.ts';
import { inventoryOver, type KindCaches } from './inventory.ts';
import { namespaceOf } from './keys.ts';
import type { Lookups } from './lookups.ts';
import type { AuditMetrics } from './metrics.ts';
import { digestOf, type ReportPlace, type Reports } from './reports.ts';

export interface AuditReconcilerOptions {
  readonly policies: Policies;
  readonly grade: string | undefined;
  readonly kinds: ReadonlyMap<string, KindCaches>;
  readonly lookups: Lookups;
  readonly reports: Reports;
  readonly metrics: AuditMetrics;
  readonly clock: Clock;
  readonly log: Log;
}

/** A namespace is judged at most once in this: objects that are applied one after the other are one change. */
const REST_MS = 2_000;
/** Objects that are judged before others have their turn. */
const AT_ONCE = 50;

interface Settled {
  /** The ConfigMaps that it was made with. */
  readonly settings: readonly (JsonObject | undefined)[];
  readonly policy: EffectivePolicy;
}

export class AuditReconciler {
  readonly #options: AuditReconcilerOptions;
  readonly #judgedAt = new Map<string, number>();
  /** By namespace: the environment without a policy that was told of, so that not every change tells it again. */
  readonly #withoutPolicy = new Map<string, string>();
  readonly #policies = new WeakMap<EffectivePolicy, Settled>();
  /** Resolves when whoever came last has judged. */
  #turn: Promise<void> = Promise.resolve();

  constructor(options: AuditReconcilerOptions) {
    this.#options = options;
  }

  /**
   * One namespace after the other is judged: were several judged by turns, all would be done at the same time, and nobody
   * would work while their reports are on their way.
   */
  async reconcile(key: string, round: Round): Promise<Outcome | undefined> {
    try {
      const write = await this.#inTurn(() => this.#look(key, round));
      return await write();
    } catch (error) {
      // how long to wait is for the queue to say: a rest that ends well would have it forget how often this failed
      this.#judgedAt.delete(key);
      throw error;
    }
  }

  /** Judges it, if that is due; what is then to be written is the caller's to begin. */
  async #look(key: string, round: Round): Promise<() => Promise<Outcome | undefined>> {
    const namespace = namespaceOf(key);
    // rules remember what they found in an inventory: each round has its own
    const inventory = inventoryOver(this.#options.kinds);
    const environment = this.#environmentOf(namespace, inventory);
    if (environment === undefined) return async () => undefined;

    const policy = environment === '' ? undefined : this.#options.policies.policyFor(environment);
    if (policy === undefined) return () => this.#forget(key, namespace, environment, round);
    this.#withoutPolicy.delete(namespace);

    const now = this.#options.clock.now();
    const last = this.#judgedAt.get(key);
    if (last !== undefined && now.getTime() - last < REST_MS && now.getTime() >= last) {
      return async () => ({ again: new Date(last + REST_MS) });
    }
    this.#judgedAt.set(key, now.getTime());
    const audit = await this.#judge(namespace, this.#settled(policy, inventory), inventory, now, round);
    this.#options.metrics.found(key, audit);
    return async () => {
      await this.#report(audit, round);
      return audit.until === undefined ? {} : { again: audit.until };
    };
  }

  async #inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const before = this.#turn;
    let end = (): void => {};
    this.#turn = new Promise((resolve) => {
      end = resolve;
    });
    await before;
    try {
      return await work();
    } finally {
      end();
    }
  }

  /** Empty where nobody judges; undefined where the namespace is gone or on its way out, and its report with it. */
  #environmentOf(namespace: string, inventory: Inventory): string | undefined {
    if (namespace === '') return this.#options.grade ?? '';
    const object = inventory.find(namespaceKind, '', namespace);
    if (object !== undefined && !isTerminating(object)) return environmentOf(object);
    this.#drop(namespace, namespace);
    this.#withoutPolicy.delete(namespace);
    this.#options.reports.forget(namespace);
    return undefined;
  }

  #drop(key: string, namespace: string): void {
    const { metrics, lookups } = this.#options;
    metrics.nothing(key);
    lookups.forget(namespace);
    this.#judgedAt.delete(key);
  }

  /** The policy with Knative's own settings of this cluster: the same one until they change, by which rules remember. */
  #settled(policy: EffectivePolicy, inventory: Inventory): EffectivePolicy {
    const settings = SETTINGS.map((name) => inventory.find(configMap, policy.knative.systemNamespace, name));
    const known = this.#policies.get(policy);
    if (known?.settings.every((object, index) => object === settings[index]) === true) return known.policy;
    const settled = withClusterSettings(policy, inventory);
    this.#policies.set(policy, { settings, policy: settled });
    return settled;
  }

  async #judge(
    namespace: string,
    policy: EffectivePolicy,
    inventory: Inventory,
    now: Date,
    { signal }: Round,
  ): Promise<Audit> {
    signal.throwIfAborted();
    const reading = this.#options.lookups.begin(namespace);
    const audit = new NamespaceAudit({ namespace, policy, inventory: reading.over(inventory), now, catalogue });
    let judged = 0;
    for (const object of this.#objectsIn(namespace, inventory)) {
      audit.add(object);
      if (++judged % AT_ONCE !== 0) continue;
      await new Promise(setImmediate);
      signal.throwIfAborted();
    }
    reading.end();
    const result = audit.result();
    for (const failure of result.failures) this.#options.log.error({ namespace }, failure);
    return result;
  }

  *#objectsIn(namespace: string, inventory: Inventory): Iterable<JsonObject> {
    for (const [key, { isNamespaced, caches }] of this.#options.kinds) {
      // each is judged with what is in it
      if (key === namespaceKind.key || isNamespaced === (namespace === '')) continue;
      for (const { store } of caches) yield* store.inNamespace(namespace);
    }
    const own = namespace === '' ? undefined : inventory.find(namespaceKind, '', namespace);
    if (own !== undefined) yield own;
  }

  async #report(audit: Audit, round: Round): Promise<void> {
    const { namespace } = audit;
    const { reports } = this.#options;
    const place = reports.placeFor(namespace);
    if (place === undefined) return;
    const body = policyReport(audit, place.form);
    const digest = digestOf(body);
    place.expect(digest);
    const before = place.digest();
    if (before === undefined) await createReport(place, body, round);
    else if (before !== digest) await patchReport(place, body, round);
    // after it: at no moment is there none
    for (const left of reports.leftBy(namespace)) await removeReport(left, namespace, round);
  }

  /** What is in no environment, or in one that has no policy, is judged by nobody. */
  async #forget(key: string, namespace: string, environment: string, round: Round): Promise<undefined> {
    const { log, reports } = this.#options;
    this.#drop(key, namespace);
    if (environment === '') this.#withoutPolicy.delete(namespace);
    else if (this.#withoutPolicy.get(namespace) !== environment) {
      this.#withoutPolicy.set(namespace, environment);
      log.warn({ namespace, environment }, `nothing is audited here: no policy for the environment ${environment}`);
    }
    const place = reports.placeFor(namespace);
    if (place?.digest() !== undefined) await removeReport(place, namespace, round);
    for (const left of reports.leftBy(namespace)) await removeReport(left, namespace, round);
    return undefined;
  }
}

/** Nobody else owns a part of a report, so that applying it would cost the API server half as much again for nothing. */
async function createReport(place: ReportPlace, body: JsonObject, round: Round): Promise<void> {
  try {
    await round.client.create(place.resource, body, { signal: round.signal });
  } catch (error) {
    if (!isAlreadyThere(error)) throw error;
    await patchReport(place, body, round);
  }
}

async function patchReport(
  { resource }: ReportPlace,
  { metadata, summary = null, results = null }: JsonObject,
  { client, signal }: Round,
): Promise<void> {
  const namespace = stringAt(metadata, 'namespace') ?? '';
  const labels = objectAt(metadata, 'labels') ?? {};
  const body = { metadata: { labels }, summary, results };
  await client.patch(resource, { namespace, name: REPORT_NAME }, { type: 'merge', body }, { signal });
}

async function removeReport({ resource }: ReportPlace, namespace: string, { client, signal }: Round): Promise<void> {
  try {
    await client.delete(resource, { namespace, name: REPORT_NAME }, { signal });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
