import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type Bundle,
  bundleOf,
  type Decision,
  decide,
  isContinued,
  rotationAt,
  type State,
  type Write,
} from '../../../webhooks/certificates/decide.ts';
import type { Authority, Examined, Leaf } from '../../../webhooks/certificates/examine.ts';
import { timingFor } from '../../../webhooks/certificates/timing.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;
const TIMING = timingFor(90 * DAY);
const NOW = 10 * DAY;

const A = authority('A');
const B = authority('B', 1);
const C = authority('C', 2);

function authority(id: string, day = 0): Authority {
  return { id, pem: `${id};`, notBefore: day * DAY, notAfter: (day + 90) * DAY };
}

function leafOf(issuer: Authority, until = issuer.notAfter): Leaf {
  return { id: `leaf of ${issuer.id}`, issuer: issuer.id, notBefore: issuer.notBefore, notAfter: until };
}

/** In good order: A signs, and serves. */
function secret(changes: Partial<Examined> = {}): Examined {
  const previous = changes.previous ?? [];
  return {
    authority: A,
    canSign: true,
    previous,
    hasPrevious: previous.length > 0,
    leaf: leafOf(A),
    flaws: [],
    ...changes,
  };
}

/** What both configurations hold, each in two webhooks. */
function bundles(defaults: readonly Authority[], policy = defaults): Bundle[] {
  return [
    ...['dev', 'prod'].map((name) => bundle('defaults.weir.dev', name, defaults)),
    ...['dev', 'prod'].map((name) => bundle('policy.weir.dev', name, policy)),
  ];
}

function bundle(configuration: string, environment: string, authorities: readonly Authority[]): Bundle {
  const pem = authorities.map((each) => each.pem).join('');
  return { configuration, webhook: `${environment}.${configuration}`, pem, authorities };
}

/** All is well, and has been for a day. */
function state(changes: Partial<State> = {}): State {
  return {
    secret: secret(),
    isRotationAsked: false,
    unchangedFor: DAY,
    troubledFor: 0,
    remembered: secret(),
    bundles: bundles([A]),
    publishedFor: DAY,
    sinceWrite: DAY,
    ...changes,
  };
}

/** `rotate: new CA, kept leaf, previous A`: a step in one line. */
function inWords({ step }: Decision): string {
  if (step.do === 'wait') return `wait ${step.for / SECOND} s`;
  if (step.do === 'publish') return `publish ${step.pem} in ${step.configuration}`;
  const previous = step.previous.map(({ id }) => id).join('') || 'none';
  return `${step.do}: ${step.authority} CA, ${step.leaf} leaf, previous ${previous}`;
}

const FLAWS = ['ca.crt is empty'];
const fresh = { remembered: undefined };
const due = rotationAt(A, TIMING);

describe('the way of a Secret in good order', () => {
  const rotated = secret({ authority: B, previous: [A], leaf: leafOf(A) });
  const issued = secret({ authority: B, previous: [A], leaf: leafOf(B) });
  const both = bundles([B, A]);

  it.each<[string, Partial<State>, number, string]>([
    ['all is well', {}, NOW, `wait ${(due - NOW) / SECOND} s`],
    ['nothing is installed to publish to', { bundles: [] }, NOW, `wait ${(due - NOW) / SECOND} s`],
    ['a rotation is due', {}, due, 'rotate: new CA, kept leaf, previous A'],
    ['a rotation is not due yet', {}, due - 1, 'wait 0.001 s'],
    ['a rotation is asked for', { isRotationAsked: true }, NOW, 'rotate: new CA, kept leaf, previous A'],
    ['the first configuration lacks the new CA', { secret: rotated }, NOW, 'publish B;A; in defaults.weir.dev'],
    ['the second does', { secret: rotated, bundles: bundles([B, A], [A]) }, NOW, 'publish B;A; in policy.weir.dev'],
    [
      'one webhook of it does',
      { secret: rotated, bundles: [...both, bundle('policy.weir.dev', 'x', [A])] },
      NOW,
      'publish B;A; in policy.weir.dev',
    ],
    ['both have it since now', { secret: rotated, bundles: both, publishedFor: 0 }, NOW, 'wait 30 s'],
    ['both have it, not long enough', { secret: rotated, bundles: both, publishedFor: 29_999 }, NOW, 'wait 0.001 s'],
    [
      'both have it for long enough',
      { secret: rotated, bundles: both, publishedFor: 30_000 },
      NOW,
      'issue: kept CA, new leaf, previous A',
    ],
    ['the new certificate stands since now', { secret: issued, bundles: both, unchangedFor: 0 }, NOW, 'wait 600 s'],
    [
      'it stands for long enough',
      { secret: issued, bundles: both, unchangedFor: 10 * MINUTE },
      NOW,
      'retire: kept CA, kept leaf, previous none',
    ],
    [
      'the old CA is out of the Secret',
      { secret: secret({ authority: B, leaf: leafOf(B) }), bundles: both },
      NOW,
      'publish B; in defaults.weir.dev',
    ],
    [
      'the old CA has expired by itself',
      { secret: secret({ hasPrevious: true }), unchangedFor: 10 * MINUTE },
      NOW,
      'retire: kept CA, kept leaf, previous none',
    ],
    [
      'the next rotation is due before the last is over',
      { secret: issued, bundles: both, unchangedFor: 0, isRotationAsked: true },
      NOW,
      'rotate: new CA, kept leaf, previous BA',
    ],
    [
      'a rotation is asked for in the midst of one',
      { secret: rotated, bundles: both, publishedFor: 0, isRotationAsked: true },
      NOW,
      'wait 30 s',
    ],
    [
      'the certificate ends before its CA',
      { secret: secret({ leaf: leafOf(A, 12 * DAY) }) },
      NOW,
      'issue: kept CA, new leaf, previous none',
    ],
    [
      'the certificate expires before the API servers know',
      { secret: { ...rotated, leaf: leafOf(A, NOW + 30_000) }, bundles: both, publishedFor: 0 },
      NOW,
      'issue: kept CA, new leaf, previous A',
    ],
    [
      'it expires a little later',
      { secret: { ...rotated, leaf: leafOf(A, NOW + 30_001) }, bundles: both, publishedFor: 0 },
      NOW,
      'wait 30 s',
    ],
    ['somebody has emptied a caBundle', { bundles: bundles([A], []) }, NOW, 'publish A; in policy.weir.dev'],
    ['somebody has put an old CA back', { bundles: bundles([C], [A]) }, NOW, 'publish A; in defaults.weir.dev'],
    ['somebody has put old CAs back everywhere', { bundles: bundles([C]) }, NOW, 'publish A; in defaults.weir.dev'],
    [
      'somebody has put the same in another order',
      { secret: issued, bundles: bundles([A, B]) },
      NOW,
      'publish B;A; in defaults.weir.dev',
    ],
  ])('%s', (_, changes, now, expected) => {
    expect(inWords(decide(state(changes), now, TIMING))).toBe(expected);
  });

  it('begins a rotation when a third of the CA’s life and the time for the caBundle are left', () => {
    expect(due).toBe(60 * DAY - MINUTE);
  });

  it('serves what stands there', () => {
    expect(decide(state(), NOW, TIMING)).toMatchObject({ isServed: true, isTroubled: false });
    expect(decide(state({ secret: rotated }), NOW, TIMING).isServed).toBe(true);
  });
});

describe('a Secret that is lost', () => {
  const nothing = { secret: undefined };
  const broken = secret({ authority: undefined, canSign: false, leaf: undefined, flaws: FLAWS });
  const keyless = secret({ canSign: false, flaws: ['ca.key is empty'] });
  const pending = secret({ authority: B, previous: [A], leaf: undefined });

  it.each<[string, Partial<State>, string]>([
    ['gone, and remembered', nothing, 'restore: remembered CA, remembered leaf, previous none'],
    [
      'gone, remembered, and nothing is published',
      { ...nothing, bundles: bundles([]) },
      'restore: remembered CA, remembered leaf, previous none',
    ],
    [
      'gone, and others are a rotation ahead',
      { ...nothing, bundles: bundles([B, A]) },
      'restore: remembered CA, remembered leaf, previous B',
    ],
    [
      'gone, and others are a step behind',
      { ...nothing, remembered: secret({ authority: B, previous: [A], leaf: leafOf(A) }) },
      'restore: remembered CA, remembered leaf, previous A',
    ],
    [
      'gone, and what is remembered is trusted no more',
      { ...nothing, bundles: bundles([B]), troubledFor: DAY },
      'repair: new CA, none leaf, previous BA',
    ],
    [
      'gone, and what is remembered is trusted by one only',
      { ...nothing, bundles: bundles([A], [B]), troubledFor: DAY },
      'repair: new CA, none leaf, previous BA',
    ],
    [
      'gone, and what is remembered has expired',
      { ...nothing, remembered: secret({ leaf: undefined }), troubledFor: DAY },
      'repair: new CA, none leaf, previous A',
    ],
    ['gone, and nobody remembers: others may', { ...nothing, ...fresh }, 'wait 5 s'],
    [
      'gone, and others might have for long enough',
      { ...nothing, ...fresh, troubledFor: 5_000 },
      'repair: new CA, none leaf, previous A',
    ],
    ['never there', { ...nothing, ...fresh, bundles: bundles([]) }, 'repair: new CA, new leaf, previous none'],
    [
      'never there, nor are the configurations',
      { ...nothing, ...fresh, bundles: [] },
      'repair: new CA, new leaf, previous none',
    ],
    ['broken, and remembered', { secret: broken }, 'restore: remembered CA, remembered leaf, previous none'],
    [
      'broken, with a previous CA that is good',
      { secret: { ...broken, previous: [C] } },
      'restore: remembered CA, remembered leaf, previous C',
    ],
    ['broken, and nobody remembers', { ...fresh, secret: broken }, 'wait 5 s'],
    [
      'broken, and nobody has mended it',
      { ...fresh, secret: broken, troubledFor: 5_000 },
      'repair: new CA, none leaf, previous A',
    ],
    [
      'without the key of its CA',
      { ...fresh, secret: keyless, troubledFor: 5_000 },
      'repair: new CA, kept leaf, previous A',
    ],
    [
      'without the key of its CA, and nothing is published',
      { ...fresh, secret: keyless, bundles: bundles([]) },
      'repair: new CA, kept leaf, previous A',
    ],
    [
      'with a bad certificate',
      { ...fresh, secret: secret({ leaf: undefined, flaws: ['tls.crt is bad'] }), troubledFor: 5_000 },
      'repair: kept CA, new leaf, previous none',
    ],
    [
      'with a bad certificate in the midst of a rotation',
      { ...fresh, secret: { ...pending, flaws: ['tls.crt is bad'] }, bundles: bundles([B, A]), troubledFor: 5_000 },
      'repair: kept CA, none leaf, previous A',
    ],
    [
      'has lost the CA of its certificate',
      { ...fresh, secret: secret({ authority: B, flaws: ['lost'] }), bundles: bundles([B, A]), troubledFor: 5_000 },
      'repair: kept CA, kept leaf, previous A',
    ],
    ['waits for its CA to be known', { secret: pending, bundles: bundles([A]) }, 'publish B;A; in defaults.weir.dev'],
    [
      'has waited for long enough',
      { secret: pending, bundles: bundles([B, A]) },
      'issue: kept CA, new leaf, previous A',
    ],
    [
      'has no certificate and nobody else',
      { secret: secret({ leaf: undefined }), publishedFor: 0 },
      'issue: kept CA, new leaf, previous none',
    ],
    [
      'has no certificate and does not know who else is trusted',
      { ...fresh, secret: secret({ authority: B, leaf: undefined }), troubledFor: 5_000 },
      'repair: kept CA, none leaf, previous A',
    ],
    ['was written by this replica just now', { ...nothing, sinceWrite: 10_000 }, 'wait 20 s'],
  ])('%s', (_, changes, expected) => {
    const decision = decide(state(changes), NOW, TIMING);
    expect(inWords(decision)).toBe(expected);
  });

  it('keeps serving what the caBundles trust of it, and nothing else', () => {
    expect(decide(state({ secret: keyless }), NOW, TIMING)).toMatchObject({ isServed: true, isTroubled: true });
    expect(decide(state({ secret: keyless, bundles: bundles([A], [B]) }), NOW, TIMING).isServed).toBe(false);
    expect(decide(state({ secret: broken }), NOW, TIMING).isServed).toBe(false);
    expect(decide(state(nothing), NOW, TIMING)).toMatchObject({ isServed: false, isTroubled: true });
  });

  it('says why', () => {
    expect(decide(state(nothing), NOW, TIMING).step.why).toBe('the Secret is gone');
    expect(decide(state({ ...nothing, remembered: undefined, bundles: bundles([], []) }), NOW, TIMING).step.why).toBe(
      'there is no Secret yet',
    );
    expect(decide(state({ secret: broken }), NOW, TIMING).step.why).toBe('ca.crt is empty');
  });
});

describe('a good Secret that no caBundle knows', () => {
  const other = secret({ authority: C, leaf: leafOf(C) });

  it.each<[string, Partial<State>, string, boolean]>([
    [
      'is a stranger to who serves what they know',
      { secret: other },
      'restore: remembered CA, remembered leaf, previous C',
      false,
    ],
    [
      'is the one to believe for who serves what it holds',
      { secret: other, remembered: other },
      'publish C; in defaults.weir.dev',
      true,
    ],
    ['is not served by who knows nothing', { secret: other, ...fresh }, 'wait 5 s', false],
    [
      'is made one of both by who knows nothing, at last',
      { secret: other, ...fresh, troubledFor: 5_000 },
      'repair: kept CA, none leaf, previous A',
      false,
    ],
    [
      'is all there is where they hold nothing',
      { secret: other, ...fresh, bundles: bundles([]) },
      'publish C; in defaults.weir.dev',
      true,
    ],
    [
      'is no stranger where one of them knows it',
      { secret: other, ...fresh, bundles: bundles([C], [A]) },
      'publish C; in policy.weir.dev',
      true,
    ],
    [
      'is no stranger where they know its previous CA',
      { ...fresh, secret: secret({ authority: C, previous: [A], leaf: leafOf(A) }) },
      'publish C;A; in defaults.weir.dev',
      true,
    ],
  ])('%s', (_, changes, expected, isServed) => {
    const decision = decide(state(changes), NOW, TIMING);
    expect(inWords(decision)).toBe(expected);
    expect(decision.isServed).toBe(isServed);
  });
});

describe('where no caBundle can be read', () => {
  it.each([
    ['what is served is of its CA', secret(), secret(), true],
    ['what is served is of its previous CA', secret({ authority: B, previous: [A] }), secret(), true],
    ['what is served is of another', secret({ authority: B }), secret(), false],
    ['nothing is served', secret({ authority: B }), undefined, true],
    ['what is served has expired', secret({ authority: B }), secret({ leaf: undefined }), true],
  ])('%s', (_, next, served, expected) => {
    expect(isContinued(next, served)).toBe(expected);
  });
});

describe('whatever there is', () => {
  const authorities = [A, B, C];
  const some = fc.subarray(authorities);
  const examined: fc.Arbitrary<Examined> = fc
    .record({
      authority: fc.option(fc.constantFrom(...authorities), { nil: undefined }),
      canSign: fc.boolean(),
      previous: some,
      hasPrevious: fc.boolean(),
      leaf: fc.option(
        fc.constantFrom(...authorities).map((each) => leafOf(each)),
        { nil: undefined },
      ),
      flaws: fc.constantFrom([], [], FLAWS),
    })
    .filter(({ authority: own, canSign, flaws }) => flaws.length > 0 || (own !== undefined && canSign))
    .map((each) => ({
      ...each,
      previous: each.previous.filter(({ id }) => id !== each.authority?.id),
      hasPrevious: each.hasPrevious || each.previous.length > 0,
    }))
    .filter(({ authority: own, previous, leaf, flaws }) => {
      const isKnown = [own, ...previous].some((each) => each?.id === leaf?.issuer);
      return leaf === undefined || isKnown || flaws.length > 0;
    });
  const time = fc.constantFrom(0, 1_000, 5_000, 30_000, 10 * MINUTE, DAY);
  const states: fc.Arbitrary<State> = fc.record({
    secret: fc.option(examined, { nil: undefined }),
    isRotationAsked: fc.boolean(),
    unchangedFor: time,
    troubledFor: time,
    remembered: fc.option(examined, { nil: undefined }),
    bundles: fc.tuple(some, some).map(([defaults, policy]) => bundles(defaults, policy)),
    publishedFor: time,
    sinceWrite: time,
  });
  const moment = fc.integer({ min: 3, max: 89 }).map((day) => day * DAY);

  it('a step takes no CA out of the Secret, but after the overlap', () => {
    fc.assert(
      fc.property(states, moment, (each, now) => {
        const { step } = decide(each, now, TIMING);
        if (step.do === 'wait' || step.do === 'publish') return;
        const lost = idsOf(each.secret).filter((id) => !idsAfter(step, each).includes(id));
        if (step.do !== 'retire') expect(lost).toEqual([]);
        else expect(each.unchangedFor).toBeGreaterThanOrEqual(TIMING.overlap);
      }),
      { numRuns: 5_000 },
    );
  });

  it('an old CA goes only where the new one serves', () => {
    fc.assert(
      fc.property(states, moment, (each, now) => {
        if (decide(each, now, TIMING).step.do !== 'retire') return;
        expect(each.secret?.leaf?.issuer).toBe(each.secret?.authority?.id);
      }),
      { numRuns: 5_000 },
    );
  });

  function idsOf(held: Examined | undefined): string[] {
    const own = held?.authority === undefined ? [] : [held.authority];
    return [...own, ...(held?.previous ?? [])].map(({ id }) => id);
  }

  function idsAfter({ authority: kind, previous }: Write, { secret: present, remembered }: State): string[] {
    const from = { new: undefined, kept: present?.authority, remembered: remembered?.authority }[kind];
    return [...(from === undefined ? [] : [from]), ...previous].map(({ id }) => id);
  }

  it('a caBundle holds the CA of what the Secret serves', () => {
    fc.assert(
      fc.property(states, moment, (each, now) => {
        const { step } = decide(each, now, TIMING);
        if (step.do !== 'publish' || each.secret?.leaf === undefined) return;
        expect(step.pem).toContain(`${each.secret.leaf.issuer};`);
      }),
      { numRuns: 5_000 },
    );
  });

  it('a certificate of a CA that is not known everywhere for long enough is made only where nobody else is trusted, or the old one ends', () => {
    fc.assert(
      fc.property(states, moment, (each, now) => {
        const { step } = decide(each, now, TIMING);
        if (!('leaf' in step) || step.leaf !== 'new' || step.previous.length === 0) return;
        expect(each.bundles.every((one) => one.pem === (each.secret === undefined ? '' : bundleOf(each.secret)))).toBe(
          true,
        );
        const endsAt = each.secret?.leaf?.notAfter ?? Number.POSITIVE_INFINITY;
        expect(each.publishedFor >= TIMING.takeUp || endsAt - now <= TIMING.takeUp).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });

  it('a wait ends', () => {
    fc.assert(
      fc.property(states, moment, (each, now) => {
        const { step } = decide(each, now, TIMING);
        if (step.do === 'wait') expect(step.for).toBeGreaterThan(0);
      }),
      { numRuns: 5_000 },
    );
  });
});
