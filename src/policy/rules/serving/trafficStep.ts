import { equals, type JsonObject, stringAt, valueAt } from '../../../kubernetes/json.ts';
import { knativeService } from '../../../kubernetes/kinds.ts';
import { join } from '../../../kubernetes/pointer.ts';
import type { Edit } from '../../engine/edit.ts';
import { defineRule } from '../../engine/rule.ts';
import { type Target, targetsOf } from './traffic.ts';

/**
 * A new Revision gets at most so much traffic at once.
 *
 * New is the Revision of the template as it stands: `latestRevision: true`, or the name that the template gives itself.
 * All traffic on it is no step but the end of the way, and what most Services do all the time. From Git alone the state
 * is all there is to see; where the object before the change is known, the step is counted from there.
 */
export const trafficStep = defineRule({
  id: 'serving/traffic-step',
  title: 'a new Revision gets traffic in steps that the environment allows',
  why: 'While a new Revision shares the traffic with an older one, its share is the share of customers who meet its mistakes.',
  howToFix: 'Start with a smaller `percent` on the new Revision and raise it when its errors and latency stay good.',
  kinds: [knativeService],
  action: 'warn',
  examples: {
    bad: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template:
    metadata: {name: cart-v2}
    spec:
      containers:
      - image: registry.example.com/shop/cart:2.0.0
  traffic:
  - {revisionName: cart-v1, percent: 20}
  - {revisionName: cart-v2, percent: 80}
`,
    good: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template:
    metadata: {name: cart-v2}
    spec:
      containers:
      - image: registry.example.com/shop/cart:2.0.0
  traffic:
  - {revisionName: cart-v1, percent: 90}
  - {revisionName: cart-v2, percent: 10}
`,
  },

  judge(subject, { policy, old }) {
    const largest = policy.serving?.traffic?.largestStep;
    if (largest === undefined || largest >= 100 || subject.template === undefined) return [];
    const targets = targetsOf(subject.object);
    if (targets.length < 2) return [];

    const newest = targets.filter((target) => isNewest(target, subject.object));
    const older = targets.filter((target) => !isNewest(target, subject.object) && target.percent > 0);
    const share = sum(newest);
    if (older.length === 0 || share >= 100) return [];

    const before = old === undefined ? 0 : shareBefore(old, subject.object);
    if (share - before <= largest) return [];

    const biggest = newest.reduce((left, right) => (right.percent > left.percent ? right : left));
    const step =
      before === 0 ? `gets ${share} % of the traffic at once` : `goes from ${before} % to ${share} % at once`;
    const fix = fixFor(newest, older, before + largest);
    return [
      {
        path: join(biggest.path, 'percent'),
        message: `the new Revision ${step}, and ${policy.name} allows steps of at most ${largest} %`,
        ...(fix === undefined ? {} : { fix }),
      },
    ];
  },
});

function isNewest(target: Target, object: JsonObject): boolean {
  if (target.isLatest) return true;
  const name = stringAt(object, 'spec', 'template', 'metadata', 'name') ?? '';
  return name !== '' && target.revisionName === name;
}

/** What the Revision of this template had already; nothing where the template is another one now. */
function shareBefore(old: JsonObject, object: JsonObject): number {
  const isSameTemplate = equals(valueAt(old, 'spec', 'template'), valueAt(object, 'spec', 'template'));
  return isSameTemplate ? sum(targetsOf(old).filter((target) => isNewest(target, old))) : 0;
}

/** Where two share, the one gives what the other must not take; among more, only the author knows. */
function fixFor(newest: readonly Target[], older: readonly Target[], share: number): Edit[] | undefined {
  const [taker, ...otherTakers] = newest.filter((target) => target.percent > 0);
  const [giver, ...otherGivers] = older;
  if (taker === undefined || giver === undefined || otherTakers.length > 0 || otherGivers.length > 0) return undefined;
  return [
    { set: join(taker.path, 'percent'), value: share },
    { set: join(giver.path, 'percent'), value: giver.percent + taker.percent - share },
  ];
}

function sum(targets: readonly Target[]): number {
  let result = 0;
  for (const target of targets) result += target.percent;
  return result;
}
