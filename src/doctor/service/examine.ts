/** All checks of a Service, in the order in which one cause hides the next. */
import { rights } from '../cluster/rights.ts';
import type { Verdict } from '../verdict.ts';
import { arrivals } from './arrivals.ts';
import { cold } from './cold.ts';
import type { ServiceFacts } from './facts.ts';
import { network } from './network.ts';
import { pullSecrets } from './pullSecrets.ts';
import { scale, zero } from './scale.ts';
import { start } from './start.ts';

export function examineService(facts: ServiceFacts): Verdict[] {
  return [
    ...start(facts),
    ...pullSecrets(facts),
    ...network(facts),
    ...scale(facts),
    ...zero(facts),
    ...cold(facts),
    ...arrivals(facts),
    ...(facts.missingRights.length === 0 ? [] : rights(facts.missingRights, facts.user)),
  ];
}
