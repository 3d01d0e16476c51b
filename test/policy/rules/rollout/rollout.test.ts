import { describe, expect, it } from '@jest/globals';
import type { JsonObject, JsonValue } from '../../../../src/kubernetes/json.ts';
import type { ProgressivePolicy } from '../../../../src/policy/model/serving.ts';
import { rolloutCommand } from '../../../../src/policy/rules/rollout/command.ts';
import { rolloutFirstStep } from '../../../../src/policy/rules/rollout/firstStep.ts';
import { rolloutGitTraffic } from '../../../../src/policy/rules/rollout/gitTraffic.ts';
import { rolloutIdleFreeze } from '../../../../src/policy/rules/rollout/idleFreeze.ts';
import { rolloutRules } from '../../../../src/policy/rules/rollout/index.ts';
import { rolloutInvalid } from '../../../../src/policy/rules/rollout/invalid.ts';
import { rolloutLongName } from '../../../../src/policy/rules/rollout/longName.ts';
import { rolloutRolloutDuration } from '../../../../src/policy/rules/rollout/rolloutDuration.ts';
import { rolloutSameService } from '../../../../src/policy/rules/rollout/sameService.ts';
import { rolloutUnknownService } from '../../../../src/policy/rules/rollout/unknownService.ts';
import { progressive } from '../../../../src/policy/rules/serving/progressive.ts';
import { aPolicy, aService, judgeBy, messages, paths } from '../../builders.ts';

/** Of the Service cart, which the parts of its spec change. */
function aRollout(spec: JsonObject = {}, name = 'cart'): JsonObject {
  return {
    apiVersion: 'weir.dev/v1alpha1',
    kind: 'TrafficRollout',
    metadata: { name, namespace: 'shop' },
    spec: { serviceRef: { name: 'cart' }, strategy: canary(10, 50), ...spec },
  };
}

function canary(...percents: number[]): JsonObject {
  return { canary: { steps: percents.map((percent) => ({ percent, pause: '5m' })) } };
}

function asking(progressivePolicy: ProgressivePolicy) {
  return aPolicy({ serving: { progressive: progressivePolicy } });
}

const cart = aService();

describe('rollout/invalid', () => {
  it('tells each mistake at its place, and leaves the other rules nothing to judge', () => {
    const analysis = { interval: 'soon', metrics: [{ name: 'errors', max: 1 }] };
    const broken = aRollout({ strategy: canary(50, 10), analysis });
    const findings = judgeBy(rolloutInvalid, broken);
    expect(messages(findings)).toEqual([
      'percent is 10, after a step of 50; each step is larger than the one before it',
      'metric "errors" is not built in (error-rate, p95-latency) and has no query',
      'interval is "soon", and should be a length of time as in 30s',
    ]);
    expect(paths(findings)).toEqual([
      '/spec/strategy/canary/steps/1/percent',
      '/spec/analysis/metrics/0/name',
      '/spec/analysis/interval',
    ]);
    for (const rule of rolloutRules.filter((each) => each !== rolloutInvalid)) {
      expect(judgeBy(rule, broken, asking({ largestFirstStep: 1 }))).toEqual([]);
    }
  });

  it.each<JsonValue>([null, 'text', [], { spec: [] }, { spec: { strategy: { canary: { steps: {} } } } }])(
    'takes any shape: %j',
    (value) => {
      const object = {
        ...aRollout(),
        ...(typeof value === 'object' && !Array.isArray(value) ? value : { spec: value }),
      };
      for (const rule of rolloutRules) expect(() => judgeBy(rule, object)).not.toThrow();
    },
  );
});

describe('rollout/first-step', () => {
  it.each<[string, JsonObject, number | undefined, string[]]>([
    ['as large as it may be', canary(25, 50), 25, []],
    ['larger', canary(26, 50), 25, ['the first step gives a new Revision 26 %, and prod allows at most 25 %']],
    ['larger, where nobody asks', canary(90), undefined, []],
    ['of a blueGreen', { blueGreen: {} }, 25, []],
  ])('%s', (_, strategy, largestFirstStep, expected) => {
    const policy = asking(largestFirstStep === undefined ? {} : { largestFirstStep });
    expect(messages(judgeBy(rolloutFirstStep, aRollout({ strategy }), policy))).toEqual(expected);
  });
});

describe('rollout/idle-freeze', () => {
  it.each<[string, JsonObject, string[]]>([
    ['of a weekend', { name: 'w', start: '0 12 * * 5', end: '0 6 * * 1' }, []],
    [
      'of every hour',
      { name: 'w', start: '0 8 * * *', duration: '24h' },
      ['window w always holds: the next start comes before its duration is over; paused: true would say so'],
    ],
    [
      'that ends when it begins',
      { name: 'w', start: '0 8 * * *', end: '0 8 * * *' },
      ['window w never holds: each start ("0 8 * * *") falls on an end ("0 8 * * *")'],
    ],
  ])('%s', (_, window, expected) => {
    const findings = judgeBy(rolloutIdleFreeze, aRollout({ freeze: { timeZone: 'UTC', windows: [window] } }));
    expect(messages(findings)).toEqual(expected);
    expect(paths(findings)).toEqual(expected.map(() => '/spec/freeze/windows/0'));
  });
});

describe('rollout/long-name', () => {
  it.each<[JsonObject, number, boolean]>([
    [canary(10), 53, true],
    [canary(10), 54, false],
    [{ blueGreen: {} }, 54, true],
    [{ blueGreen: {} }, 55, false],
  ])('%j with a name of %d characters is right: %s', (strategy, length, isRight) => {
    const serviceRef = { name: 'a'.repeat(length) };
    expect(judgeBy(rolloutLongName, aRollout({ strategy, serviceRef }))).toHaveLength(isRight ? 0 : 1);
  });
});

describe('rollout/unknown-service', () => {
  it('names the one that was probably meant', () => {
    const rollout = aRollout({ serviceRef: { name: 'crat' } });
    expect(messages(judgeBy(rolloutUnknownService, rollout, undefined, { beside: [cart] }))).toEqual([
      'Service crat is not in sight; did you mean "cart"?',
    ]);
    expect(judgeBy(rolloutUnknownService, aRollout(), undefined, { beside: [cart] })).toEqual([]);
    const elsewhere = aService({ namespace: 'other' });
    expect(judgeBy(rolloutUnknownService, aRollout(), undefined, { beside: [elsewhere] })).toHaveLength(1);
  });
});

describe('rollout/same-service', () => {
  it('is told of both', () => {
    const [one, other] = [aRollout(), aRollout({}, 'canary')];
    expect(messages(judgeBy(rolloutSameService, one, undefined, { beside: [other] }))).toEqual([
      'Service cart has a rollout already: canary; keep one of them',
    ]);
    expect(judgeBy(rolloutSameService, other, undefined, { beside: [one] })).toHaveLength(1);
    const elsewhere = aRollout({ serviceRef: { name: 'order' } }, 'order');
    expect(judgeBy(rolloutSameService, one, undefined, { beside: [elsewhere] })).toEqual([]);
  });
});

describe('rollout/git-traffic', () => {
  const traffic = [{ latestRevision: true, percent: 100 }];
  const owned = (manager: string, operation: string) => ({
    uid: '1',
    managedFields: [{ manager, operation, fieldsV1: { 'f:spec': { 'f:traffic': {} } } }],
  });
  const lastApplied = JSON.stringify({ spec: { traffic } });

  it.each<[string, JsonObject, string[]]>([
    ['a file that leaves it out', aService(), []],
    [
      'a file',
      aService({ traffic }),
      ['the manifest writes spec.traffic, which TrafficRollout cart moves; leave it out'],
    ],
    ['what the rollout has written', aService({ traffic, metadata: owned('weir-rollout', 'Apply') }), []],
    ['what a person has written', aService({ traffic, metadata: owned('kubectl-edit', 'Update') }), []],
    [
      'what Argo CD applies',
      aService({ traffic, metadata: owned('argocd-controller', 'Apply') }),
      ['argocd-controller writes spec.traffic, which TrafficRollout cart moves; leave it out'],
    ],
    [
      'what kubectl applies',
      aService({
        traffic,
        metadata: { uid: '1', annotations: { 'kubectl.kubernetes.io/last-applied-configuration': lastApplied } },
      }),
      ['kubectl apply writes spec.traffic, which TrafficRollout cart moves; leave it out'],
    ],
    ['what stands in a cluster without a word on who wrote it', aService({ traffic, metadata: { uid: '1' } }), []],
  ])('%s', (_, service, expected) => {
    expect(messages(judgeBy(rolloutGitTraffic, service, undefined, { beside: [aRollout()] }))).toEqual(expected);
    expect(judgeBy(rolloutGitTraffic, service)).toEqual([]);
  });
});

describe('rollout/rollout-duration', () => {
  it.each<[string, string, number]>([
    ['serving.knative.dev/rollout-duration', '10m', 1],
    ['serving.knative.dev/rolloutDuration', '10m', 1],
    ['serving.knative.dev/rollout-duration', '0s', 0],
  ])('%s: %s', (key, value, count) => {
    const service = aService({ metadata: { annotations: { [key]: value } } });
    expect(judgeBy(rolloutRolloutDuration, service, undefined, { beside: [aRollout()] })).toHaveLength(count);
    expect(judgeBy(rolloutRolloutDuration, service)).toEqual([]);
  });
});

describe('serving/progressive', () => {
  const labelled = aService({ metadata: { labels: { 'weir.dev/progressive': 'required' } } });

  it.each<[string, ProgressivePolicy, JsonObject, string[]]>([
    ['nobody asks', {}, labelled, []],
    ['all are asked', { required: 'all' }, cart, ['no TrafficRollout is for Service cart, and prod demands one']],
    ['labelled ones are asked, and this one is not', { required: 'labelled' }, cart, []],
    [
      'labelled ones are asked',
      { required: 'labelled' },
      labelled,
      [
        'no TrafficRollout is for Service cart, and prod demands one, since its label weir.dev/progressive says required',
      ],
    ],
  ])('%s', (_, policy, service, expected) => {
    expect(messages(judgeBy(progressive, service, asking(policy)))).toEqual(expected);
    expect(judgeBy(progressive, service, asking(policy), { beside: [aRollout()] })).toEqual([]);
  });

  it('says nothing where nobody can know', () => {
    const behind = { all: () => [], inNamespace: () => [], find: () => undefined, knows: () => false };
    const verdict = () =>
      progressive.judge({ object: cart, reference: { name: 'cart' } } as never, {
        policy: asking({ required: 'all' }),
        inventory: behind,
        now: new Date(),
      });
    expect(verdict()).toEqual([]);
  });
});

describe('rollout/command', () => {
  const said = (text: string) => ({
    ...aRollout(),
    metadata: { name: 'cart', namespace: 'shop', annotations: { 'weir.dev/rollout-command': text } },
  });
  const jane = { name: 'jane', groups: ['team-shop'] };
  const joe = { name: 'joe', groups: ['release', 'team-shop'] };
  const root = { name: 'root', groups: ['system:masters'] };
  const RELEASE = { promoters: { groups: ['release'] } };

  it.each<[string, ProgressivePolicy, typeof jane, string, string | undefined, number]>([
    ['one who may', RELEASE, joe, 'promote cart-00002', undefined, 0],
    ['one who may not', RELEASE, jane, 'promote cart-00002', undefined, 1],
    ['one who may not, after another word', RELEASE, jane, 'promote-full', 'pause a', 1],
    ['one who may not, resuming', RELEASE, jane, 'resume', 'pause a', 1],
    ['one who may not, retrying', RELEASE, jane, 'retry cart-00002', undefined, 1],
    ['anybody with the brake', RELEASE, jane, 'abort cart-00002', undefined, 0],
    ['anybody who pauses', RELEASE, jane, 'pause', undefined, 0],
    ['anybody who goes back', RELEASE, jane, 'undo', undefined, 0],
    ['a change of something else', RELEASE, jane, 'promote cart-00002', 'promote cart-00002', 0],
    ['spaces around what was said', RELEASE, jane, ' promote cart-00002', 'promote cart-00002', 0],
    ['a word that nobody knows', RELEASE, jane, 'go', undefined, 0],
    ['nobody named', { promoters: { groups: [] } }, joe, 'promote', undefined, 1],
    ['a policy without a word on it', {}, jane, 'promote', undefined, 0],
    ['system:masters', RELEASE, root, 'promote', undefined, 0],
  ])('%s', (_, policy, user, text, before, count) => {
    const old = before === undefined ? aRollout() : said(before);
    expect(judgeBy(rolloutCommand, said(text), asking(policy), { user, old })).toHaveLength(count);
    // a CREATE says as much as a change
    expect(judgeBy(rolloutCommand, said(text), asking(policy), { user })).toHaveLength(
      before === text.trim() ? 1 : count,
    );
  });

  it('says who may', () => {
    expect(messages(judgeBy(rolloutCommand, said('promote'), asking(RELEASE), { user: jane }))).toEqual([
      'jane may not say promote to a rollout: prod keeps that for the groups release; pause, abort and undo are for everybody who may write TrafficRollouts',
    ]);
  });
});
