import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import { inventoryOf } from '../../../../src/policy/engine/inventory.ts';
import { Subject } from '../../../../src/policy/engine/subject.ts';
import { scalingCronJobRule } from '../../../../src/policy/rules/eventing/scalingCronJob.ts';
import { aPolicy, judgeBy, messages, NOW } from '../../builders.ts';
import { aCronJob } from './builders.ts';

const annotate = (value: string, service = 'cart') => [
  'kubectl',
  'annotate',
  `ksvc/${service}`,
  `autoscaling.knative.dev/min-scale=${value}`,
];
const up = aCronJob('scale-up-business-hours', '0 8 * * 1-5', annotate('10'));
const down = aCronJob('scale-down-off-hours', '0 18 * * 1-5', annotate('2'));

const judge = (object: JsonObject, ...beside: JsonObject[]) =>
  judgeBy(scalingCronJobRule, object, aPolicy(), { beside });
const fixOf = (object: JsonObject, ...beside: JsonObject[]) => judge(object, ...beside)[0]?.fix;

function aSchedule(name: string, spec: JsonObject, metadata: JsonObject = { namespace: 'shop' }): JsonObject {
  return {
    apiVersion: 'weir.dev/v1alpha1',
    kind: 'ScalingSchedule',
    metadata: { name, ...metadata },
    spec: { scaleTargetRef: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'cart' }, ...spec },
  };
}

const week = { name: 'business-hours', start: '0 8 * * 1-5', end: '0 18 * * 1-5', minScale: 10 };

describe('eventing/scaling-cronjob', () => {
  it('turns a pair into one schedule: the first is replaced, the other goes', () => {
    const schedule = aSchedule('cart-business-hours', {
      timeZone: 'Etc/UTC',
      windows: [week],
      default: { minScale: 2 },
    });
    expect(judge(up, down)).toMatchObject([
      {
        path: '/spec/jobTemplate/spec/template/spec/containers/0/command',
        message:
          'CronJob scale-up-business-hours sets min-scale 10 of Knative Service cart by an annotation on the Service, which Knative refuses; a ScalingSchedule with a window does it without a new Revision',
        fix: [{ op: 'replace', path: '', value: schedule }],
      },
    ]);
  });

  it('removes the one that comes second in the input', () => {
    const context = { policy: aPolicy(), inventory: inventoryOf([up, down]), now: NOW };
    expect(scalingCronJobRule.judge(new Subject(down), context)).toMatchObject([{ fix: [{ remove: '' }] }]);
    expect(scalingCronJobRule.judge(new Subject(up), context)).toMatchObject([{ fix: [{ set: '' }] }]);
  });

  it('counts a manifest once that is in the input twice', () => {
    expect(fixOf(up, up, down, down)).toHaveLength(1);
  });

  it('takes the zone from spec.timeZone or CRON_TZ, and only one', () => {
    const lisbon = { timeZone: 'Europe/Lisbon' };
    const inZone = [
      aCronJob('up', '0 8 * * *', annotate('4'), lisbon),
      aCronJob('down', '0 20 * * *', annotate('0'), lisbon),
    ];
    expect(fixOf(inZone[0] ?? {}, inZone[1] ?? {})).toMatchObject([
      {
        value: aSchedule('cart-up', {
          timeZone: 'Europe/Lisbon',
          windows: [{ name: 'up', start: '0 8 * * *', end: '0 20 * * *', minScale: 4 }],
          default: { minScale: 0 },
        }),
      },
    ]);
    const prefixed = aCronJob('up', 'CRON_TZ=Europe/Lisbon 0 8 * * *', annotate('4'));
    expect(fixOf(prefixed, inZone[1] ?? {})).toMatchObject([{ value: { spec: { timeZone: 'Europe/Lisbon' } } }]);
    expect(fixOf(prefixed, aCronJob('down', '0 20 * * *', annotate('0')))).toBeUndefined();
  });

  it('pairs several windows by their days', () => {
    const saturday = aCronJob('saturday', '0 10 * * 6', annotate('5'));
    const saturdayEnd = aCronJob('saturday-end', '0 16 * * 6', annotate('2'));
    expect(fixOf(up, down, saturday, saturdayEnd)).toMatchObject([
      {
        value: {
          metadata: { name: 'cart-hours' },
          spec: { windows: [week, { name: 'saturday', start: '0 10 * * 6', end: '0 16 * * 6', minScale: 5 }] },
        },
      },
    ]);
  });

  it('keeps labels, max-scale and the namespace that the command names', () => {
    const command = (low: number, high: number) => [
      'sh',
      '-c',
      `set -e; kn service update cart -n other --scale ${low}..${high}`,
    ];
    const labels = { team: 'shop' };
    const start = { ...aCronJob('up', '0 8 * * *', command(3, 9)), metadata: { name: 'up', namespace: 'ops', labels } };
    const end = { ...aCronJob('down', '0 9 * * *', command(1, 4)), metadata: { name: 'down', namespace: 'ops' } };
    expect(judge(start, end)).toMatchObject([
      {
        message:
          'CronJob up sets min-scale 3 and max-scale 9 of Knative Service cart in its template, which makes a new Revision each time; a ScalingSchedule with a window does it without a new Revision',
        fix: [
          {
            value: {
              metadata: { name: 'cart-up', namespace: 'other', labels },
              spec: { windows: [{ minScale: 3, maxScale: 9 }], default: { minScale: 1, maxScale: 4 } },
            },
          },
        ],
      },
    ]);
  });

  it.each<[what: string, beside: JsonObject[]]>([
    ['nobody ends it', []],
    ['the other one is for another Service', [aCronJob('down', '0 18 * * *', annotate('2', 'other'))]],
    ['the other one is suspended', [aCronJob('down', '0 18 * * *', annotate('2'), { suspend: true })]],
    ['both set the same', [aCronJob('down', '0 18 * * *', annotate('10'))]],
    [
      'the other one does more',
      [aCronJob('down', '0 18 * * *', ['sh', '-c', `${annotate('2').join(' ')}; curl example.com`])],
    ],
    [
      'the other one is not plain',
      [aCronJob('down', '0 18 * * *', ['sh', '-c', `${annotate('2').join(' ')} || true`])],
    ],
    ['the other one has no schedule that counts', [aCronJob('down', 'often', annotate('2'))]],
  ])('finds without a fix where %s', (_, beside) => {
    const findings = judge(up, ...beside);
    expect(findings).toHaveLength(1);
    expect(findings[0]?.fix).toBeUndefined();
  });

  it('says what to write where the counterpart is not in sight', () => {
    expect(messages(judge(up))).toEqual([
      'CronJob scale-up-business-hours sets min-scale 10 of Knative Service cart by an annotation on the Service, which Knative refuses; write a ScalingSchedule for cart whose windows start and end with this CronJob and its counterpart',
    ]);
  });

  it('leaves other CronJobs alone', () => {
    expect(judge(aCronJob('report', '0 7 * * 1', ['report']))).toEqual([]);
    expect(judge(aCronJob('up', '0 8 * * *', annotate('3'), { suspend: true }))).toEqual([]);
  });
});
