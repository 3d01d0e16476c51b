/**
 * Brings one environment's dead-letter sink to what its policy says. Level-based: safe to run at any time, any number of
 * times. It is taken away by a policy that says so, and never because a policy is not there.
 */
import { isOfTerminatingNamespace } from '../../src/kubernetes/client/errors.ts';
import { stringAt } from '../../src/kubernetes/json.ts';
import { isBeingDeleted } from '../../src/kubernetes/object.ts';
import type { Outcome, Round } from '../manager/controller.ts';
import type { Dependencies } from './dependencies.ts';
import { keepSink } from './keep.ts';
import { removeSink } from './remove.ts';

/** Brokers are followed by others, and somebody may lead one elsewhere. */
const LOOK_AGAIN_MS = 5 * 60_000;

/** @param environment by its name */
export async function reconcile(environment: string, round: Round, tools: Dependencies): Promise<Outcome | undefined> {
  const { policies, metrics, clock } = tools;
  const policy = policies.policyFor(environment);
  if (policy === undefined || !isThere(tools)) {
    metrics.state(environment, undefined);
    return undefined;
  }
  const deadLetters = policy.eventing?.deadLetters ?? {};
  try {
    if (deadLetters.keep === true) {
      const { state, isToLookAgain } = await keepSink(environment, deadLetters, round, tools);
      metrics.state(environment, state);
      // neither somebody else's object nor a quota is followed
      return isToLookAgain ? { again: later(clock.now()) } : undefined;
    }
    const isGone = await removeSink(environment, round, tools);
    metrics.state(environment, isGone ? undefined : 'leaving');
    return isGone ? undefined : { again: later(clock.now()) };
  } catch (error) {
    // the cache is about to tell so, too
    if (!isOfTerminatingNamespace(error)) throw error;
    metrics.state(environment, undefined);
    return undefined;
  }
}

function isThere({ namespace }: Dependencies): boolean {
  const own = namespace();
  return own !== undefined && !isBeingDeleted(own) && stringAt(own, 'status', 'phase') !== 'Terminating';
}

function later(now: Date): Date {
  return new Date(now.getTime() + LOOK_AGAIN_MS);
}
