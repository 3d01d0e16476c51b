import { describe, expect, it } from '@jest/globals';
import { TRACE_ANNOTATION, traceText } from '../../../controllers/minScale/trace.ts';
import { conditionsOf, type Findings } from '../../../controllers/schedule/conditions.ts';
import { identityOf, type Look, lookAt, MOST_RECORDED_BYTES } from '../../../controllers/schedule/look.ts';
import { withRecords } from '../../../controllers/schedule/status.ts';
import { View } from '../../../controllers/schedule/view.ts';
import { Store } from '../../../src/kubernetes/client/store.ts';
import { type JsonObject, objectAt, stringAt } from '../../../src/kubernetes/json.ts';
import { aPodAutoscaler, aRevision, aSchedule, aService, autoscaling, type RevisionOptions } from './shop.ts';

const NIGHT = new Date('2026-05-04T08:00:00Z');
const DAY = new Date('2026-05-04T10:00:00Z');
const AUTHORED = autoscaling({ 'min-scale': 1 });
const BASE = { namespace: 'shop', name: 'cart-00001' };

interface There {
  readonly schedules?: readonly JsonObject[];
  readonly services?: readonly JsonObject[];
  readonly revisions?: readonly (Partial<RevisionOptions> & {
    readonly holder?: string;
    readonly isLeaving?: boolean;
  })[];
  /** Names of Revisions that have none. */
  readonly withoutPodAutoscaler?: readonly string[];
}

function viewOf({ schedules = [], services = [], revisions = [{}], withoutPodAutoscaler = [] }: There): View {
  const stores = { schedules: new Store(), services: new Store(), revisions: new Store(), podAutoscalers: new Store() };
  for (const schedule of schedules) stores.schedules.set(schedule);
  for (const service of [aService('shop', 'cart', { tier: 'web' }), ...services]) stores.services.set(service);
  for (const { holder, isLeaving, ...rest } of revisions) {
    const options = { ...BASE, isReady: true, ...rest };
    const { metadata, ...others } = aRevision(options);
    const status = { conditions: [{ type: 'Ready', status: options.isReady ? 'True' : 'Unknown' }] };
    const leaving = isLeaving === true ? { deletionTimestamp: '2026-05-04T07:00:00Z' } : {};
    stores.revisions.set({
      ...others,
      metadata: { ...objectAt(metadata), uid: `uid-${options.name}`, ...leaving },
      status,
    });
    if (withoutPodAutoscaler.includes(options.name)) continue;
    const trace = holder === undefined ? {} : { [TRACE_ANNOTATION]: traceText({ holder, authored: AUTHORED }) };
    stores.podAutoscalers.set(aPodAutoscaler({ ...options, annotations: trace }));
  }
  return new View(stores);
}

function recording(schedule: JsonObject, ...names: readonly string[]): JsonObject {
  const revisions = names.map((name) => ({ name, uid: `uid-${name}`, authored: AUTHORED }));
  return { ...schedule, status: { revisions } };
}

/** `hold cart-00001`, …: all that a look has found. */
function inWords({ holds, putBacks, waits, legacies, contests }: Look): string[] {
  const name = ({ revision }: { revision: JsonObject }) => stringAt(revision, 'metadata', 'name');
  return [
    ...holds.map((held) => `hold ${name(held)} at ${held.claim.scale.minScale}`),
    ...putBacks.map((held) => `put back ${name(held)}`),
    ...legacies.map((held) => `keep the record of ${name(held)}`),
    ...waits.map((wait) => `wait: ${wait}`),
    ...contests.map(({ revision, winner }) => `${winner.schedule.name} wins ${revision}`),
  ];
}

const hours = aSchedule('shop', 'hours');
const night = aSchedule('shop', 'night', {
  windows: [{ name: 'night', start: '0 17 * * *', end: '0 9 * * *', minScale: 3 }],
});
const strong = aSchedule('shop', 'strong', { priority: 1, default: { minScale: 2 } });
const web = aSchedule('shop', 'hours', { selector: { matchLabels: { tier: 'web' } } });
const unreadable = aSchedule('shop', 'other', { timeZone: 'Mars/Olympus' });
const MINE = 'ScalingSchedule/hours';

describe('a look at the schedule hours', () => {
  it.each<{ where: string; there: There; now: Date; words: string[] }>`
    where                                        | there                                                                                                         | now      | words
    ${'its window is active'}                    | ${{ schedules: [hours] }}                                                                                     | ${DAY}   | ${['hold cart-00001 at 10']}
    ${'no window is active'}                     | ${{ schedules: [hours] }}                                                                                     | ${NIGHT} | ${[]}
    ${'no window is active any more'}            | ${{ schedules: [hours], revisions: [{ holder: MINE }] }}                                                      | ${NIGHT} | ${['put back cart-00001']}
    ${'only its record says that it held'}       | ${{ schedules: [recording(hours, 'cart-00001')] }}                                                            | ${NIGHT} | ${['put back cart-00001']}
    ${'it is gone'}                              | ${{ revisions: [{ holder: MINE }] }}                                                                          | ${DAY}   | ${['put back cart-00001']}
    ${'it is gone, and another holds'}           | ${{ revisions: [{ holder: 'ScalingSchedule/night' }] }}                                                       | ${DAY}   | ${[]}
    ${'it is gone, and another is to hold'}      | ${{ schedules: [strong], revisions: [{ holder: MINE }] }}                                                     | ${DAY}   | ${[]}
    ${'it is about another Service'}             | ${{ schedules: [web], revisions: [{ service: 'till', holder: MINE }] }}                                       | ${DAY}   | ${['put back cart-00001']}
    ${'the Revision is in reserve'}              | ${{ schedules: [hours], revisions: [{ routingState: 'reserve' }] }}                                           | ${DAY}   | ${[]}
    ${'the Revision goes to reserve'}            | ${{ schedules: [hours], revisions: [{ routingState: 'reserve', holder: MINE }] }}                             | ${DAY}   | ${['put back cart-00001']}
    ${'the Revision is pending'}                 | ${{ schedules: [hours], revisions: [{ routingState: 'pending' }] }}                                           | ${DAY}   | ${[]}
    ${'the Revision is not ready'}               | ${{ schedules: [hours], revisions: [{ isReady: false }] }}                                                    | ${DAY}   | ${['wait: cart-00001 is not ready yet']}
    ${'a held Revision is not ready any more'}   | ${{ schedules: [hours], revisions: [{ isReady: false, holder: MINE }] }}                                      | ${DAY}   | ${['hold cart-00001 at 10']}
    ${'the Revision is on its way out'}          | ${{ schedules: [hours], revisions: [{ isLeaving: true, holder: MINE }] }}                                     | ${NIGHT} | ${[]}
    ${'the Revision has no PodAutoscaler'}       | ${{ schedules: [hours], withoutPodAutoscaler: ['cart-00001'] }}                                               | ${DAY}   | ${['wait: cart-00001 has no PodAutoscaler yet']}
    ${'its PodAutoscaler is gone for a while'}   | ${{ schedules: [recording(hours, 'cart-00001')], withoutPodAutoscaler: ['cart-00001'] }}                      | ${DAY}   | ${['keep the record of cart-00001', 'wait: cart-00001 has no PodAutoscaler yet']}
    ${'it selects'}                              | ${{ schedules: [web], revisions: [{}, { name: 'till-00001', service: 'till' }] }}                             | ${DAY}   | ${['hold cart-00001 at 10']}
    ${'another takes turns with it'}             | ${{ schedules: [hours, night], revisions: [{ holder: 'ScalingSchedule/night' }] }}                            | ${DAY}   | ${['hold cart-00001 at 10']}
    ${'it takes turns with another'}             | ${{ schedules: [hours, night], revisions: [{ holder: MINE }] }}                                               | ${NIGHT} | ${[]}
    ${'a stronger one wants the same'}           | ${{ schedules: [hours, strong], revisions: [{ holder: MINE }] }}                                              | ${DAY}   | ${['strong wins cart-00001']}
    ${'it loses, and it alone knows the author'} | ${{ schedules: [recording(hours, 'cart-00001'), strong] }}                                                    | ${DAY}   | ${['keep the record of cart-00001', 'strong wins cart-00001']}
    ${'what it held is lost, and not taken yet'} | ${{ schedules: [recording(hours, 'cart-00001'), strong], revisions: [{ holder: MINE }] }}                     | ${DAY}   | ${['keep the record of cart-00001', 'strong wins cart-00001']}
    ${'what it held is taken'}                   | ${{ schedules: [recording(hours, 'cart-00001'), strong], revisions: [{ holder: 'ScalingSchedule/strong' }] }} | ${DAY}   | ${['strong wins cart-00001']}
    ${'one that cannot be read holds the same'}  | ${{ schedules: [hours, unreadable], revisions: [{ holder: 'ScalingSchedule/other' }] }}                       | ${NIGHT} | ${[]}
    ${'somebody of another kind holds the same'} | ${{ schedules: [hours], revisions: [{ holder: 'TrafficRollout/cart' }] }}                                     | ${NIGHT} | ${[]}
    ${'a schedule that is gone holds the same'}  | ${{ schedules: [hours], revisions: [{ holder: 'ScalingSchedule/gone' }] }}                                    | ${NIGHT} | ${['put back cart-00001']}
  `('where $where', ({ there, now, words }) => {
    expect(inWords(lookAt(viewOf(there), { namespace: 'shop', name: 'hours', now }))).toEqual(words);
  });

  it('leaves all as it is where it cannot be read', () => {
    const view = viewOf({
      schedules: [recording(unreadable, 'cart-00001')],
      revisions: [{ holder: 'ScalingSchedule/other' }],
    });
    for (const now of [NIGHT, DAY]) {
      expect(inWords(lookAt(view, { namespace: 'shop', name: 'other', now }))).toEqual([]);
    }
  });

  it('counts as gone where it is on its way out', () => {
    const leaving = {
      ...hours,
      metadata: { ...objectAt(hours, 'metadata'), deletionTimestamp: '2026-05-04T07:00:00Z' },
    };
    const view = viewOf({ schedules: [leaving], revisions: [{ holder: MINE }] });
    expect(inWords(lookAt(view, { namespace: 'shop', name: 'hours', now: DAY }))).toEqual(['put back cart-00001']);
  });

  it.each`
    schedules                                                                                                                                                                                                         | now      | again
    ${[hours]}                                                                                                                                                                                                        | ${NIGHT} | ${'2026-05-04T09:00:00.000Z'}
    ${[hours]}                                                                                                                                                                                                        | ${DAY}   | ${'2026-05-04T17:00:00.000Z'}
    ${[hours, aSchedule('shop', 'noon', { windows: [{ name: 'noon', start: '0 12 * * *', duration: '1h', minScale: 1 }] })]}                                                                                          | ${DAY}   | ${'2026-05-04T12:00:00.000Z'}
    ${[hours, aSchedule('shop', 'till', { windows: [{ name: 'noon', start: '0 12 * * *', duration: '1h', minScale: 1 }], scaleTargetRef: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'till' } })]} | ${DAY}   | ${'2026-05-04T17:00:00.000Z'}
    ${[aSchedule('shop', 'hours', { suspend: true })]}                                                                                                                                                                | ${DAY}   | ${undefined}
  `('wakes at $again, when it or another about the same changes', ({ schedules, now, again }) => {
    const look = lookAt(viewOf({ schedules: schedules as never }), {
      namespace: 'shop',
      name: 'hours',
      now: now as never,
    });
    expect(look.again?.toISOString()).toBe(again);
  });

  it('holds as many as its status has room for, those that it holds already first', () => {
    const names = Array.from({ length: 6_000 }, (_, index) => `cart-${String(index).padStart(5, '0')}`);
    const last = names.at(-1) ?? '';
    const view = viewOf({
      schedules: [recording(hours, last)],
      revisions: names.map((name) => ({ name, annotations: AUTHORED })),
    });
    const { holds, waits } = lookAt(view, { namespace: 'shop', name: 'hours', now: DAY });
    expect(holds.length).toBeGreaterThan(4_000);
    expect(holds.length).toBeLessThan(6_000);
    expect(stringAt(holds[0]?.revision, 'metadata', 'name')).toBe(last);
    expect(waits).toEqual([
      expect.stringMatching(
        /^cart-\d+, cart-\d+, cart-\d+ and \d+ more are not held: .* the 1 MB .*; divide the schedule$/,
      ),
    ]);
    const records = holds.map(({ revision }) => ({
      ...identityOf(revision),
      scale: { minScale: 10, maxScale: 1_000_000, target: 99.99 },
      authored: AUTHORED,
      cuts: [],
      excuses: [],
    }));
    expect(JSON.stringify(withRecords(hours, records)).length).toBeLessThan(MOST_RECORDED_BYTES);
  });

  it('leaves out what nobody has room for, and holds the others', () => {
    const long = autoscaling({ 'min-scale': `${'0'.repeat(200_000)}1` });
    const names = Array.from({ length: 9 }, (_, index) => `cart-0000${index}`);
    const revisions = names.map((name, index) => (index < 6 ? { name, annotations: long } : { name }));
    const view = viewOf({ schedules: [hours], revisions });
    const { holds, waits } = lookAt(view, { namespace: 'shop', name: 'hours', now: DAY });
    expect(holds.map(({ revision }) => stringAt(revision, 'metadata', 'name'))).toEqual([
      ...names.slice(0, 4),
      ...names.slice(6),
    ]);
    expect(waits).toEqual([expect.stringMatching(/^cart-00004, cart-00005 are not held: /)]);
  });
});

describe('conditions', () => {
  const now = new Date('2026-05-04T10:00:00Z');
  const held = {
    name: 'cart-00001',
    uid: 'uid-cart-00001',
    authored: AUTHORED,
    scale: { minScale: 10 },
    cuts: [],
    excuses: [],
  };

  function conditions(there: There, change: Partial<Findings> = {}, at = DAY): Record<string, string> {
    const look = lookAt(viewOf(there), { namespace: 'shop', name: 'hours', now: at });
    const findings = {
      look,
      problems: [],
      obstacle: undefined,
      missing: undefined,
      held: [],
      kept: [],
      failures: [],
      until: undefined,
      ...change,
    };
    const found = conditionsOf(hours, findings, now);
    return Object.fromEntries(
      found.map((each) => [each.type, `${each.status} ${each.reason}: ${each.message}`] as [string, string]),
    );
  }

  it.each<{ there: There; change: Partial<Findings>; at: Date; ready: string }>`
    there                                                      | change                                                                             | at       | ready
    ${{ schedules: [hours] }}                                  | ${{ held: [held] }}                                                                | ${DAY}   | ${'True Holds: window day holds min-scale 10 on cart-00001'}
    ${{ schedules: [hours] }}                                  | ${{}}                                                                              | ${NIGHT} | ${'True AuthorsValues: no window is active: what the author wrote holds'}
    ${{ schedules: [hours] }}                                  | ${{ missing: 'Service cart' }}                                                     | ${DAY}   | ${'False NoTarget: Service cart is not there; nothing is held'}
    ${{ schedules: [hours], revisions: [] }}                   | ${{}}                                                                              | ${DAY}   | ${'False NothingToHold: none of its Revisions has traffic; window day asks for min-scale 10'}
    ${{ schedules: [hours], revisions: [{ isReady: false }] }} | ${{}}                                                                              | ${DAY}   | ${'False Waiting: window day asks for min-scale 10; cart-00001 is not ready yet'}
    ${{ schedules: [hours, strong] }}                          | ${{}}                                                                              | ${DAY}   | ${'True GivesWay: another schedule holds what this one is about'}
    ${{ schedules: [hours] }} | ${{ failures: [{ revision: 'a', isRefusal: true, message: 'no' }, { revision: 'b', isRefusal: false, message: 'no' }] }} | ${DAY} | ${'False Refused: a: no (and 1 more)'}
    ${{ schedules: [hours] }}                                  | ${{ failures: [{ revision: 'a', isRefusal: false, message: 'the line is cut' }] }} | ${DAY}   | ${'False WriteFailed: a: the line is cut'}
    ${{ schedules: [hours] }}                                  | ${{ obstacle: 'which Knative?' }}                                                  | ${DAY}   | ${'False KnativeVersionUnknown: which Knative?'}
  `('say $ready', ({ there, change, at, ready }) => {
    expect(conditions(there, change, at).Ready).toBe(ready);
  });

  it('keep the moment at which they changed, and those of others', () => {
    const other = { type: 'example.com/Seen', status: 'True', reason: 'Seen', message: '' };
    const before = {
      type: 'Ready',
      status: 'True',
      reason: 'Old',
      message: 'old',
      lastTransitionTime: '2026-01-01T00:00:00Z',
    };
    const schedule = { ...hours, metadata: { generation: 4 }, status: { conditions: [other, before] } };
    const look = lookAt(viewOf({ schedules: [hours] }), { namespace: 'shop', name: 'hours', now: DAY });
    const findings = {
      look,
      problems: [],
      obstacle: undefined,
      missing: undefined,
      held: [held],
      kept: [],
      failures: [],
      until: undefined,
    };
    expect(conditionsOf(schedule, findings, now)).toEqual([
      other,
      expect.objectContaining({
        type: 'Ready',
        reason: 'Holds',
        observedGeneration: 4,
        lastTransitionTime: '2026-01-01T00:00:00Z',
      }),
      expect.objectContaining({ type: 'WithinBounds', lastTransitionTime: '2026-05-04T10:00:00Z' }),
      expect.objectContaining({ type: 'Uncontested', lastTransitionTime: '2026-05-04T10:00:00Z' }),
    ]);
  });

  it('name the loser on both sides', () => {
    const loser = conditions({ schedules: [hours, strong] }).Uncontested;
    expect(loser).toBe(
      'False Loses: cart-00001 is held by ScalingSchedule strong (priority 1, min-scale 10): this one, hours, loses',
    );
    const weak = aSchedule('shop', 'weak', { priority: -1 });
    const winner = conditions({ schedules: [hours, weak] }, { held: [held] }).Uncontested;
    expect(winner).toBe('False Wins: on cart-00001 ScalingSchedule weak (priority -1, min-scale 10) loses');
  });
});
