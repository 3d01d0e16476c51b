/** `weir load`: requests at a constant rate, how it goes meanwhile, and at the end what came of it. */
import type { CommandContext } from '../command.ts';
import { EXIT, Failure } from '../failure.ts';
import { draw } from './draw.ts';
import { jsonOf } from './json.ts';
import { Live, liveLines } from './live.ts';
import type { Measured } from './measured.ts';
import { OpenLoop, type Result, type SteadyClock } from './openLoop.ts';
import { type LoadOptions, type RawLoadOptions, readLoadOptions } from './options.ts';
import { REFUSED, senderTo } from './send.ts';
import { Seconds, Tally } from './tally.ts';
import { addressOf } from './target.ts';

const SECOND_MS = 1000;
const DRAWN_EVERY_MS = 250;
/** So many refusals and no answer: nothing is there, and nothing is learnt from asking on. */
const REFUSALS = 20;

const steady: SteadyClock = {
  now: () => performance.now(),
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};

export async function load(url: string, raw: RawLoadOptions, context: CommandContext): Promise<number> {
  const { io, colors } = context;
  const options = readLoadOptions(url, raw, io.cwd);
  const address = await addressOf(options.url, options.mayLeave);
  const live = io.stderr.isTTY === true && io.env.TERM !== 'dumb' ? new Live(io.stderr) : undefined;
  const report = (measured: Measured): void => {
    live?.clear();
    const text =
      options.output === 'json'
        ? `${JSON.stringify(jsonOf(measured), null, 2)}\n`
        : draw(measured, colors(io.stdout), io.stdout.columns);
    io.stdout.write(text);
  };
  const running = begin(address, options);
  // who interrupts wants to see what was measured until then; the process ends right after
  const interrupt = (): void => {
    running.stop();
    report(running.measured());
  };
  io.signal.addEventListener('abort', interrupt, { once: true });
  const drawing =
    live &&
    setInterval(() => {
      live.draw(liveLines(running.measured(), colors(io.stderr), io.stderr.columns));
    }, DRAWN_EVERY_MS);
  try {
    await running.over;
  } finally {
    clearInterval(drawing);
    io.signal.removeEventListener('abort', interrupt);
  }
  const measured = running.measured();
  if (isNobodyThere(measured.tally)) {
    live?.clear();
    throw new Failure(`nothing listens at ${address}:${portOf(options.url)}; is what should answer there running?`);
  }
  report(measured);
  return measured.tally.failed === 0 ? EXIT.clean : EXIT.denied;
}

interface Running {
  readonly over: Promise<void>;
  measured(): Measured;
  stop(): void;
}

function begin(address: string, options: LoadOptions): Running {
  const { shownAs, plan, by } = options;
  const tally = new Tally();
  const seconds = new Seconds();
  const sender = senderTo(address, options);
  const began = steady.now();
  let ended: number | undefined;
  let lastSecond = began;
  const closeSecond = (): void => {
    const now = steady.now();
    seconds.close((now - lastSecond) / SECOND_MS);
    lastSecond = now;
  };
  const ticking = setInterval(closeSecond, SECOND_MS);
  const loop = new OpenLoop(plan, {
    send: sender.send,
    clock: steady,
    onResult(result: Result, milliseconds: number) {
      tally.add(result, milliseconds);
      seconds.add(result, milliseconds);
      if (isNobodyThere(tally) && tally.unanswered >= REFUSALS) loop.stop();
    },
  });
  const finish = (): void => {
    if (ended !== undefined) return;
    ended = steady.now();
    clearInterval(ticking);
    // the rest of a second is one where it is long enough to say something
    if (ended - lastSecond > SECOND_MS / 2) closeSecond();
    sender.close();
  };
  return {
    over: loop.over.then(finish),
    measured: () => ({
      url: shownAs,
      plan,
      by,
      tally,
      seconds,
      loop: loop.state(),
      elapsedMs: (ended ?? steady.now()) - began,
    }),
    stop() {
      loop.stop();
      finish();
    },
  };
}

function isNobodyThere({ answered, problems }: Tally): boolean {
  return answered === 0 && problems.size === 1 && problems.has(REFUSED);
}

function portOf(url: URL): string {
  if (url.port !== '') return url.port;
  return url.protocol === 'https:' ? '443' : '80';
}
