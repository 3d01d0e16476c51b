/** What the command line touches of the machine, handed in so that tests run whole commands in-process. */
import picocolors from 'picocolors';

export interface TextSink {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  /** Width of the terminal in characters. */
  readonly columns?: number | undefined;
  /** Its height in lines. */
  readonly rows?: number | undefined;
}

export interface Io {
  readonly stdin: AsyncIterable<Uint8Array | string> & { readonly isTTY?: boolean | undefined };
  /** For the payload. */
  readonly stdout: TextSink;
  /** For progress, logs and errors. */
  readonly stderr: TextSink;
  /** Absolute. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  now(): Date;
  /** Aborted when the user interrupts: running programs end, temporary folders go. */
  readonly signal: AbortSignal;
}

export type Colors = ReturnType<typeof picocolors.createColors>;

/**
 * Colours for a stream: never with `--no-color` or NO_COLOR (https://no-color.org), always with FORCE_COLOR, else on
 * a terminal that is not `dumb`.
 */
export function colorsFor(sink: TextSink, env: Io['env'], noColor: boolean): Colors {
  return picocolors.createColors(wantsColor(sink, env, noColor));
}

function wantsColor(sink: TextSink, env: Io['env'], noColor: boolean): boolean {
  if (noColor || (env.NO_COLOR ?? '') !== '') return false;
  const force = env.FORCE_COLOR;
  if (force !== undefined) return force !== '0' && force !== 'false';
  return sink.isTTY === true && env.TERM !== 'dumb';
}

/** The process's own streams. An interrupt aborts the signal and then ends the process with 130. */
export function processIo(): Io {
  const interrupt = new AbortController();
  process.once('SIGINT', () => {
    interrupt.abort();
    process.exit(130);
  });
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // `weir check | head`: whoever read has had enough, and there is nobody left to tell.
      if (error.code === 'EPIPE') return;
      throw error;
    });
  }
  return {
    stdin: process.stdin,
    stdout: sinkOf(process.stdout),
    stderr: sinkOf(process.stderr),
    cwd: process.cwd(),
    env: process.env,
    now: () => new Date(),
    signal: interrupt.signal,
  };
}

/** A terminal that says 0 for its size does not know it, as under `script`, `expect` and many a `docker exec -t`. */
export function sinkOf(stream: TextSink): TextSink {
  return {
    write: (text) => stream.write(text),
    isTTY: stream.isTTY,
    get columns() {
      return stream.columns === 0 ? undefined : stream.columns;
    },
    get rows() {
      return stream.rows === 0 ? undefined : stream.rows;
    },
  };
}
