/** A bar on stderr for work that takes long enough to wonder about. */
import type { SingleBar } from 'cli-progress';
import type { Io } from './io.ts';

export interface Progress {
  begin(task: string, total: number): void;
  /** One more is done. Now and then it gives the event loop its turn, so that an interrupt is heard. */
  step(): Promise<void> | void;
  end(): void;
}

const SHOWN_AFTER_MS = 500;
const LOOKS_UP_EVERY = 64;
const BREATHES_EVERY_MS = 100;

/** A bar that appears after half a second, on a terminal only. */
export function progressOn(io: Io): Progress {
  return io.stderr.isTTY === true && io.env.TERM !== 'dumb' ? new Bar(io) : new Silent();
}

class Silent implements Progress {
  #steps = 0;
  #breath = performance.now();

  begin(_task: string, _total: number): void {}

  step(): Promise<void> | void {
    if (++this.#steps % LOOKS_UP_EVERY !== 0) return;
    const now = performance.now();
    if (now - this.#breath < BREATHES_EVERY_MS) return;
    this.#breath = now;
    return this.tick(now);
  }

  tick(_now: number): Promise<void> {
    return new Promise((resume) => {
      setImmediate(resume);
    });
  }

  end(): void {}
}

class Bar extends Silent {
  readonly #io: Io;
  readonly #start = performance.now();
  #bar: SingleBar | undefined;
  #task = '';
  #total = 0;
  #done = 0;

  constructor(io: Io) {
    super();
    this.#io = io;
    // The bar hides the cursor: an interrupt must give it back.
    io.signal.addEventListener('abort', () => this.end());
  }

  override begin(task: string, total: number): void {
    this.#task = task;
    this.#total = total;
    this.#done = 0;
    this.#bar?.setTotal(total);
  }

  override step(): Promise<void> | void {
    this.#done++;
    return super.step();
  }

  override async tick(now: number): Promise<void> {
    if (now - this.#start > SHOWN_AFTER_MS) await this.#draw();
    return super.tick(now);
  }

  override end(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }

  async #draw(): Promise<void> {
    this.#bar ??= await this.#open();
    this.#bar.update(this.#done, { task: this.#task });
  }

  async #open(): Promise<SingleBar> {
    const { default: cliProgress } = await import('cli-progress');
    const bar = new cliProgress.SingleBar(
      {
        format: '{task} {bar} {value}/{total}',
        stream: this.#io.stderr,
        clearOnComplete: true,
        hideCursor: true,
        gracefulExit: false,
        barsize: 30,
      },
      cliProgress.Presets.shades_classic,
    );
    bar.start(this.#total, this.#done, { task: this.#task });
    return bar;
  }
}
