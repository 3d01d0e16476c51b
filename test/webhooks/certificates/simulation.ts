/**
 * A cluster in time that stands still between events: a Secret, two configurations, an API server that uses an old
 * caBundle for a while, and replicas that run the real keeper, crash and come back. Certificates are real; keys come
 * from a small stock.
 */
import { randomBytes } from 'node:crypto';
import type { Material } from '../../../webhooks/certificates/examine.ts';
import { CertificateKeeper } from '../../../webhooks/certificates/keeper.ts';
import type { CertificateStore, StoredConfiguration, StoredSecret } from '../../../webhooks/certificates/store.ts';
import type { Timing } from '../../../webhooks/certificates/timing.ts';
import { keysFromStock } from '../../tls/keys.ts';
import { NAMES } from './names.ts';
import { isChain } from './pem.ts';
import { rememberingExaminer } from './rememberingExaminer.ts';

export const START = Date.UTC(2026, 0, 1);
export const CONFIGURATIONS = ['defaults.weir.dev', 'policy.weir.dev'];

export interface SimulationOptions {
  readonly timing: Timing;
  readonly seed: number;
  readonly replicas: number;
  /** The longest that a request takes to arrive, and its answer to come back. */
  readonly latency: number;
  /** The longest that an event of a watch takes. */
  readonly lag: number;
  /** For how long the API server may use a caBundle that was replaced. */
  readonly propagation: number;
  /** How often in a hundred a request fails, before or after it was carried out. */
  readonly failures: number;
}

/** What one configuration held, from when until when. */
interface Version {
  readonly of: string;
  readonly pem: string;
  readonly from: number;
  until: number;
  /** Written by somebody else, or never written: nothing is promised about it. */
  readonly isForeign: boolean;
}

interface Replica {
  readonly name: string;
  readonly keeper: CertificateKeeper;
  readonly listeners: Set<() => void>;
  isAlive: boolean;
  /** Until then nothing reaches it, and it reaches nobody: the kernel has stopped it. */
  frozenUntil: number;
  failedLast: boolean;
}

export class Simulation {
  readonly options: SimulationOptions;
  readonly broken: string[] = [];
  readonly told: string[] = [];
  time = 0;
  secret: StoredSecret | undefined;
  /** Requests, and writes of the Secret, of the replicas. */
  asked = 0;
  writes = 0;
  lostRaces = 0;
  readonly #queue: { readonly at: number; readonly order: number; readonly run: () => void }[] = [];
  readonly #random: () => number;
  readonly #examiner = rememberingExaminer();
  readonly #chains = new Map<string, Map<string, boolean>>();
  readonly #versions = new Map<string, Version[]>();
  readonly #configurations = new Map<string, StoredConfiguration>();
  readonly #replicas: Replica[] = [];
  #isForbidden = false;
  #order = 0;
  #revision = 0;

  constructor(options: SimulationOptions) {
    this.options = options;
    this.#random = randomFrom(options.seed);
    for (const name of CONFIGURATIONS) this.#setConfiguration(name, '', true, true);
    for (let count = 0; count < options.replicas; count++) this.#startReplica(`replica ${count}`);
  }

  /** Runs what happens until then. */
  async runUntil(time: number): Promise<void> {
    for (;;) {
      await turn();
      const next = this.#next(time);
      if (next === undefined) break;
      this.time = next.at;
      next.run();
      await turn();
      this.#check();
    }
    this.time = Math.max(time, this.time);
    this.#check();
  }

  at(time: number, run: () => void): void {
    this.#queue.push({ at: Math.max(time, this.time), order: this.#order++, run });
  }

  alive(): readonly CertificateKeeper[] {
    return this.#replicas.filter(({ isAlive }) => isAlive).map(({ keeper }) => keeper);
  }

  bundles(): string[] {
    return [...this.#configurations.values()].flatMap(({ webhooks }) => webhooks.map(({ pem }) => pem));
  }

  /** What the caBundles were over time, each change once. */
  history(name: string): readonly Version[] {
    return this.#versions.get(name) ?? [];
  }

  // what others do

  deleteSecret(): void {
    this.#setSecret(undefined);
  }

  changeSecret(change: Partial<Material>): void {
    if (this.secret !== undefined) this.#setSecret({ ...this.secret.material, ...change });
  }

  askForRotation(): void {
    if (this.secret !== undefined) this.#setSecret(this.secret.material, true);
  }

  resetConfiguration(name: string, pem: string): void {
    this.#setConfiguration(name, pem, true);
  }

  /** Their watches say that something may have changed. */
  wakeAll(): void {
    this.#announce();
  }

  forbidConfigurations(isForbidden: boolean): void {
    this.#isForbidden = isForbidden;
  }

  /** One replica dies between any two of its steps, what it has sent on its way still under way, and a new one starts. */
  crash(index: number, downtime: number): void {
    const alive = this.#replicas.filter(({ isAlive }) => isAlive);
    const replica = alive[index % Math.max(1, alive.length)];
    if (replica === undefined) return;
    replica.isAlive = false;
    replica.listeners.clear();
    this.at(this.time + downtime, () => this.#startReplica(`${replica.name}'`));
  }

  /** One replica stands still for a while, between any two of its steps. */
  freeze(index: number, milliseconds: number): void {
    const alive = this.#replicas.filter(({ isAlive }) => isAlive);
    const replica = alive[index % Math.max(1, alive.length)];
    if (replica !== undefined) replica.frozenUntil = this.time + milliseconds;
  }

  #startReplica(name: string): void {
    const replica: Replica = {
      name,
      isAlive: true,
      frozenUntil: 0,
      failedLast: false,
      listeners: new Set(),
      keeper: new CertificateKeeper({
        store: this.#storeFor(() => replica),
        names: NAMES,
        timing: this.options.timing,
        leastBits: 2048,
        makeKeys: () => Promise.resolve(keysFromStock()),
        randomBytes,
        clock: {
          now: () => new Date(START + this.time),
          after: (milliseconds, callback) => this.#timer(() => replica, milliseconds, callback),
        },
        elapsed: () => this.time,
        random: this.#random,
        examiner: this.#examiner,
        log: {
          debug: () => {},
          info: (details, message) => this.told.push(`${this.time} ${name}: ${message} ${JSON.stringify(details)}`),
          warn: (details, message) => this.told.push(`${this.time} ${name}: ${message} ${JSON.stringify(details)}`),
          error: (details, message) => this.broken.push(`${this.time} ${name}: ${message} ${JSON.stringify(details)}`),
        },
      }),
    };
    this.#replicas.push(replica);
    replica.keeper.start();
  }

  #lostRace(): false {
    this.lostRaces++;
    return false;
  }

  #storeFor(of: () => Replica): CertificateStore {
    const ask = <Value>(work: () => Value): Promise<Value> => this.#ask(of(), work);
    return {
      secret: () => ask(() => this.secret),
      configurations: () => {
        const answer = ask(() => [...this.#configurations.values()]);
        if (!this.#isForbidden) return answer;
        return answer.then(() => Promise.reject(new Error('configurations may not be read')));
      },
      createSecret: (material) =>
        ask(() => {
          if (this.secret !== undefined) return this.#lostRace();
          this.#setSecret(material);
          this.writes++;
          return true;
        }),
      replaceSecret: (version, material, answersRequest) =>
        ask(() => {
          if (this.secret?.version !== version) return this.#lostRace();
          this.#setSecret(material, this.secret.isRotationAsked && !answersRequest);
          this.writes++;
          return true;
        }),
      publish: ({ name, version }, pem) =>
        ask(() => {
          if (this.#configurations.get(name)?.version !== version) return this.#lostRace();
          this.#setConfiguration(name, pem, false);
          return true;
        }),
      watch: (changed) => {
        of().listeners.add(changed);
        return () => of().listeners.delete(changed);
      },
    };
  }

  /**
   * The work is done at one moment between question and answer. Now and then it fails, its answer is lost, or it takes
   * so long that the replica gives it up, and it is done all the same, much later.
   */
  #ask<Value>(replica: Replica, work: () => Value): Promise<Value> {
    this.asked++;
    const { latency, failures, timing } = this.options;
    const fate = replica.failedLast ? 100 : this.#random() * 100;
    const isRefused = fate < failures / 3;
    const isSlow = !isRefused && fate < failures;
    replica.failedLast = isRefused || isSlow;
    const arrival = this.#random() * (isSlow ? 3 * timing.takeUp : latency);
    const answer = arrival + this.#random() * (isSlow ? timing.takeUp : latency);
    const timeout = timing.takeUp / 3;
    return new Promise((resolve, reject) => {
      let fail = (): void => reject(new Error('the API server did not answer'));
      this.at(this.time + arrival, () => {
        if (isRefused) return;
        const value = work();
        if (answer > timeout) return;
        fail = () => {};
        this.#reach(replica, answer - arrival, () => resolve(value));
      });
      this.#reach(replica, timeout, () => fail());
    });
  }

  /** Calls back after the milliseconds, or when the replica wakes, and not at all when it is dead. */
  #reach(replica: Replica, milliseconds: number, callback: () => void): void {
    const arrive = (): void => {
      if (!replica.isAlive) return;
      if (this.time < replica.frozenUntil) this.at(replica.frozenUntil, arrive);
      else callback();
    };
    this.at(this.time + milliseconds, arrive);
  }

  #timer(of: () => Replica, milliseconds: number, callback: () => void): () => void {
    let isOff = false;
    this.#reach(of(), milliseconds, () => {
      if (!isOff) callback();
    });
    return () => {
      isOff = true;
    };
  }

  #setSecret(material: Material | undefined, isRotationAsked = false): void {
    this.secret = material === undefined ? undefined : { version: String(++this.#revision), material, isRotationAsked };
    this.#announce();
  }

  #setConfiguration(name: string, pem: string, isForeign: boolean, isNew = false): void {
    const old = this.#configurations.get(name);
    const webhooks = [`one.${name}`, `two.${name}`].map((webhook) => ({ name: webhook, pem }));
    const revision = String(++this.#revision);
    const isSame = old?.webhooks[0]?.pem === pem;
    const generation = isSame ? old.generation : `${name}/${revision}`;
    this.#configurations.set(name, { name, version: revision, generation, webhooks });
    const versions = this.#versions.get(name) ?? [];
    this.#versions.set(name, versions);
    const last = versions.at(-1);
    if (last !== undefined) last.until = this.time;
    versions.push({ of: name, pem, from: this.time, until: Number.POSITIVE_INFINITY, isForeign });
    if (!isNew) this.#announce();
  }

  #announce(): void {
    for (const replica of this.#replicas) {
      this.#reach(replica, this.#random() * this.options.lag, () => {
        for (const listener of replica.listeners) listener();
      });
    }
  }

  /** Every certificate that is served is good now, and trusted by every caBundle that the API server may be using. */
  #check(): void {
    for (const { name, isAlive, frozenUntil, keeper } of this.#replicas) {
      const served = isAlive && this.time >= frozenUntil ? keeper.current() : undefined;
      if (served === undefined) continue;
      if (served.expiresAt.getTime() <= START + this.time) this.broken.push(`${this.time} ${name}: expired`);
      for (const { of, from, pem } of this.#inUse()) {
        if (!this.#isTrusted(served.certificate, pem))
          this.broken.push(`${this.time} ${name}: not in ${of} of ${from}`);
      }
    }
  }

  /** The caBundles that the API server may be using, but for those about which nothing is promised. */
  #inUse(): Version[] {
    const oldest = this.time - this.options.propagation;
    return [...this.#versions.values()].flat().filter(({ isForeign, until }) => !isForeign && until >= oldest);
  }

  #isTrusted(certificate: string, bundle: string): boolean {
    const known = this.#chains.get(certificate) ?? new Map<string, boolean>();
    this.#chains.set(certificate, known);
    const answer = known.get(bundle) ?? isChain(certificate, bundle);
    known.set(bundle, answer);
    return answer;
  }

  #next(time: number): { readonly at: number; readonly run: () => void } | undefined {
    let first = -1;
    for (const [index, { at, order }] of this.#queue.entries()) {
      const best = this.#queue[first];
      if (best === undefined || at < best.at || (at === best.at && order < best.order)) first = index;
    }
    const found = this.#queue[first];
    if (found === undefined || found.at > time) return undefined;
    this.#queue.splice(first, 1);
    return found;
  }
}

/** Lets everything that waits for nothing but promises go on. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** mulberry32 */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
