import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TRACE_ANNOTATION, traceText } from '../../../controllers/minScale/trace.ts';
import { type Stores, View } from '../../../controllers/schedule/view.ts';
import { Store } from '../../../src/kubernetes/client/store.ts';
import { type JsonObject, objectAt, stringAt } from '../../../src/kubernetes/json.ts';
import { aPodAutoscaler, aRevision, aSchedule, aService } from './shop.ts';

const NAMES = ['a', 'b', 'c'] as const;
const HOLDERS = ['ScalingSchedule/a', 'ScalingSchedule/b', undefined] as const;

type Kind = keyof Stores;
interface Step {
  readonly kind: Kind;
  readonly name: string;
  /** What it is about, whose it is or who holds it. */
  readonly other: number;
  readonly isDeleted: boolean;
}

const steps = fc.array(
  fc.record({
    kind: fc.constantFrom<Kind>('schedules', 'services', 'revisions', 'podAutoscalers'),
    name: fc.constantFrom(...NAMES),
    other: fc.nat({ max: 4 }),
    isDeleted: fc.boolean(),
  }),
  { maxLength: 30 },
);

function target(kind: string, name: string): JsonObject {
  return { scaleTargetRef: { apiVersion: 'serving.knative.dev/v1', kind, name } };
}

const SPECS: readonly JsonObject[] = [
  target('Service', 'a'),
  target('Configuration', 'b'),
  target('Revision', 'c'),
  { selector: { matchLabels: { tier: 'web' } } },
  { timeZone: 'Mars/Olympus' },
];

function objectOf({ kind, name, other }: Step, version: number): JsonObject {
  const made = {
    schedules: () => aSchedule('shop', name, SPECS[other] ?? {}),
    services: () => aService('shop', name, other % 2 === 0 ? { tier: 'web' } : {}),
    revisions: () => aRevision({ namespace: 'shop', name, service: NAMES[other % NAMES.length] ?? 'a' }),
    podAutoscalers: () => {
      const holder = HOLDERS[other % HOLDERS.length];
      const annotations = holder === undefined ? {} : { [TRACE_ANNOTATION]: traceText({ holder, authored: {} }) };
      return aPodAutoscaler({ namespace: 'shop', name, annotations });
    },
  }[kind]();
  return { ...made, metadata: { ...objectAt(made, 'metadata'), resourceVersion: `${version}` } };
}

/** All that can be asked, in words. */
function answers(view: View): Record<string, unknown> {
  const names = (objects: Iterable<JsonObject>) =>
    [...objects].map((each) => stringAt(each, 'metadata', 'name')).sort();
  const found: Record<string, unknown> = {};
  for (const revision of view.stores.revisions.all()) {
    const contenders = view.contendersFor('shop', revision);
    found[`about ${names([revision])}`] = contenders
      .map(({ object, schedule }) => [schedule.name, stringAt(object, 'metadata', 'resourceVersion')])
      .sort();
  }
  for (const holder of HOLDERS) if (holder !== undefined) found[holder] = names(view.tracedBy('shop', holder));
  for (const service of NAMES) {
    const { schedule } = view.contendersFor('shop', aRevision({ namespace: 'shop', name: 'x', service }))[0] ?? {};
    if (schedule !== undefined) found[`of ${schedule.name}`] = names(view.revisionsOf('shop', schedule));
  }
  return found;
}

describe('the view', () => {
  it('says after any changes what one says that looks for the first time', () => {
    fc.assert(
      fc.property(steps, (changes) => {
        const stores = {
          schedules: new Store(),
          services: new Store(),
          revisions: new Store(),
          podAutoscalers: new Store(),
        };
        const view = new View(stores);
        for (const [version, change] of changes.entries()) {
          const object = objectOf(change, version);
          if (change.isDeleted) stores[change.kind].delete(object);
          else stores[change.kind].set(object);
        }
        expect(answers(view)).toEqual(answers(new View(stores)));
      }),
      { numRuns: 100 },
    );
  });
});
