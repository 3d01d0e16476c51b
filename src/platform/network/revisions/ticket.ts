/** A request on its way through a Revision, as those see it who let it wait and choose where it goes. */
import type { RunningInstance } from './instance.ts';

export type Refusal = 'full' | 'gone' | 'memory';

export interface Ticket {
  /** Where it is: with the activator, in an instance's queue, in the instance, or nowhere any more. */
  place: 'new' | 'activator' | 'queue' | 'instance' | 'done';
  /** It went through the activator. */
  isProxied: boolean;
  instance: RunningInstance | undefined;
  /** When it came to the Revision; milliseconds. */
  arrived: number;
  /** It came when no instance was there. */
  isColdStart: boolean;
  /** Bytes that it holds while it waits. */
  readonly weight: number;
  /** It has the instance from now on, until it leaves. */
  start(instance: RunningInstance): void;
  /** It has left. */
  refuse(reason: Refusal): void;
}
