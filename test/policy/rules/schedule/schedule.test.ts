import { describe, expect, it } from '@jest/globals';
import type { JsonObject, JsonValue } from '../../../../src/kubernetes/json.ts';
import type { EffectivePolicy } from '../../../../src/policy/engine/policy.ts';
import { scheduleAboveTarget } from '../../../../src/policy/rules/schedule/aboveTarget.ts';
import { scheduleBounds } from '../../../../src/policy/rules/schedule/bounds.ts';
import { scheduleHoldsNothing } from '../../../../src/policy/rules/schedule/holdsNothing.ts';
import { scheduleIdleWindow } from '../../../../src/policy/rules/schedule/idleWindow.ts';
import { scheduleInvalid } from '../../../../src/policy/rules/schedule/invalid.ts';
import { scheduleOverlap } from '../../../../src/policy/rules/schedule/overlap.ts';
import { scheduleSamePriority } from '../../../../src/policy/rules/schedule/samePriority.ts';
import { scheduleUnknownTarget } from '../../../../src/policy/rules/schedule/unknownTarget.ts';
import { aPolicy, aService, judgeBy, messages, paths } from '../../builders.ts';

const WINDOW = { name: 'day', start: '0 8 * * 1-5', end: '0 18 * * 1-5', minScale: 10 };

/** A schedule for the Service cart, which the parts of its spec change. */
function aSchedule(spec: JsonObject = {}, name = 'hours'): JsonObject {
  return {
    apiVersion: 'weir.dev/v1alpha1',
    kind: 'ScalingSchedule',
    metadata: { name, namespace: 'shop' },
    spec: { scaleTargetRef: cart, timeZone: 'Europe/Lisbon', windows: [WINDOW], ...spec },
  };
}

const cart = { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'cart' };

/** `scaleTargetRef` goes where a selector comes. */
function selecting(matchLabels: JsonObject, spec: JsonObject = {}, name = 'all'): JsonObject {
  const { scaleTargetRef: _, ...rest } = { scaleTargetRef: cart, timeZone: 'Etc/UTC', windows: [WINDOW], ...spec };
  return { ...aSchedule({}, name), spec: { ...rest, selector: { matchLabels } } };
}

describe('schedule/invalid', () => {
  it('tells each mistake at its place, and leaves the other rules nothing to judge', () => {
    const broken = aSchedule({ timeZone: 'Europe/Lisboa', windows: [{ ...WINDOW, start: '0 8 30 2 *' }] });
    const findings = judgeBy(scheduleInvalid, broken);
    expect(messages(findings)).toEqual([
      'the tz database has no time zone "Europe/Lisboa"; did you mean "Europe/Lisbon"?',
      '"0 8 30 2 *" never comes: no month that it names has such a day',
    ]);
    expect(paths(findings)).toEqual(['/spec/timeZone', '/spec/windows/0/start']);
    for (const rule of [scheduleIdleWindow, scheduleOverlap, scheduleBounds, scheduleAboveTarget]) {
      expect(judgeBy(rule, broken)).toEqual([]);
    }
  });
});

describe('schedule/idle-window', () => {
  it.each<[string, JsonObject, string | undefined]>([
    ['office hours', {}, undefined],
    [
      'the end at the start',
      { end: '0 8 * * *' },
      'window day never holds: each start ("0 8 * * 1-5") falls on an end ("0 8 * * *")',
    ],
    [
      'the same written otherwise',
      { start: '0 0 * * 0', end: '@weekly' },
      'window day never holds: each start ("0 0 * * 0") falls on an end ("@weekly")',
    ],
    [
      'a date without a start',
      { only: ['2026-12-26'] },
      'window day never holds: no date that it is limited to has a start ("0 8 * * 1-5")',
    ],
    ['a date with a start', { only: ['2026-12-25'] }, undefined],
    ['a date that has passed', { only: ['2020-12-25'] }, undefined],
  ])('%s', (_, window, expected) => {
    const findings = judgeBy(scheduleIdleWindow, aSchedule({ windows: [{ ...WINDOW, ...window }] }));
    expect(messages(findings)).toEqual(expected === undefined ? [] : [expected]);
  });

  const always =
    'window day always holds: the next start comes before its duration is over; use default for values that hold at all times';
  it.each<[string, JsonObject, string | undefined]>([
    ['a day each day', { start: '0 8 * * *', duration: '24h' }, always],
    ['an hour but a minute', { start: '0 * * * *', duration: '59m' }, undefined],
    ['an hour each hour', { start: '0 * * * *', duration: '1h' }, always],
    ['two minutes each minute', { start: '* * * * *', duration: '2m' }, always],
    ['a week from monday', { start: '0 8 * * 1', duration: '168h' }, always],
    ['half an hour and as much to warm up', { start: '0 * * * *', duration: '30m', warmUp: '30m' }, always],
    ['all but weekends', { start: '0 0 * * 1-5', duration: '24h' }, undefined],
    ['all of June', { start: '0 0 * 6 *', duration: '24h' }, undefined],
    ['all days but one', { start: '0 0 * * *', duration: '24h', except: ['2026-12-25'] }, undefined],
  ])('%s', (_, window, expected) => {
    const { end: _end, ...bare } = WINDOW;
    const findings = judgeBy(scheduleIdleWindow, aSchedule({ windows: [{ ...bare, ...window }] }));
    expect(messages(findings)).toEqual(expected === undefined ? [] : [expected]);
  });

  it('sees a window that warms up into its own end', () => {
    const windows = [{ ...WINDOW, start: '0 8 * * *', end: '50 7 * * *', warmUp: '10m' }];
    expect(messages(judgeBy(scheduleIdleWindow, aSchedule({ windows })))).toEqual([
      'window day always holds: at each end ("50 7 * * *") it has begun again; use default for values that hold at all times',
    ]);
  });
});

describe('schedule/overlap', () => {
  it.each<[string, JsonObject, string | undefined]>([
    ['one after the other', { start: '0 18 * * 1-5', end: '0 22 * * 1-5' }, undefined],
    ['one that warms up in the other', { start: '0 18 * * 1-5', end: '0 22 * * 1-5', warmUp: '15m' }, undefined],
    ['half an hour', { start: '30 17 * * 1-5', end: '0 22 * * 1-5' }, '2026-11-23T17:30Z'],
    ['one within the other', { start: '0 12 * * 3', duration: '1h' }, '2026-11-25T12:00Z'],
    ['once a year', { start: '0 0 25 12 *', duration: '24h' }, '2026-12-25T08:00Z'],
    ['a date', { start: '0 0 * * *', duration: '24h', only: ['2027-03-29'] }, '2027-03-29T07:00Z'],
    ['days on which the other does not hold', { start: '0 0 * * 0,6', duration: '24h' }, undefined],
  ])('%s', (_, window, from) => {
    const second = { minScale: 4, ...window, name: 'second' };
    const findings = judgeBy(scheduleOverlap, aSchedule({ windows: [WINDOW, second] }));
    expect(messages(findings)).toEqual(
      from === undefined
        ? []
        : [
            `windows day and second hold at once, for the first time from ${from} on; the larger minScale counts then, so let one of them end before the other begins`,
          ],
    );
  });

  it('takes holidays for what they are', () => {
    const holidays = ['2026-12-25'];
    const quiet = { name: 'quiet', start: '0 0 * * *', duration: '24h', minScale: 1, holidays: 'Only' };
    expect(judgeBy(scheduleOverlap, aSchedule({ holidays, windows: [WINDOW, quiet] }))).toEqual([]);
    const stubborn = { ...WINDOW, holidays: 'Ignore' };
    expect(judgeBy(scheduleOverlap, aSchedule({ holidays, windows: [stubborn, quiet] }))).toHaveLength(1);
  });
});

describe('schedule/holds-nothing', () => {
  const dated = (...only: string[]) => ({ windows: [{ ...WINDOW, start: '0 8 * * *', end: '0 18 * * *', only }] });

  it.each<[what: string, spec: JsonObject, now: string, expected: string | undefined]>([
    ['one without an end', {}, '2026-06-01T00:00:00Z', undefined],
    ['one whose end is to come', { until: '2026-06-01T00:00:01Z' }, '2026-06-01T00:00:00Z', undefined],
    [
      'one whose time is over',
      { until: '2026-06-01T00:00:00Z' },
      '2026-06-01T00:00:00Z',
      'its time was over at 2026-06-01T00:00:00.000Z, and it holds nothing any more; delete it, or move until',
    ],
    [
      'one that is suspended as well',
      { until: '2026-06-01T00:00:00Z', suspend: true },
      '2026-07-01T00:00:00Z',
      undefined,
    ],
    ['dates of which one is to come', dated('2026-05-01', '2026-06-02'), '2026-06-01T00:00:00Z', undefined],
    ['the last date while it holds', dated('2026-06-01'), '2026-06-01T12:00:00Z', undefined],
    [
      'dates that have passed',
      dated('2026-05-01', '2026-05-02'),
      '2026-06-01T00:00:00Z',
      'the last of its dates was over at 2026-05-02T17:00:00.000Z, and it holds nothing any more; delete it, or name dates that are still to come',
    ],
    [
      'dates that have passed, with a default',
      { ...dated('2026-05-01'), default: { minScale: 2 } },
      '2026-06-01T00:00:00Z',
      undefined,
    ],
  ])('%s', (_, spec, now, expected) => {
    const found = judgeBy(scheduleHoldsNothing, aSchedule(spec), undefined, { now: new Date(now) });
    expect(messages(found)).toEqual(expected === undefined ? [] : [expected]);
  });
});

describe('schedule/bounds', () => {
  const bounded = aPolicy({ autoscaling: { minScale: { min: 2, max: 20 }, maxScale: { max: 50 } } });
  const { knative } = bounded;
  const limited: EffectivePolicy = { ...bounded, knative: { ...knative, autoscaler: { 'max-scale-limit': '12' } } };

  it.each<[JsonObject, EffectivePolicy, string[]]>([
    [{ minScale: 20 }, bounded, []],
    [{ minScale: 21 }, bounded, ['window day: minScale is 21, and prod allows at most 20']],
    [{ minScale: 1 }, bounded, ['window day: minScale is 1, and prod requires at least 2']],
    [{ maxScale: 50 }, bounded, []],
    [{ maxScale: 51 }, bounded, ['window day: maxScale is 51, and prod allows at most 50']],
    [{ maxScale: 0 }, bounded, ['window day: maxScale is 0, which is no bound, and prod allows at most 50']],
    [{ minScale: 13 }, limited, ["window day: minScale is 13, and the cluster's max-scale-limit is 12"]],
    [{ maxScale: 40 }, limited, ["window day: maxScale is 40, and the cluster's max-scale-limit is 12"]],
    [{ minScale: 500 }, aPolicy(), []],
    [{ minScale: 21 }, { ...bounded, actions: { 'autoscaling/min-scale': 'off' } }, []],
  ])('%j', (scale, policy, expected) => {
    const windows = [{ ...WINDOW, minScale: null, ...scale }];
    const findings = judgeBy(scheduleBounds, aSchedule({ windows }), policy);
    expect(messages(findings)).toEqual(expected);
  });

  const exception = (spec: JsonObject): JsonObject => ({
    apiVersion: 'weir.dev/v1alpha1',
    kind: 'PolicyException',
    metadata: { name: 'sale', namespace: 'shop' },
    spec: { rules: ['autoscaling/min-scale'], reason: 'a sale', owner: 'team-shop', until: '2099-01-01', ...spec },
  });

  it.each<[what: string, spec: JsonObject, count: number]>([
    ['of the Service', { match: { names: ['cart'] } }, 0],
    ['of everything in the namespace', {}, 0],
    ['of another Service', { match: { names: ['order'] } }, 1],
    ['of the schedule alone', { match: { kinds: ['weir.dev/ScalingSchedule'] } }, 1],
    ['from another rule', { rules: ['autoscaling/max-scale'] }, 1],
    ['that has ended', { until: '2020-01-01' }, 1],
  ])('lets an exception %s count as it does for a Service', (_, spec, count) => {
    const windows = [{ ...WINDOW, minScale: 21 }];
    const surroundings = { beside: [exception(spec)] };
    expect(judgeBy(scheduleBounds, aSchedule({ windows }), bounded, surroundings)).toHaveLength(count);
  });

  it('needs an exception for all that a selector selects', () => {
    const shopWeb = (name: string) => {
      const service = aService();
      return { ...service, metadata: { name, namespace: 'shop', labels: { tier: 'web' } } };
    };
    const schedule = selecting({ tier: 'web' }, { windows: [{ ...WINDOW, minScale: 21 }] });
    const found = (...names: string[]) =>
      judgeBy(scheduleBounds, schedule, bounded, {
        beside: [...names.map(shopWeb), exception({ match: { names: ['cart'] } })],
      });
    expect(found('cart')).toEqual([]);
    expect(found('cart', 'order')).toHaveLength(1);
    expect(found()).toHaveLength(1);
  });

  it("leaves the cluster's limit as it is, which no exception of ours lifts", () => {
    const windows = [{ ...WINDOW, minScale: 13 }];
    expect(judgeBy(scheduleBounds, aSchedule({ windows }), limited, { beside: [exception({})] })).toHaveLength(1);
  });

  it('looks at the default and the override too, and can put them right', () => {
    const override = { minScale: 30, until: '2026-12-01T00:00:00Z' };
    const findings = judgeBy(scheduleBounds, aSchedule({ default: { minScale: 0 }, override }), bounded);
    expect(messages(findings)).toEqual([
      'the default: minScale is 0, and prod requires at least 2',
      'the override: minScale is 30, and prod allows at most 20',
    ]);
    expect(findings.map(({ fix }) => fix)).toEqual([
      [{ op: 'replace', path: '/spec/default/minScale', value: 2 }],
      [{ op: 'replace', path: '/spec/override/minScale', value: 20 }],
    ]);
  });
});

describe('the target of schedule/bounds', () => {
  const bounded = aPolicy({ autoscaling: { target: { min: 1, max: 100 }, rpsTarget: { min: 10, max: 1000 } } });
  const aCart = (annotations: Record<string, JsonValue>, name = 'cart') => aService({ name, annotations });
  const concurrency = aCart({});
  const rps = aCart({ metric: 'rps' });
  const cpu = aCart({ class: 'hpa.autoscaling.knative.dev' });
  const judged = (target: number, policy: EffectivePolicy, ...beside: JsonObject[]) =>
    judgeBy(scheduleBounds, aSchedule({ windows: [{ ...WINDOW, minScale: null, target }] }), policy, { beside });

  it.each<[target: number, what: string, beside: JsonObject[], expected: string | undefined]>([
    [100, 'concurrency', [concurrency], undefined],
    [101, 'concurrency', [concurrency], 'prod allows at most 100 for the metric concurrency'],
    [0.5, 'concurrency', [concurrency], 'prod requires at least 1 for the metric concurrency'],
    [101, 'rps', [rps], undefined],
    [1001, 'rps', [rps], 'prod allows at most 1000 for the metric rps'],
    [5, 'rps', [rps], 'prod requires at least 10 for the metric rps'],
    [5000, 'cpu', [cpu], undefined],
    [101, 'a Service that is not in sight', [], undefined],
    [5, 'a Service that is not in sight', [], undefined],
    [101, 'another Service in sight', [aCart({}, 'order')], undefined],
    [
      1001,
      'a Service that is not in sight',
      [],
      'prod allows at most 100 for the metric concurrency, and allows at most 1000 for the metric rps',
    ],
  ])('is %d for %s', (target, _, beside, expected) => {
    const told = expected === undefined ? [] : [`window day: target is ${target}, and ${expected}`];
    expect(messages(judged(target, bounded, ...beside))).toEqual(told);
  });

  it('can be put right where the metric is known', () => {
    const [known] = judged(101, bounded, concurrency);
    expect(known?.fix).toEqual([{ op: 'replace', path: '/spec/windows/0/target', value: 100 }]);
    expect(judged(1001, bounded)[0]?.fix).toBeUndefined();
  });

  it('is bounded by every metric of what a selector selects', () => {
    const web = { metadata: { labels: { tier: 'web' } } };
    const schedule = selecting({ tier: 'web' }, { windows: [{ ...WINDOW, minScale: null, target: 500 }] });
    const beside = [aService({ ...web, name: 'a', annotations: { metric: 'rps' } }), aService({ ...web, name: 'b' })];
    expect(messages(judgeBy(scheduleBounds, schedule, bounded, { beside }))).toEqual([
      'window day: target is 500, and prod allows at most 100 for the metric concurrency',
    ]);
  });

  it('is free where the rule is off, or an exception lifts it', () => {
    expect(judged(101, { ...bounded, actions: { 'autoscaling/target': 'off' } }, concurrency)).toEqual([]);
    const spec = { reason: 'a sale', owner: 'team-shop', until: '2099-01-01', match: { names: ['cart'] } };
    const excused = (rule: string) =>
      judged(101, bounded, concurrency, {
        apiVersion: 'weir.dev/v1alpha1',
        kind: 'PolicyException',
        metadata: { name: 'sale', namespace: 'shop' },
        spec: { ...spec, rules: [rule] },
      });
    expect(excused('autoscaling/target')).toEqual([]);
    expect(excused('autoscaling/rps-target')).toHaveLength(1);
  });
});

describe('schedule/above-target', () => {
  const told = (what: string) => [`window day: minScale is 10, above the ${what}`];

  it.each<[Record<string, JsonValue>, JsonObject, string[]]>([
    [{ 'max-scale': '10' }, {}, []],
    [{ 'max-scale': '8' }, {}, told('max-scale 8 of Service cart; set maxScale beside it, or raise that one')],
    [{ maxScale: '8' }, {}, told('max-scale 8 of Service cart; set maxScale beside it, or raise that one')],
    [{ 'max-scale': '0' }, {}, []],
    [{}, {}, []],
    [{ 'max-scale': '8' }, { maxScale: 20 }, []],
    [
      { 'activation-scale': '4' },
      {},
      told('activation-scale 4 of Service cart, which Knative refuses; raise that one'),
    ],
  ])('%j beside %j', (annotations, window, expected) => {
    const beside = [aService({ annotations })];
    const schedule = aSchedule({ windows: [{ ...WINDOW, ...window }] });
    expect(messages(judgeBy(scheduleAboveTarget, schedule, aPolicy(), { beside }))).toEqual(expected);
  });

  it('counts what the policy fills in', () => {
    const policy = aPolicy({ autoscaling: { maxScale: { default: 5 } } });
    expect(judgeBy(scheduleAboveTarget, aSchedule(), policy, { beside: [aService()] })).toHaveLength(1);
  });

  it('looks at each Service that is selected', () => {
    const annotations = { 'max-scale': '8' };
    const shop = { labels: { tier: 'web' } };
    const beside = ['a', 'b', 'c'].map((name) => aService({ name, annotations, metadata: name === 'c' ? {} : shop }));
    const findings = judgeBy(scheduleAboveTarget, selecting({ tier: 'web' }), aPolicy(), { beside });
    expect(messages(findings).map((message) => /Service ./.exec(message)?.[0])).toEqual(['Service a', 'Service b']);
  });
});

describe('schedule/unknown-target', () => {
  it.each<[string, JsonObject, string[]]>([
    ['there', aSchedule(), []],
    ['a Configuration that a Service makes', aSchedule({ scaleTargetRef: { ...cart, kind: 'Configuration' } }), []],
    ['a Revision', aSchedule({ scaleTargetRef: { ...cart, kind: 'Revision', name: 'cart-00001' } }), []],
    [
      'called otherwise',
      aSchedule({ scaleTargetRef: { ...cart, name: 'carrt' } }),
      ['Service carrt is not in sight; did you mean "cart"?'],
    ],
    [
      'in another namespace',
      { ...aSchedule(), metadata: { name: 'hours', namespace: 'other' } },
      ['Service cart is not in sight'],
    ],
    ['selected', selecting({ tier: 'web' }), []],
    [
      'not selected',
      selecting({ tier: 'db' }),
      ['the selector selects no Service in sight; compare it with the labels of the Services themselves'],
    ],
  ])('%s', (_, schedule, expected) => {
    const beside = [aService({ metadata: { labels: { tier: 'web' } } })];
    expect(messages(judgeBy(scheduleUnknownTarget, schedule, aPolicy(), { beside }))).toEqual(expected);
  });
});

describe('schedule/same-priority', () => {
  const rival = (other: JsonObject, ...more: JsonObject[]) =>
    messages(
      judgeBy(scheduleSamePriority, aSchedule(), aPolicy(), {
        beside: [aService({ metadata: { labels: { tier: 'web' } } }), other, ...more],
      }),
    );
  const told = (name: string) => [
    `ScalingSchedule ${name} scales Service cart too, with the same priority 0; give the one that should win a higher priority`,
  ];

  it.each<[string, JsonObject, string[]]>([
    ['the same Service', aSchedule({}, 'sale'), told('sale')],
    ['another Service', aSchedule({ scaleTargetRef: { ...cart, name: 'api' } }, 'sale'), []],
    ['another priority', aSchedule({ priority: 1 }, 'sale'), []],
    ['another namespace', { ...aSchedule(), metadata: { name: 'sale', namespace: 'other' } }, []],
    ['by its labels', selecting({ tier: 'web' }), told('all')],
    ['other labels', selecting({ tier: 'db' }), []],
    ['itself', aSchedule(), []],
    ['what cannot be read', aSchedule({ timeZone: 7 }, 'sale'), []],
  ])('%s', (_, other, expected) => {
    expect(rival(other)).toEqual(expected);
  });

  it('counts several', () => {
    expect(rival(aSchedule({}, 'one'), aSchedule({}, 'two'))).toEqual(told('one (and 1 more)'));
  });
});
