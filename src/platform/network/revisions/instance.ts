/** One instance as the way of a request sees it: what runs in it and what waits for it. */
import type { Caller } from '../exchange/call.ts';
import type { Instance } from '../plane.ts';
import type { Ticket } from './ticket.ts';

export class RunningInstance {
  readonly uid: string;
  readonly port: number;
  /** Requests that it has. */
  inFlight = 0;
  /** Of its own queue, in the order in which they came (knative/serving pkg/queue/breaker.go). */
  readonly queue = new Set<Ticket>();
  /** It gets new requests. */
  isReady = true;
  /** It gets none for a while, since it took no connection. */
  isAside = false;
  /** Called once when it has no request any more and gets none. */
  onDrained: (() => void)[] = [];
  readonly caller: Caller;

  constructor({ uid, port }: Instance, caller: Caller) {
    this.uid = uid;
    this.port = port;
    this.caller = caller;
  }

  get isIdle(): boolean {
    return this.inFlight === 0 && this.queue.size === 0;
  }
}
