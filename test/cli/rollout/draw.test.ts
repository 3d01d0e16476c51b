/** What `weir rollout status` and `watch` show of rollouts that are played. */
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import picocolors from 'picocolors';
import { draw, lineOf } from '../../../src/cli/rollout/draw.ts';
import { metricsIn, restOf } from '../../../src/cli/rollout/metrics.ts';
import { jsonOf } from '../../../src/cli/rollout/status.ts';
import { viewOf } from '../../../src/cli/rollout/view.ts';
import { isObject } from '../../../src/kubernetes/json.ts';
import { ANALYSIS } from '../../rollout/builders.ts';
import { Played } from './played.ts';

const plain = picocolors.createColors(false);
const painted = picocolors.createColors(true);
const BY_HAND = {
  strategy: {
    canary: {
      steps: [
        { percent: 10, pause: {} },
        { percent: 50, pause: '5m' },
      ],
    },
  },
};

function drawn(played: Played, columns = 80): string {
  return draw(viewOf(played.look()), played.now, plain, columns).join('\n');
}

/** At the first step, which lasts five minutes. */
function atFirstStep(spec?: Parameters<typeof Played.underWay>[0]): Played {
  return Played.underWay(spec).settle().wait(31).settle().settle();
}

describe('the picture of a rollout', () => {
  it('shows who has what, the steps, the metrics against their limits, and why it waits', () => {
    expect(drawn(atFirstStep().wait(31).settle())).toBe(`api-service in shop-prod · canary of Service api-service
Progressing · step 1 of 3 · for 31s

api-service-00001  stable     ████████████████████████████████░░░  90 %   6 pods
api-service-00002  candidate  ████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  10 %   1 pod

steps    ▸ 10 % (5m)  · 50 % (5m)  · 100 %
metrics  passed 0s ago
  error-rate   ░░░░░░░░░░  0 % of 1 %
  p95-latency  ██░░░░░░░░  100ms of 500ms
waits    the step lasts until 2026-11-23T10:05:31Z (in 4m29s)`);
  });

  it.each([
    [
      'before anybody has looked',
      () => new Played(),
      'note     no controller has looked at it yet; weir controller does',
    ],
    ['for a person', () => atFirstStep(BY_HAND), 'waits    for a person: promote lets it go on'],
    [
      'after a failed interval, whose metrics are drawn above',
      () => atFirstStep().wait(31).settle(6, { errors: 0.05 }),
      '  error-rate   ██████████  5 % above 1 %\n  p95-latency  ██░░░░░░░░  100ms of 500ms\nwaits    1 of 2 failed intervals in a row',
    ],
    [
      'with too few requests',
      () => atFirstStep().wait(31).settle(6, { requests: 5 }),
      'metrics  inconclusive 0s ago\n  error-rate   ░░░░░░░░░░  0 % of 1 %\n  p95-latency  ██░░░░░░░░  100ms of 500ms\n  5 requests are fewer than 100',
    ],
    [
      'after it has failed',
      () => atFirstStep().wait(31).settle(6, { errors: 0.05 }).wait(31).settle(6, { errors: 0.05 }).settle(),
      '\nfailed   api-service-00002 at 2026-11-23T10:01:33Z: error-rate is 5 %, above\n         1 %; p95-latency is 100ms, within 500ms (AnalysisFailed)\n         weir rollout retry api-service tries it again',
    ],
  ])('says why: %s', (_, play, expected) => {
    expect(drawn(play())).toContain(expected);
  });

  it.each([40, 60, 80, 120, 200])('stays within %d columns', (columns) => {
    const plays = [new Played(), atFirstStep(), atFirstStep().wait(31).settle(6, { errors: 0.05, requests: 5 })];
    for (const played of plays) {
      const widths = drawn(played, columns)
        .split('\n')
        .map((line) => line.length);
      expect(Math.max(...widths)).toBeLessThanOrEqual(columns);
    }
  });

  it('calls the preview of blueGreen by its name', () => {
    const played = Played.underWay({ strategy: { blueGreen: { autoPromoteAfter: '10m' } } }).settle();
    expect(drawn(played)).toContain('\nsteps    ▸ preview (10m)  · 100 %\n');
  });

  it('shows the ends of names that have no room, which tell Revisions apart', () => {
    expect(drawn(atFirstStep(), 40)).toMatch(/^…\S*00002 {2}candidate {2}█░+ {2}10 % {3}1$/m);
  });

  it('has colours, and says the same without them', () => {
    const view = viewOf(atFirstStep().look());
    const now = new Date('2026-11-23T10:01:00Z');
    const withColors = draw(view, now, painted, 80).join('\n');
    expect(withColors).toContain('\u001b[36mapi-service-00002');
    expect(stripVTControlCharacters(withColors)).toBe(draw(view, now, plain, 80).join('\n'));
  });
});

/** The second is stable, and the third one has failed. */
function afterUndo(): Played {
  const played = Played.underWay(BY_HAND).settle();
  played.world.command = 'promote-full';
  played.settle(12);
  played.world.create();
  played.settle();
  played.world.command = 'abort';
  played.settle();
  played.world.command = 'undo';
  return played.settle(12);
}

it('says what undo goes back to, and after it which Revision retry is about: the newest', () => {
  const done = Played.underWay(BY_HAND).settle();
  done.world.command = 'promote-full';
  expect(drawn(done.settle(12))).toMatch(/\n {9}weir rollout undo api-service goes back to api-service-00001$/);
  const text = drawn(afterUndo());
  expect(text).toContain('api-service-00001  stable ');
  expect(text).toContain(
    'failed   api-service-00003 at 2026-11-23T10:00:00Z: a person has ended it\n         (Aborted)\n         weir rollout retry api-service tries it again',
  );
});

it('says who writes traffic again and again also after a failure, and does not say that stable has it', () => {
  const played = afterUndo();
  const { world } = played;
  world.edit([{ revision: 'api-service-00003', percent: 100, tag: undefined }]);
  world.owner = { kind: 'person', manager: 'a-script' };
  world.rival = { who: 'a-script', times: 3, until: new Date(world.now + 10_000) };
  const text = drawn(played.settle(1));
  expect(text).toContain('waits    a-script writes spec.traffic whenever it is put back, 3 times by now;');
  expect(text).not.toContain('has all of the traffic');
});

describe('the line of a rollout', () => {
  it('is the same as long as nothing happens', () => {
    const played = atFirstStep();
    const before = lineOf(viewOf(played.look()));
    expect(before).toBe(
      'api-service  Progressing; api-service-00002 10 % (step 1 of 3), api-service-00001 90 %; waits: the step lasts until 2026-11-23T10:05:31Z',
    );
    expect(lineOf(viewOf(played.wait(20).settle().look()))).toBe(before);
    expect(lineOf(viewOf(played.wait(20).settle().look()))).toContain('; analysis passed; ');
  });
});

describe('whether it is done', () => {
  const isDone = (played: Played) => viewOf(played.look()).isDone;

  it('is not while something is under way, and not before a newer template was seen', () => {
    const played = new Played(BY_HAND);
    expect(isDone(played)).toBe(false);
    played.world.ready(played.world.create(), 6);
    expect(isDone(played.settle())).toBe(true);
    played.world.create();
    expect(isDone(played)).toBe(false);
    expect(isDone(played.settle())).toBe(false);
  });

  it('is not right after an apply, when the Service still names the Revision before', () => {
    const played = new Played(BY_HAND);
    played.world.ready(played.world.create(), 6);
    const look = played.settle().look();
    const { status } = look.service ?? {};
    const conditions = [{ type: 'ConfigurationsReady', status: 'Unknown', reason: 'OutOfDate' }];
    const service = { ...look.service, status: { ...(isObject(status) ? status : {}), conditions } };
    expect([viewOf(look).isDone, viewOf({ ...look, service }).isDone]).toEqual([true, false]);
  });

  it('is once the newest Revision is stable, or has failed', () => {
    const good = Played.underWay({ analysis: ANALYSIS });
    good.settle();
    for (let minute = 0; minute < 20; minute++) good.wait(60).settle();
    expect(viewOf(good.look())).toMatchObject({ isDone: true, phase: 'Healthy', stable: 'api-service-00002' });
    const bad = atFirstStep();
    for (let round = 0; round < 3; round++) bad.wait(31).settle(6, { errors: 1 });
    expect(viewOf(bad.look())).toMatchObject({ isDone: true, phase: 'Failed', stable: 'api-service-00001' });
  });
});

describe('the JSON of a rollout', () => {
  it('has every field, and null where there is nothing to say', () => {
    expect(jsonOf(viewOf(atFirstStep(BY_HAND).look()))).toMatchObject({
      name: 'api-service',
      phase: 'Progressing',
      step: 1,
      steps: [{ percent: 0 }, { percent: 10, pause: 'person', state: 'now' }, { pause: '5m' }, { percent: 100 }],
      traffic: [
        { revision: 'api-service-00001', role: 'stable', percent: 90, pods: 6, held: 6 },
        { revision: 'api-service-00002', role: 'candidate', percent: 10, tags: ['candidate'], pods: 1, held: 1 },
      ],
      waiting: { for: 'Person', message: 'it waits for a person: promote lets it go on' },
      analysis: null,
      gitOwner: null,
    });
  });
});

describe('metrics out of the sentence of the status', () => {
  it('are the measured ones, with their part of the limit', () => {
    const message =
      '5 requests are fewer than 100; error-rate is 1.25 %, above 1 %; p95-latency: Prometheus is away; queue is 3, within 0';
    expect(metricsIn(message)).toEqual([
      { name: 'error-rate', value: '1.25 %', max: '1 %', isWithin: false, share: 1.25 },
      { name: 'queue', value: '3', max: '0', isWithin: true, share: undefined },
    ]);
    expect(restOf(message)).toBe('5 requests are fewer than 100; p95-latency: Prometheus is away');
  });
});
