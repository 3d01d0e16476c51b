/** Keeps the webhook's certificates: reads, lets `decide` say what is next, does it, and looks again. */

import { type Backoff, backoff } from '../../src/kubernetes/client/backoff.ts';
import type { Clock } from '../../src/kubernetes/clock.ts';
import type { Log } from '../../src/kubernetes/log.ts';
import type { KeyPair, RandomBytes } from '../../src/tls/x509.ts';
import type { CertificateSource, ServingCertificate } from '../dependencies.ts';
import { compose, EMPTY, keysFor } from './compose.ts';
import { type Bundle, type Decision, decide, isContinued, type Publish, type Wait, type Write } from './decide.ts';
import { authoritiesIn, type Examined, type Examiner, examine, type Material } from './examine.ts';
import { Rest } from './rest.ts';
import { Steadiness } from './steadiness.ts';
import type { CertificateStore, StoredConfiguration, StoredSecret } from './store.ts';
import type { Timing } from './timing.ts';

export interface KeeperOptions {
  readonly store: CertificateStore;
  /** DNS names of the Service, the one that the API server asks for first. */
  readonly names: readonly string[];
  readonly timing: Timing;
  /** RSA keys below this are not taken. */
  readonly leastBits: number;
  /** An RSA pair of at least as many bits. */
  readonly makeKeys: () => Promise<KeyPair>;
  readonly randomBytes: RandomBytes;
  readonly clock: Clock;
  /** Milliseconds on a clock that is never set. */
  readonly elapsed: () => number;
  /** At least 0, less than 1. */
  readonly random: () => number;
  readonly log: Log;
  readonly examiner?: Examiner;
}

/** What one pass has read and thought. */
interface Sight {
  readonly secret: StoredSecret | undefined;
  readonly configurations: readonly StoredConfiguration[];
  readonly examined: Examined | undefined;
  readonly decision: Decision;
  /** On the clock that is never set. */
  readonly readAt: number;
  readonly now: number;
}

/** The names by which the API server and others in the cluster call a Service. */
export function namesOf(service: string, namespace: string): string[] {
  return [`${service}.${namespace}.svc`, `${service}.${namespace}.svc.cluster.local`];
}

export class CertificateKeeper implements CertificateSource {
  readonly #options: KeeperOptions;
  readonly #examiner: Examiner;
  readonly #listeners: ((certificate: ServingCertificate) => void)[] = [];
  readonly #backoff: Backoff;
  readonly #rest: Rest;
  readonly #secretSteadiness: Steadiness;
  readonly #configurationSteadiness: Steadiness;
  readonly #troubleSteadiness: Steadiness;
  #current: ServingCertificate | undefined;
  #remembered: Material | undefined;
  /** Made before they are needed: between reading and writing there is no time for it. */
  #keys: KeyPair[] = [];
  readonly #publishedAt = new Map<string, number>();
  #wroteAt = Number.NEGATIVE_INFINITY;
  #told = '';
  #ending: Promise<void> | undefined;

  constructor(options: KeeperOptions) {
    const { elapsed, random, timing } = options;
    this.#options = options;
    this.#examiner = options.examiner ?? { examine, authoritiesIn };
    this.#rest = new Rest(options.clock);
    this.#backoff = backoff({ firstMs: Math.min(1000, timing.takeUp / 4), mostMs: timing.resync, random });
    this.#secretSteadiness = new Steadiness(elapsed);
    this.#configurationSteadiness = new Steadiness(elapsed);
    this.#troubleSteadiness = new Steadiness(elapsed);
  }

  current(): ServingCertificate | undefined {
    return this.#current;
  }

  onChange(listener: (certificate: ServingCertificate) => void): void {
    this.#listeners.push(listener);
  }

  start(): void {
    this.#ending ??= this.#run();
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#rest.end();
    await this.#ending;
  }

  async #run(): Promise<void> {
    const endWatch = this.#options.store.watch(() => this.#rest.wake());
    while (!this.#rest.isOver) {
      this.#rest.listen();
      await this.#rest.sleep(await this.#tryPass());
    }
    endWatch();
  }

  /** Milliseconds until the next pass; a change that is heard of comes first. */
  async #tryPass(): Promise<number> {
    const { timing, log } = this.#options;
    try {
      const wait = await this.#pass();
      this.#backoff.reset();
      return Math.min(wait, timing.resync);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log.warn({ reason }, 'the webhook certificates could not be looked after; trying again');
      // no change that is heard of makes this shorter: an API server in trouble is left in peace
      await this.#rest.pause(this.#backoff.next());
      return 0;
    }
  }

  async #pass(): Promise<number> {
    const { elapsed, store } = this.#options;
    const readAt = elapsed();
    // before the Secret: a caBundle is then never older than the Secret that it is compared with (README.md)
    const configurations = await settled(store.configurations());
    const secret = await store.secret();
    if (this.#rest.isOver) return 0;

    const sight = this.#look(secret, configurations.value, readAt);
    this.#serve(sight, configurations.value !== undefined);
    if (configurations.value === undefined) throw configurations.error;
    return this.#act(sight);
  }

  #look(secret: StoredSecret | undefined, read: readonly StoredConfiguration[] | undefined, readAt: number): Sight {
    const { clock, elapsed, leastBits, names, timing } = this.#options;
    const now = clock.now().getTime();
    const configurations = read ?? [];
    const bundles = this.#bundlesOf(configurations, now);
    const expected = { now, names, leastBits, others: bundles.flatMap(({ authorities }) => authorities) };
    const examined = secret === undefined ? undefined : this.#examiner.examine(secret.material, expected);
    const remembered = this.#remembered === undefined ? undefined : this.#examiner.examine(this.#remembered, expected);
    const state = {
      secret: examined,
      isRotationAsked: secret?.isRotationAsked === true,
      unchangedFor: this.#secretSteadiness.of(secret?.version ?? '', readAt),
      publishedFor: this.#publishedFor(read, readAt),
      remembered,
      bundles,
      sinceWrite: elapsed() - this.#wroteAt,
    };
    const decision = decide({ ...state, troubledFor: this.#troubleSteadiness.of('trouble', readAt) }, now, timing);
    if (!decision.isTroubled) this.#troubleSteadiness.of('none', readAt);
    return { secret, configurations, examined, decision, readAt, now };
  }

  /** What could not be read has not changed for that: no generation ever comes back. */
  #publishedFor(configurations: readonly StoredConfiguration[] | undefined, readAt: number): number {
    if (configurations === undefined) return 0;
    return this.#configurationSteadiness.of(configurations.map(({ generation }) => generation).join(' '), readAt);
  }

  #bundlesOf(configurations: readonly StoredConfiguration[], now: number): Bundle[] {
    const { leastBits } = this.#options;
    const bundles: Bundle[] = [];
    for (const { name, webhooks } of configurations) {
      for (const { name: webhook, pem } of webhooks) {
        const authorities = this.#examiner.authoritiesIn(pem, { now, leastBits });
        bundles.push({ configuration: name, webhook, pem, authorities });
      }
    }
    return bundles;
  }

  /** Takes over the Secret's certificate where it may be served. */
  #serve({ secret, examined, decision }: Sight, isComplete: boolean): void {
    if (secret === undefined || examined?.leaf === undefined || !decision.isServed) return;
    const { clock, leastBits, names } = this.#options;
    if (!isComplete && this.#remembered !== undefined) {
      const expected = { now: clock.now().getTime(), names, leastBits, others: [] };
      if (!isContinued(examined, this.#examiner.examine(this.#remembered, expected))) return;
    }
    if (examined.flaws.length === 0) this.#remembered = secret.material;

    const { 'tls.crt': certificate, 'tls.key': key } = secret.material;
    if (this.#current?.certificate === certificate && this.#current.key === key) return;
    this.#current = { certificate, key, expiresAt: new Date(examined.leaf.notAfter) };
    this.#options.log.info(
      {
        certificate: short(examined.leaf.id),
        authority: short(examined.leaf.issuer),
        expiresAt: this.#current.expiresAt,
      },
      'the webhook serves a new certificate',
    );
    for (const listener of this.#listeners) listener(this.#current);
  }

  /** Says once what is waited for, at a level at which somebody looks where something is wrong. */
  #tellWait({ why }: Wait, isTroubled: boolean): void {
    if (why === this.#told) return;
    this.#told = why;
    this.#options.log[isTroubled ? 'warn' : 'debug']({ why }, 'the webhook certificates wait');
  }

  async #act(sight: Sight): Promise<number> {
    const { step, isTroubled } = sight.decision;
    if (step.do === 'wait') {
      this.#keys = [];
      this.#tellWait(step, isTroubled);
      return step.for;
    }
    if (await this.#makeKeys(step)) return 0;
    // whoever was held up that long thinks of a world that may be gone
    if (this.#options.elapsed() - sight.readAt > this.#options.timing.takeUp / 2) return 0;
    if (step.do === 'publish') return this.#publish(step, sight);
    return this.#write(step, sight);
  }

  /** True where that took its time. */
  async #makeKeys(step: Publish | Write): Promise<boolean> {
    const needed = step.do === 'publish' ? 0 : keysFor(step);
    if (this.#keys.length >= needed) return false;
    while (this.#keys.length < needed) this.#keys.push(await this.#options.makeKeys());
    return true;
  }

  /** Who writes it back at once, again and again, is not answered as fast. */
  async #publish({ configuration, pem, why }: Publish, { configurations }: Sight): Promise<number> {
    const { store, elapsed, log, timing } = this.#options;
    const target = configurations.find(({ name }) => name === configuration);
    if (target === undefined) return 0;
    const wait = (this.#publishedAt.get(configuration) ?? Number.NEGATIVE_INFINITY) + timing.takeUp / 10 - elapsed();
    if (wait > 0) return wait;

    const isDone = await store.publish(target, pem);
    if (!isDone) return this.#overtaken(`configuration ${configuration}`);
    this.#publishedAt.set(configuration, elapsed());
    log.info({ configuration, why }, 'the caBundle is written');
    return 0;
  }

  async #write(step: Write, { secret, now }: Sight): Promise<number> {
    const { store, elapsed, log, names, randomBytes, timing } = this.#options;
    const material = compose(step, {
      present: secret?.material ?? EMPTY,
      remembered: this.#remembered ?? EMPTY,
      names,
      making: () => ({ keys: this.#takeKeys(), now, life: timing.life, randomBytes }),
    });
    const isDone =
      secret === undefined
        ? await store.createSecret(material)
        : await store.replaceSecret(secret.version, material, step.do === 'rotate');
    if (!isDone) return this.#overtaken('Secret');
    this.#wroteAt = elapsed();
    log.info({ step: step.do, why: step.why }, TOLD[step.do]);
    return 0;
  }

  /** Another replica was faster: what it wrote is read soon, and not by all losers at once. */
  #overtaken(what: string): number {
    const { log, random, timing } = this.#options;
    log.debug({}, `the ${what} has changed meanwhile; reading it again`);
    return 1 + (random() * timing.takeUp) / 20;
  }

  #takeKeys(): KeyPair {
    const pair = this.#keys.pop();
    if (pair === undefined) throw new Error('no keys are made'); // #makeKeys goes before
    return pair;
  }
}

const TOLD: Readonly<Record<Write['do'], string>> = {
  restore: 'the webhook certificates are put back as this replica remembers them',
  repair: 'what was missing of the webhook certificates is made',
  rotate: 'the webhook has a new CA; the old one stays trusted',
  issue: 'the webhook has a new serving certificate',
  retire: 'the old CA of the webhook is taken out of use',
};

async function settled<Value>(promise: Promise<Value>): Promise<{ value?: Value; error?: unknown }> {
  try {
    return { value: await promise };
  } catch (error) {
    return { error };
  }
}

function short(id: string): string {
  return id.slice(0, 12);
}
