/** Shows a rollout as it goes: a picture that is drawn over on a terminal, a line for each change anywhere else. */
import { timeText } from '../../kubernetes/time.ts';
import { oneLine } from '../../report/safeText.ts';
import { cut } from '../../text/cut.ts';
import type { CommandContext } from '../command.ts';
import { Live } from '../load/live.ts';
import { draw, lineOf } from './draw.ts';
import type { View } from './view.ts';

export interface Teller {
  /** Something was shown once: it is there, and may only be away. */
  readonly hasTold: boolean;
  tell(view: View): void;
  /** Of an API server that is away. */
  wait(why: string): void;
}

/** @param hint what stands above the picture, behind the time */
export function tellerOn(context: CommandContext, hint: string): Teller {
  return context.io.stdout.isTTY === true && context.io.env.TERM !== 'dumb'
    ? new Picture(context, hint)
    : new Lines(context);
}

class Picture implements Teller {
  readonly #context: CommandContext;
  readonly #hint: string;
  readonly #live: Live;
  #body: readonly string[] = [];

  constructor(context: CommandContext, hint: string) {
    this.#context = context;
    this.#hint = hint;
    this.#live = new Live(context.io.stdout);
  }

  get hasTold(): boolean {
    return this.#body.length > 0;
  }

  tell(view: View): void {
    const { io, colors } = this.#context;
    this.#body = draw(view, io.now(), colors(io.stdout), io.stdout.columns);
    this.#show(colors(io.stdout).dim(this.#cut(`${io.now().toTimeString().slice(0, 8)}, ${this.#hint}`)));
  }

  wait(why: string): void {
    const { io, colors } = this.#context;
    this.#show(colors(io.stdout).yellow(this.#cut(`waits for it to come back: ${oneLine(why)}`)));
  }

  #show(head: string): void {
    const { rows } = this.#context.io.stdout;
    const lines = [head, '', ...this.#body];
    // what is drawn over must not have scrolled away
    this.#live.draw(rows === undefined ? lines : lines.slice(0, Math.max(1, rows - 1)));
  }

  #cut(text: string): string {
    return cut(text, this.#context.io.stdout.columns ?? 80);
  }
}

class Lines implements Teller {
  readonly #context: CommandContext;
  #last = '';

  constructor(context: CommandContext) {
    this.#context = context;
  }

  get hasTold(): boolean {
    return this.#last !== '';
  }

  tell(view: View): void {
    this.#write(lineOf(view));
  }

  wait(why: string): void {
    this.#write(`waits for it to come back: ${oneLine(why)}`);
  }

  #write(line: string): void {
    if (line === this.#last) return;
    this.#last = line;
    const { io } = this.#context;
    io.stdout.write(`${timeText(io.now())}  ${line}\n`);
  }
}
