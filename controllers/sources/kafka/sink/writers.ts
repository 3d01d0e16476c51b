/** What writes for each KafkaSink now. A Kafka that is away is asked again and again. */
import { isDeepStrictEqual } from 'node:util';
import type { ContentMode } from '../../../../src/cloudevents/kafka.ts';
import { sentenceOf } from '../../../../src/kubernetes/client/errors.ts';
import { type Clock, pause } from '../../../../src/kubernetes/clock.ts';
import type { KafkaAccess } from '../../../../src/platform/eventing/kafka/access.ts';
import { kafkaSentence } from '../../../../src/platform/eventing/kafka/sentence.ts';
import type { OpenedTopic, OpenTopic, TopicOptions } from '../../../../src/platform/eventing/kafka/topic.ts';
import { startWriter, type Writer } from '../../../../src/platform/eventing/kafka/writer.ts';

export interface WantedWriter {
  /** Another one begins anew. */
  readonly version: string;
  readonly mode: ContentMode;
  /** Asked now and then: another one is taken with another connection. @throws Error with a sentence */
  access(): Promise<KafkaAccess>;
  readonly topic: string;
  readonly creation: TopicOptions['creation'];
}

export type WriterState =
  | { readonly is: 'open' }
  | { readonly is: 'failed'; readonly why: 'secret' | 'kafka'; readonly sentence: string };

export interface WritersOptions {
  readonly openTopic: OpenTopic;
  readonly clock: Clock;
  readonly random: () => number;
}

const FIRST_WAIT_MS = 500;
/** Between two looks, whoever asks for one: each event that is refused does. */
const LEAST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
/** While nothing is wrong. */
const CHECK_MS = 30_000;

export class Writers {
  readonly #entries = new Map<string, Entry>();
  readonly #ending = new Set<Promise<void>>();
  readonly #options: WritersOptions;

  constructor(options: WritersOptions) {
    this.#options = options;
  }

  /** @param onState is called when `stateOf` gives something else */
  set(key: string, wanted: WantedWriter, onState: () => void): void {
    if (this.#entries.get(key)?.wanted.version === wanted.version) return;
    this.remove(key);
    this.#entries.set(key, new Entry(wanted, onState, this.#options));
  }

  stateOf(key: string): WriterState | undefined {
    return this.#entries.get(key)?.state;
  }

  find(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  remove(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    const over = entry.stop().finally(() => this.#ending.delete(over));
    this.#ending.add(over);
  }

  async stop(): Promise<void> {
    for (const key of [...this.#entries.keys()]) this.remove(key);
    await Promise.all(this.#ending);
  }
}

interface Opened {
  readonly access: KafkaAccess;
  readonly topic: OpenedTopic;
  readonly writer: Writer;
}

/** One topic: opened, and looked at now and then. */
export class Entry {
  readonly wanted: WantedWriter;
  readonly #onState: () => void;
  readonly #options: WritersOptions;
  readonly #ending = new AbortController();
  readonly #ended = Promise.withResolvers<void>();
  readonly #over: Promise<void>;
  #state: WriterState | undefined;
  #opened: Opened | undefined;
  /** Ends the wait before it is looked at again. */
  #wait = new AbortController();

  constructor(wanted: WantedWriter, onState: () => void, options: WritersOptions) {
    this.wanted = wanted;
    this.#onState = onState;
    this.#options = options;
    this.#over = this.#run();
  }

  get state(): WriterState | undefined {
    return this.#state;
  }

  /** Undefined until its topic was there for the first time. */
  get writer(): Writer | undefined {
    return this.#opened?.writer;
  }

  /** Something went wrong: what, is looked at soon. */
  lookSoon(): void {
    if (this.#state?.is === 'open') this.#wait.abort();
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    this.#ended.resolve();
    this.#wait.abort();
    await this.#over;
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#ending.signal.aborted) {
      // a Kafka that hangs holds up no end
      await Promise.race([this.#look(), this.#ended.promise]);
      failures = this.#state?.is === 'open' ? 0 : failures + 1;
      await this.#pause(failures);
    }
    await this.writer?.close().catch(() => {});
  }

  async #look(): Promise<void> {
    let access: KafkaAccess;
    try {
      access = await this.wanted.access();
    } catch (error) {
      this.#set({ is: 'failed', why: 'secret', sentence: sentenceOf(error) });
      return;
    }
    try {
      if (isDeepStrictEqual(this.#opened?.access, access)) await this.#opened?.topic.check();
      else await this.#open(access);
      this.#set({ is: 'open' });
    } catch (error) {
      this.#set({ is: 'failed', why: 'kafka', sentence: kafkaSentence(error, access) });
    }
  }

  /** What is written with goes on until another is there. */
  async #open(access: KafkaAccess): Promise<void> {
    const { topic: name, creation } = this.wanted;
    const { signal } = this.#ending;
    const topic = await this.#options.openTopic({ access, topic: name, creation, signal });
    const writer = startWriter({ producing: topic.producing, access, isTooLarge: topic.isTooLarge });
    const before = signal.aborted ? writer : this.writer;
    if (!signal.aborted) this.#opened = { access, topic, writer };
    await before?.close().catch(() => {});
  }

  async #pause(failures: number): Promise<void> {
    const { clock, random } = this.#options;
    const wait = failures === 0 ? CHECK_MS : Math.min(FIRST_WAIT_MS * 2 ** Math.min(failures - 1, 10), LONGEST_WAIT_MS);
    const all = wait * (0.75 + random() / 2);
    const least = Math.min(all, LEAST_WAIT_MS);
    this.#wait = new AbortController();
    await pause(clock, least, this.#ending.signal);
    if (this.#ending.signal.aborted || all === least) return;
    await pause(clock, all - least, this.#wait.signal);
  }

  #set(state: WriterState): void {
    const before = this.#state;
    this.#state = state;
    if (this.#ending.signal.aborted || isDeepStrictEqual(before, state)) return;
    this.#onState();
  }
}
