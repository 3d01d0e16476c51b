/** Asks again and again, and counts (k8s.io/kubernetes pkg/kubelet/prober/worker.go). */
import type { Clock } from '../../../src/kubernetes/clock.ts';
import type { Timing } from './probe.ts';

export interface LoopOptions {
  readonly timing: Timing;
  readonly clock: Clock;
  /** Of the program: initialDelayMs counts from it, also where another probe was waited for. */
  readonly startedAt: Date;
  /**
   * Until the first success it asks all the time, as Knative's queue-proxy does; what fails in between is not counted.
   * One that is not eager asks after a period for the first time: nobody is healthy in the moment of its start.
   */
  readonly isEager: boolean;
  ask(signal: AbortSignal): Promise<string | undefined>;
  /** So many successes in a row as are wanted. */
  onSuccess(): void;
  /** A failure that counts. */
  onFailure(problem: string): void;
  /** So many failures in a row as are wanted; it is told again with each that follows. */
  onTooMany(problem: string): void;
}

const SOONEST_MS = 2;
const SOON_MS = 25;
const LATER_MS = 200;
/** A program that has not answered within this starts slowly. */
const SLOW_AFTER_MS = 10_000;
/**
 * While a program starts it is asked again after such a part of the time that it has had: whoever waits for its first
 * answer waits a sixteenth longer at most, and one that starts slowly is not held up by questions.
 */
const PART = 16;

/** Begins now; the result ends it. */
export function startLoop(options: LoopOptions): () => void {
  const { timing, clock, startedAt, isEager, ask, onSuccess, onFailure, onTooMany } = options;
  const ending = new AbortController();
  const began = clock.now().getTime();
  const firstMs = Math.max(startedAt.getTime() + timing.initialDelayMs - began, isEager ? 0 : timing.periodMs);
  const first = began + firstMs;
  let lastCounted = first;
  let isWaiting = isEager && timing.successThreshold === 1;
  let successes = 0;
  let failures = 0;
  let callOff = clock.after(firstMs, look);

  function look(): void {
    void ask(ending.signal).then((problem) => {
      if (ending.signal.aborted) return;
      if (problem === undefined) succeed();
      else fail(problem);
      if (!ending.signal.aborted) callOff = clock.after(waitMs(), look);
    });
  }

  function succeed(): void {
    isWaiting = false;
    failures = 0;
    successes++;
    if (successes === timing.successThreshold) onSuccess();
  }

  function fail(problem: string): void {
    const now = clock.now().getTime();
    if (isWaiting && now - lastCounted < timing.periodMs) return;
    lastCounted = now;
    successes = 0;
    failures++;
    onFailure(problem);
    if (failures >= timing.failureThreshold) onTooMany(problem);
  }

  function waitMs(): number {
    if (!isWaiting) return timing.periodMs;
    const passed = clock.now().getTime() - first;
    if (passed > SLOW_AFTER_MS) return Math.min(timing.periodMs, LATER_MS);
    return Math.min(timing.periodMs, SOON_MS, Math.max(SOONEST_MS, Math.floor(passed / PART)));
  }

  return () => {
    ending.abort();
    callOff();
  };
}
