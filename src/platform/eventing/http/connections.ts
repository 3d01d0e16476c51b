/** The connections to one host: those that are free are used again, the latest first, and who finds none waits for his turn. */
import { type Answered, Connection, type ConnectionPool, type Message, type Open } from './connection.ts';

/** To one host at once. */
const MOST = 100;
/** Milliseconds after which a free one is closed. */
const KEPT_FOR = 60_000;

interface Waiting {
  readonly message: Message;
  readonly done: (answered: Answered) => void;
  connection: Connection | undefined;
  /** Nobody waits for it any more. */
  isOver: boolean;
}

export class Connections implements ConnectionPool {
  readonly #open: Open;
  readonly #all = new Set<Connection>();
  readonly #free: Connection[] = [];
  /** In their order; those before `#head` have had their turn. */
  #queue: Waiting[] = [];
  #head = 0;
  #sweep: NodeJS.Timeout | undefined;

  constructor(open: Open) {
    this.#open = open;
  }

  /** Nothing is under way, and nothing is kept for the next one. */
  get isEmpty(): boolean {
    return this.#all.size === 0;
  }

  /**
   * @param isFresh on none of those that are free now, which the other side may have closed, too
   * @returns what breaks it off, and says why
   */
  send(message: Message, done: (answered: Answered) => void, isFresh = false): (why: string) => void {
    const waiting: Waiting = { message, done, connection: undefined, isOver: false };
    // one that is free has nobody who waits: its place is the fresh one's
    if (isFresh && this.#all.size >= MOST) this.#free[0]?.close(ENDING);
    const free = isFresh ? undefined : this.#free.pop();
    const connection = free ?? (this.#all.size < MOST ? this.#another() : undefined);
    if (connection === undefined) this.#queue.push(waiting);
    else this.#begin(connection, waiting);
    return (why) => {
      if (waiting.connection !== undefined) waiting.connection.close(why);
      else fail(waiting, why);
    };
  }

  onFree(connection: Connection): void {
    const next = this.#next();
    if (next !== undefined) {
      this.#begin(connection, next);
      return;
    }
    connection.freeSince = Date.now();
    this.#free.push(connection);
    this.#sweep ??= setTimeout(() => this.#closeOld(), KEPT_FOR).unref();
  }

  onClosed(connection: Connection): void {
    this.#all.delete(connection);
    const at = this.#free.indexOf(connection);
    if (at >= 0) this.#free.splice(at, 1);
    const next = this.#all.size < MOST ? this.#next() : undefined;
    if (next !== undefined) this.#begin(this.#another(), next);
  }

  /** What is under way fails. */
  close(): void {
    clearTimeout(this.#sweep);
    for (let next = this.#next(); next !== undefined; next = this.#next()) fail(next, ENDING);
    for (const connection of [...this.#all]) connection.close(ENDING);
  }

  #begin(connection: Connection, waiting: Waiting): void {
    waiting.connection = connection;
    connection.send(waiting.message, (answered) => {
      waiting.connection = undefined;
      waiting.isOver = true;
      waiting.done(answered);
    });
  }

  #next(): Waiting | undefined {
    for (;;) {
      const next = this.#queue[this.#head];
      if (next === undefined) return undefined;
      this.#head++;
      if (this.#head * 2 > this.#queue.length) {
        this.#queue = this.#queue.slice(this.#head);
        this.#head = 0;
      }
      if (!next.isOver) return next;
    }
  }

  #another(): Connection {
    const connection = new Connection(this.#open, this);
    this.#all.add(connection);
    return connection;
  }

  #closeOld(): void {
    this.#sweep = undefined;
    const oldest = Date.now() - KEPT_FOR;
    for (const connection of this.#free.filter(({ freeSince }) => freeSince <= oldest)) connection.close(ENDING);
    if (this.#free.length > 0) this.#sweep = setTimeout(() => this.#closeOld(), KEPT_FOR).unref();
  }
}

function fail(waiting: Waiting, error: string): void {
  if (waiting.isOver) return;
  waiting.isOver = true;
  waiting.done({ is: 'failed', error, isStale: false });
}

const ENDING = 'the platform ends';
