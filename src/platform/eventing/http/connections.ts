/** The connections to one address: those that are free are used again, the latest first, and who finds none waits for his turn. */
import { type Answered, Connection, type ConnectionPool, type Message, type Open } from './connection.ts';

/** To one address at once. */
const MOST = 100;
/** Milliseconds after which a free one is closed. */
const KEPT_FOR = 60_000;

export interface SendOptions {
  /** Milliseconds from its beginning, which is when it has a connection; undefined waits as long as that lasts. */
  readonly timeout?: number | undefined;
  /** On none of those that are free now, which the other side may have closed, too. */
  readonly isFresh?: boolean;
}

interface Waiting {
  readonly message: Message;
  readonly done: (answered: Answered) => void;
  readonly timeout: number | undefined;
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

  send(message: Message, done: (answered: Answered) => void, { timeout, isFresh = false }: SendOptions = {}): void {
    // one that is free has nobody who waits: its place is the fresh one's
    if (isFresh && this.#all.size >= MOST) this.#free[0]?.close(ENDING);
    const free = isFresh ? undefined : this.#free.pop();
    const connection = free ?? (this.#all.size < MOST ? this.#another() : undefined);
    if (connection === undefined) this.#queue.push({ message, done, timeout });
    else begin(connection, { message, done, timeout });
  }

  onFree(connection: Connection): void {
    const next = this.#next();
    if (next !== undefined) {
      begin(connection, next);
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
    if (next !== undefined) begin(this.#another(), next);
  }

  /** What is under way fails. */
  close(): void {
    clearTimeout(this.#sweep);
    for (let next = this.#next(); next !== undefined; next = this.#next())
      next.done({ is: 'failed', error: ENDING, isStale: false });
    for (const connection of [...this.#all]) connection.close(ENDING);
  }

  #next(): Waiting | undefined {
    const next = this.#queue[this.#head];
    if (next === undefined) return undefined;
    this.#head++;
    if (this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    return next;
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

function begin(connection: Connection, { message, done, timeout }: Waiting): void {
  const breakOff = (): void => connection.close(`no answer within ${timeout} ms`);
  const timer = timeout === undefined ? undefined : setTimeout(breakOff, timeout);
  const onAnswered = (answered: Answered): void => {
    clearTimeout(timer);
    done(answered);
  };
  connection.send(message, onAnswered, timer !== undefined);
}

const ENDING = 'the platform ends';
