/** Which of the instances takes the next request (knative/serving pkg/activator/net/lb_policy.go). */
import type { RunningInstance } from './instance.ts';

/** Undefined where none has room. */
export type Policy = (instances: readonly RunningInstance[]) => RunningInstance | undefined;

/** From here on instances take turns; up to here the first that has room is taken. */
const FIRST_AVAILABLE_UP_TO = 3;

/** @param random gives numbers from 0 up to 1 */
export function policyFor(containerConcurrency: number, random: () => number): Policy {
  if (containerConcurrency === 0) return (instances) => choiceOfTwo(instances, random);
  if (containerConcurrency <= FIRST_AVAILABLE_UP_TO) {
    return (instances) => instances.find(({ inFlight }) => inFlight < containerConcurrency);
  }
  return roundRobin(containerConcurrency);
}

/** Of two that are drawn, the one with fewer requests. */
function choiceOfTwo(instances: readonly RunningInstance[], random: () => number): RunningInstance | undefined {
  const count = instances.length;
  if (count <= 1) return instances[0];
  let first = 0;
  let second = 1;
  if (count > 2) {
    first = Math.floor(random() * count);
    second = Math.floor(random() * (count - 1));
    if (second >= first) second++;
  }
  const pick = instances[first];
  const other = instances[second];
  if (pick === undefined || other === undefined) return pick ?? other;
  if (pick.inFlight === other.inFlight) return random() < 0.5 ? pick : other;
  return pick.inFlight > other.inFlight ? other : pick;
}

function roundRobin(containerConcurrency: number): Policy {
  let next = 0;
  return (instances) => {
    const count = instances.length;
    if (next >= count) next = 0;
    for (let offset = 0; offset < count; offset++) {
      const index = (next + offset) % count;
      const instance = instances[index];
      if (instance === undefined || instance.inFlight >= containerConcurrency) continue;
      next = index + 1;
      return instance;
    }
    return undefined;
  };
}
