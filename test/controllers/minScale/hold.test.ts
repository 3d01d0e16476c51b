import { describe, expect, it } from '@jest/globals';
import { type Held, isUnrecorded, planHold, planPutBack } from '../../../controllers/minScale/hold.ts';
import { TRACE_ANNOTATION, traceOf, traceText } from '../../../controllers/minScale/trace.ts';
import type { ScalingHome } from '../../../src/knative/serving/scalingHome.ts';
import { aPodAutoscaler, aRevision, autoscaling } from '../schedule/shop.ts';

const NO_LIMITS = { policy: undefined, autoscaler: undefined };
const CLAIM = { holder: 'ScalingSchedule/hours', priority: 0, scale: { minScale: 10 } };
const AUTHORED = autoscaling({ minScale: 1 });
const HELD = autoscaling({ minScale: 10 });
const MIN = 'autoscaling.knative.dev/minScale';

interface There {
  readonly onRevision: Record<string, string>;
  readonly onPodAutoscaler?: Record<string, string>;
  readonly recorded?: Record<string, string>;
}

function held({ onRevision, onPodAutoscaler = onRevision, recorded }: There): Held {
  const base = { namespace: 'shop', name: 'cart-00001' };
  return {
    revision: aRevision({ ...base, annotations: onRevision }),
    podAutoscaler: aPodAutoscaler({ ...base, annotations: onPodAutoscaler }),
    recorded,
  };
}

function trace(authored: Record<string, string>, holder = CLAIM.holder): Record<string, string> {
  return { [TRACE_ANNOTATION]: traceText({ holder, authored }) };
}

type Change = Readonly<Record<string, string | null>>;

describe('a hold', () => {
  it.each<{
    there: There;
    home: ScalingHome;
    authored: Record<string, string>;
    traces: boolean;
    scaling: Change;
  }>`
    where                                | there                                                                            | home               | authored    | traces   | scaling
    ${'nothing is held yet'}             | ${{ onRevision: AUTHORED }}                                                      | ${'revision'}      | ${AUTHORED} | ${true}  | ${{ [MIN]: '10' }}
    ${'it was recorded and no more'}     | ${{ onRevision: AUTHORED, recorded: AUTHORED }}                                  | ${'revision'}      | ${AUTHORED} | ${true}  | ${{ [MIN]: '10' }}
    ${'the trace stands, the value not'} | ${{ onRevision: AUTHORED, onPodAutoscaler: trace(AUTHORED) }}                    | ${'revision'}      | ${AUTHORED} | ${false} | ${{ [MIN]: '10' }}
    ${'all is there'}                    | ${{ onRevision: HELD, onPodAutoscaler: { ...HELD, ...trace(AUTHORED) } }}        | ${'revision'}      | ${AUTHORED} | ${false} | ${{}}
    ${'another held it'}                 | ${{ onRevision: HELD, onPodAutoscaler: trace(AUTHORED, 'ScalingSchedule/old') }} | ${'revision'}      | ${AUTHORED} | ${true}  | ${{}}
    ${'the trace beats the record'}      | ${{ onRevision: HELD, onPodAutoscaler: trace(AUTHORED), recorded: HELD }}        | ${'revision'}      | ${AUTHORED} | ${false} | ${{}}
    ${'the PodAutoscaler is home'}       | ${{ onRevision: {}, onPodAutoscaler: AUTHORED }}                                 | ${'podAutoscaler'} | ${AUTHORED} | ${true}  | ${{ [MIN]: '10' }}
    ${'the PodAutoscaler is held'}       | ${{ onRevision: AUTHORED, onPodAutoscaler: { ...HELD, ...trace(AUTHORED) } }}    | ${'podAutoscaler'} | ${AUTHORED} | ${false} | ${{}}
    ${'the PodAutoscaler was put right'} | ${{ onRevision: AUTHORED, onPodAutoscaler: { ...AUTHORED, ...trace({}) } }}      | ${'podAutoscaler'} | ${{}}       | ${false} | ${{ [MIN]: null, 'autoscaling.knative.dev/min-scale': '10' }}
  `('where $where', ({ there, home, authored, traces, scaling }) => {
    const plan = planHold(held(there), CLAIM, home, NO_LIMITS);
    expect(plan).toEqual({
      authored,
      scale: { minScale: 10 },
      cuts: [],
      trace: traces ? trace(authored) : {},
      scaling,
    });
  });

  it('looks at the limits beside what the author wrote, not beside what is held', () => {
    const onRevision = autoscaling({ minScale: 4, maxScale: 4 });
    const authored = autoscaling({ minScale: 1, maxScale: 20 });
    const there = held({ onRevision, onPodAutoscaler: trace(authored) });
    expect(planHold(there, CLAIM, 'revision', NO_LIMITS)).toMatchObject({
      scale: { minScale: 10 },
      scaling: { [MIN]: '10', 'autoscaling.knative.dev/maxScale': '20' },
    });
  });
});

describe('putting back', () => {
  it.each<{ there: There; home: ScalingHome; trace: Change; scaling: Change }>`
    where                       | there                                                                     | home               | trace                           | scaling
    ${'it is held'}             | ${{ onRevision: HELD, onPodAutoscaler: { ...HELD, ...trace(AUTHORED) } }} | ${'revision'}      | ${{ [TRACE_ANNOTATION]: null }} | ${{ [MIN]: '1' }}
    ${'the key was new'}        | ${{ onRevision: HELD, onPodAutoscaler: trace({}) }}                       | ${'revision'}      | ${{ [TRACE_ANNOTATION]: null }} | ${{ [MIN]: null }}
    ${'the trace alone stands'} | ${{ onRevision: AUTHORED, onPodAutoscaler: trace(AUTHORED) }}             | ${'revision'}      | ${{ [TRACE_ANNOTATION]: null }} | ${{}}
    ${'the record alone'}       | ${{ onRevision: HELD, recorded: AUTHORED }}                               | ${'revision'}      | ${{}}                           | ${{ [MIN]: '1' }}
    ${'nothing says'}           | ${{ onRevision: AUTHORED }}                                               | ${'revision'}      | ${{}}                           | ${{}}
    ${'the PodAutoscaler'}      | ${{ onRevision: {}, onPodAutoscaler: { ...HELD, ...trace(AUTHORED) } }}   | ${'podAutoscaler'} | ${{ [TRACE_ANNOTATION]: null }} | ${{ [MIN]: '1' }}
  `('where $where', ({ there, home, trace, scaling }) => {
    expect(planPutBack(held(there), home)).toMatchObject({ scale: undefined, trace, scaling });
  });
});

describe('a trace', () => {
  it.each(['', 'null', '7', '[]', '{}', '{"holder":"a"}', '{"authored":{}}', '{"holder":7,"authored":{}}', '{'])(
    'that says %s is none',
    (text) => {
      const podAutoscaler = aPodAutoscaler({
        namespace: 'shop',
        name: 'cart',
        annotations: { [TRACE_ANNOTATION]: text },
      });
      expect(traceOf(podAutoscaler)).toBeUndefined();
      expect(isUnrecorded({ revision: {}, podAutoscaler, recorded: undefined })).toBe(true);
    },
  );

  it('brings back the keys that are held, and no others', () => {
    const authored = { ...AUTHORED, 'networking.knative.dev/visibility': 'cluster-local' };
    const annotations = { [TRACE_ANNOTATION]: traceText({ holder: 'a', authored }) };
    expect(traceOf(aPodAutoscaler({ namespace: 'shop', name: 'cart', annotations }))?.authored).toEqual(AUTHORED);
  });
});
