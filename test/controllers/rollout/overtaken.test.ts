/** Which Revisions are held at none, since Knative would keep their pods for ever. */
import { describe, expect, it } from '@jest/globals';
import { isHeldAtNone, wantedBy } from '../../../controllers/rollout/wanted.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import type { Observed, RevisionSeen } from '../../../src/rollout/observed.ts';
import { freshStatus, type RolloutStatus } from '../../../src/rollout/status.ts';
import type { Target } from '../../../src/rollout/traffic.ts';

const NOW = new Date('2026-11-22T10:00:00Z');
const LONG_AGO = '2026-11-22T09:00:00Z';

const ROUTED: RolloutStatus = {
  ...freshStatus(LONG_AGO, 'u'),
  phase: 'Healthy',
  stable: 'cart-00001',
  routedSince: LONG_AGO,
};

function aRevision(number: number, state: string): JsonObject {
  return {
    metadata: {
      name: `cart-0000${number}`,
      labels: {
        'serving.knative.dev/routingState': state,
        'serving.knative.dev/configurationGeneration': String(number),
      },
    },
  };
}

interface Case {
  readonly state?: string;
  readonly minScale?: number;
  readonly status?: Partial<RolloutStatus>;
  readonly traffic?: readonly Target[];
  readonly latestCreated?: string | undefined;
  /** It is held at none by now. */
  readonly isStopped?: boolean;
}

/** The Revision cart-00002, between stable and the newest. */
function heldOf({
  state = 'pending',
  minScale = 3,
  status = {},
  traffic = [],
  isStopped = false,
  ...rest
}: Case): number | undefined {
  const seen: RevisionSeen = {
    readiness: 'True',
    message: '',
    fingerprint: '',
    pods: 3,
    minScale,
    maxScale: undefined,
  };
  const observed: Observed = {
    service: {
      uid: 'u',
      generation: 3,
      latestCreated: 'latestCreated' in rest ? rest.latestCreated : 'cart-00003',
      latestReady: 'cart-00003',
      traffic,
      owner: { kind: 'ours' },
      rolloutDuration: undefined,
    },
    routed: [],
    revisions: new Map([1, 2, 3].map((number) => [`cart-0000${number}`, seen])),
    command: undefined,
    analysis: undefined,
    smokeTest: undefined,
    rival: undefined,
    policy: { mostPods: undefined, freezes: [] },
    stableWindow: 60_000,
  };
  const objects = [aRevision(1, 'active'), aRevision(2, state), aRevision(3, 'pending')];
  return wantedBy({ ...ROUTED, ...status }, observed, objects, NOW, () => isStopped).get('cart-00002')?.minScale;
}

const failed = [{ revision: 'cart-00002', reason: 'NotReady', message: '', at: LONG_AGO }];
const candidate = { revision: 'cart-00002', tag: 'candidate', since: LONG_AGO, unknownSince: undefined };

describe('a Revision that is not in spec.traffic', () => {
  it.each<{ why: string; what: Case; held: number | undefined }>([
    { why: 'is held at none where a newer one has overtaken it', what: {}, held: 0 },
    { why: 'as well where it is active as its Configuration is', what: { state: 'active' }, held: 0 },
    { why: 'is left where Knative lets it go', what: { state: 'reserve' }, held: undefined },
    { why: 'is left where its author asks for none', what: { minScale: 0 }, held: undefined },
    { why: 'is left while it is the candidate', what: { status: { candidate } }, held: undefined },
    {
      why: 'is left while it is kept for undo',
      what: { status: { previous: { revision: 'cart-00002', pods: 3, until: undefined } } },
      held: undefined,
    },
    { why: 'is left where it is the newest', what: { latestCreated: 'cart-00002' }, held: undefined },
    { why: 'unless it has failed', what: { latestCreated: 'cart-00002', status: { failed } }, held: 0 },
    { why: 'is left where it is not known which is the newest', what: { latestCreated: undefined }, held: undefined },
    {
      why: 'is left where spec.traffic names it',
      what: { traffic: [{ revision: 'cart-00002', percent: 0, tag: 'mine' }] },
      held: undefined,
    },
    {
      why: 'is left for a while after the Route has changed',
      what: { status: { routedSince: '2026-11-22T09:59:30Z' } },
      held: undefined,
    },
    { why: 'is left while the Route has not', what: { status: { routedSince: undefined } }, held: undefined },
    {
      why: 'stays at none while the Route changes',
      what: { isStopped: true, status: { routedSince: undefined } },
      held: 0,
    },
    {
      why: 'stays at none while it is not known which is the newest',
      what: { isStopped: true, latestCreated: undefined },
      held: 0,
    },
    { why: 'is let go where it is tried again', what: { isStopped: true, status: { candidate } }, held: undefined },
    {
      why: 'is let go where it is the newest again',
      what: { isStopped: true, latestCreated: 'cart-00002' },
      held: undefined,
    },
    {
      why: 'is held at what is claimed',
      what: { status: { candidate, claims: [{ revision: 'cart-00002', minScale: 5 }] } },
      held: 5,
    },
  ])('$why', ({ what, held }) => {
    expect(heldOf(what)).toBe(held);
  });
});

const MIN = 'autoscaling.knative.dev/min-scale';

describe('a Revision is held at none', () => {
  it.each<[why: string, minScale: string, holder: string | undefined, home: 'revision' | 'podAutoscaler', is: boolean]>(
    [
      ['by a rollout', '0', 'TrafficRollout/cart', 'revision', true],
      ['by a rollout, on its PodAutoscaler', '0', 'TrafficRollout/cart', 'podAutoscaler', true],
      ['not where its author says so', '0', undefined, 'revision', false],
      ['not by a schedule', '0', 'ScalingSchedule/day', 'revision', false],
      ['not at one', '1', 'TrafficRollout/cart', 'revision', false],
    ],
  )('%s', (_, minScale, holder, home, is) => {
    const scaled = { annotations: { [MIN]: minScale } };
    const trace = holder === undefined ? {} : { 'weir.dev/author-scale': JSON.stringify({ holder, authored: {} }) };
    const revision = { metadata: home === 'revision' ? scaled : {} };
    const podAutoscaler = {
      metadata: { annotations: { ...trace, ...(home === 'podAutoscaler' ? scaled.annotations : {}) } },
    };
    expect(isHeldAtNone(revision, podAutoscaler, home)).toBe(is);
  });
});
