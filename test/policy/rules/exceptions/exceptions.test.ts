import { describe, expect, it } from '@jest/globals';
import { type JsonObject, type JsonValue, objectAt } from '../../../../src/kubernetes/json.ts';
import { readException, readUntil } from '../../../../src/policy/engine/exceptions.ts';
import type { EffectivePolicy } from '../../../../src/policy/engine/policy.ts';
import { exceptionExpired } from '../../../../src/policy/rules/exceptions/expired.ts';
import { exceptionIncomplete } from '../../../../src/policy/rules/exceptions/incomplete.ts';
import { exceptionTooLong } from '../../../../src/policy/rules/exceptions/tooLong.ts';
import { exceptionTooWide } from '../../../../src/policy/rules/exceptions/tooWide.ts';
import { exceptionUnknownName } from '../../../../src/policy/rules/exceptions/unknownName.ts';
import { exceptionUnknownObject } from '../../../../src/policy/rules/exceptions/unknownObject.ts';
import { imageTag } from '../../../../src/policy/rules/images/tag.ts';
import { rules } from '../../../../src/policy/rules/index.ts';
import { aPolicy, aService, judgeBy, messages, NOW, paths, verdictOf } from '../../builders.ts';

/** A whole exception for the rule images/tag, which the parts of its spec change. */
function anException(spec: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'weir.dev/v1alpha1',
    kind: 'PolicyException',
    metadata: { name: 'sale', namespace: 'shop' },
    spec: { rules: ['images/tag'], reason: 'it is the sale', owner: 'team-shop', until: '2026-12-01', ...spec },
  };
}

describe('exceptions/incomplete', () => {
  const noDate = (what: string) => `exception sale has ${what}, and so excuses nothing; write until: 2026-12-01`;

  it.each<[JsonObject, string[], string[]]>([
    [{}, [], []],
    [{ rules: [] }, ['exception sale names no rule; list the rules that it excuses'], ['/spec/rules']],
    [{ rules: 'images/tag' }, ['exception sale names no rule; list the rules that it excuses'], ['/spec/rules']],
    [{ reason: ' ' }, ['exception sale has no reason; say why the rule cannot be kept'], ['/spec/reason']],
    [{ owner: null }, ['exception sale has no owner; name who answers for it'], ['/spec/owner']],
    [{ until: null }, [noDate('no date')], ['/spec/until']],
    [{ until: 'soon' }, [noDate('an until that is no date (soon)')], ['/spec/until']],
    [{ until: '2026-13-01' }, [noDate('an until that is no date (2026-13-01)')], ['/spec/until']],
    [{ until: 20261201 }, [noDate('an until that is no date (20261201)')], ['/spec/until']],
  ])('%j', (spec, expected, where) => {
    const findings = judgeBy(exceptionIncomplete, anException(spec));
    expect(messages(findings)).toEqual(expected);
    expect(paths(findings)).toEqual(where);
  });

  it('tells everything at once', () => {
    const empty = { apiVersion: 'weir.dev/v1alpha1', kind: 'PolicyException', metadata: { name: 'sale' } };
    expect(paths(judgeBy(exceptionIncomplete, empty))).toEqual(['/spec', '/spec', '/spec', '/spec']);
  });
});

describe('exceptions/expired', () => {
  it.each<[JsonValue, number]>([
    ['2026-11-20', 1],
    ['2026-11-21', 0],
    ['2026-11-21T11:59:59Z', 1],
    ['2026-11-21T12:00:01Z', 0],
    ['never', 0],
    [7, 0],
  ])('until %s gives %d', (until, count) => {
    expect(judgeBy(exceptionExpired, anException({ until }))).toHaveLength(count);
  });

  it('takes the exception away', () => {
    expect(judgeBy(exceptionExpired, anException({ until: '2026-11-20' }))).toMatchObject([
      {
        message:
          'exception sale has expired (until 2026-11-20) and excuses nothing any more; delete it, or say why it is needed longer',
        fix: [{ op: 'remove', path: '' }],
      },
    ]);
  });
});

describe('until', () => {
  it.each([
    ['2026-12-01', '2026-12-01T23:59:59.999Z'],
    ['2026-12-01T00:00:00Z', '2026-12-01T23:59:59.999Z'],
    ['2026-12-01T00:00:00.000Z', '2026-12-01T23:59:59.999Z'],
    ['2026-12-01T00:00:01Z', '2026-12-01T00:00:01.000Z'],
    ['2026-12-01T00:00:00+01:00', '2026-11-30T23:00:00.000Z'],
  ])('%s lasts until %s', (text, expected) => {
    expect(readUntil(text)?.toISOString()).toBe(expected);
  });

  it('is told as the day that it means', () => {
    const object = anException({ until: '2026-11-20T00:00:00Z' });
    expect(messages(judgeBy(exceptionExpired, object))[0]).toContain('(until 2026-11-20)');
    expect(judgeBy(exceptionExpired, anException({ until: '2026-11-21T00:00:00Z' }))).toEqual([]);
  });
});

describe('an exception that is denied itself', () => {
  it.each<[JsonObject, Partial<EffectivePolicy>, boolean]>([
    [{}, {}, true],
    [{ rules: ['*'] }, {}, false],
    [{ rules: ['images/tag', '*/*'] }, {}, false],
    [{ reason: '' }, {}, false],
    [{ owner: null }, {}, false],
    [{ owner: null }, { actions: { 'exceptions/incomplete': 'warn' } }, true],
    [{ rules: ['*'] }, { enforcement: 'warn' }, true],
  ])('%j under %j', (spec, policy, excuses) => {
    expect(readException(anException(spec), aPolicy(policy)) !== undefined).toBe(excuses);
  });
});

describe('exceptions/unknown-object', () => {
  const rule = exceptionUnknownObject([imageTag]);
  const inShop = [aService({ name: 'checkout' })];
  const told = (name: string, hint: string) =>
    `exception sale names ${name}, and no object of shop is called so${hint}`;

  it.each<[JsonObject, JsonObject[], string[]]>([
    [{ names: ['checkout'] }, inShop, []],
    [{ names: ['check*'] }, inShop, []],
    [{ names: ['checkot'] }, inShop, [told('checkot', '; did you mean "checkout"?')]],
    [{ names: ['payment'] }, inShop, [told('payment', '')]],
    [{ names: ['checkout-*'] }, inShop, [told('checkout-*', '')]],
    [{ names: ['checkot'] }, [], []],
    [{ names: ['checkot'] }, [aService({ name: 'checkout', namespace: 'other' })], []],
    [{ names: ['checkot'], kinds: ['apps/Deployment'] }, inShop, []],
    [{ names: 'checkot' }, inShop, []],
  ])('%j', (match, beside, expected) => {
    expect(messages(judgeBy(rule, anException({ match }), aPolicy(), { beside }))).toEqual(expected);
  });

  it.each([
    ['payment', []],
    ['checkout-*', []],
    ['checkot', [told('checkot', '; did you mean "checkout"?')]],
  ])('at the API, where the exception comes first, of %s', (name, expected) => {
    const user = { name: 'joe', groups: ['platform'] };
    const exception = anException({ match: { names: [name] } });
    expect(messages(judgeBy(rule, exception, aPolicy(), { beside: inShop, user }))).toEqual(expected);
  });
});

describe('exceptions/too-long', () => {
  const policy = aPolicy({ exceptions: { longestDays: 90 } });

  it.each<[string, string[]]>([
    ['2027-02-19', []],
    ['2027-02-20', ['exception sale runs for 91 more days, and prod allows 90; until 2027-02-19 at most']],
    ['2020-01-01', []],
    ['soon', []],
  ])('until %s', (until, expected) => {
    expect(messages(judgeBy(exceptionTooLong, anException({ until }), policy))).toEqual(expected);
  });

  const since = (creationTimestamp: JsonValue, until: string) => {
    const object = anException({ until });
    return { ...object, metadata: { ...objectAt(object, 'metadata'), creationTimestamp } };
  };

  it.each<[JsonValue, string, string[]]>([
    ['2026-11-01T10:00:00Z', '2027-01-30', []],
    [
      '2026-11-01T10:00:00Z',
      '2027-01-31',
      [
        'exception sale runs for 91 days since 2026-11-01, and prod allows 90; until 2027-01-30 at most; what is needed for longer is a new exception',
      ],
    ],
    // stored just now, or as a file may claim
    ['2026-11-21T11:59:59Z', '2027-02-19', []],
    [
      '2090-01-01T00:00:00Z',
      '2027-02-20',
      ['exception sale runs for 91 more days, and prod allows 90; until 2027-02-19 at most'],
    ],
    ['soon', '2027-02-19', []],
    [null, '2027-02-19', []],
  ])('stored at %j, until %s', (created, until, expected) => {
    expect(messages(judgeBy(exceptionTooLong, since(created, until), policy))).toEqual(expected);
  });

  it.each<[JsonValue, string, Partial<EffectivePolicy>, string]>([
    ['2026-11-01T10:00:00Z', '2099-12-31', {}, '2027-01-30T23:59:59.999Z'],
    ['2026-11-01T10:00:00Z', '2027-01-30', {}, '2027-01-30T23:59:59.999Z'],
    ['2026-11-01T10:00:00Z', '2026-12-01T18:00:00Z', {}, '2026-12-01T18:00:00.000Z'],
    // from a file, where the rule denies it
    [null, '2099-12-31', {}, '2099-12-31T23:59:59.999Z'],
    ['soon', '2099-12-31', {}, '2099-12-31T23:59:59.999Z'],
    // where the policy lets it stand
    ['2026-11-01T10:00:00Z', '2099-12-31', { actions: { 'exceptions/too-long': 'warn' } }, '2099-12-31T23:59:59.999Z'],
    ['2026-11-01T10:00:00Z', '2099-12-31', { enforcement: 'warn' }, '2099-12-31T23:59:59.999Z'],
    ['2026-11-01T10:00:00Z', '2099-12-31', { exceptions: {} }, '2099-12-31T23:59:59.999Z'],
  ])('stored at %j with until %s under %j excuses until %s', (created, until, sections, end) => {
    expect(readException(since(created, until), { ...policy, ...sections })?.until.toISOString()).toBe(end);
  });

  it('holds the engine to the longest life: a finding after it is none that is excused', () => {
    const object = aService({ image: 'registry.example.com/shop/cart:latest' });
    const exception = readException(since('2026-01-01T00:00:00Z', '2099-12-31'), policy);
    const exceptions = exception === undefined ? [] : [exception];
    const by = { rules: [imageTag], defaulters: [], knativeDefaults: (one: JsonObject) => one };
    const excusedAt = (now: Date) => verdictOf(by, object, policy, { exceptions, now }).excused.length;
    expect(excusedAt(new Date('2026-03-31T12:00:00Z'))).toBe(1);
    expect(excusedAt(new Date(0))).toBe(1);
    expect(excusedAt(NOW)).toBe(0);
  });

  it('says nothing where the policy gives no time', () => {
    expect(judgeBy(exceptionTooLong, anException({ until: '2099-01-01' }))).toEqual([]);
  });
});

describe('exceptions/too-wide', () => {
  const excuses = (rule: string, what: string) =>
    `exception sale excuses ${rule}, ${what}; name the rules that cannot be kept`;

  it.each<[JsonValue[], string[]]>([
    [['images/tag', 'images/*'], []],
    [['*'], [excuses('*', 'which is every family of rules')]],
    [['*/*'], [excuses('*/*', 'which is every family of rules')]],
    [['knative/service'], [excuses('knative/service', 'which Knative itself refuses and nobody can excuse')]],
    [['exceptions/*'], [excuses('exceptions/*', 'which is judged whatever an exception says')]],
    [[null, 7], []],
  ])('%j', (rules, expected) => {
    expect(messages(judgeBy(exceptionTooWide, anException({ rules })))).toEqual(expected);
  });

  it('is no way out of itself', () => {
    const object = anException({ rules: ['*', 'exceptions/*'] });
    const exception = readException(object, aPolicy({ enforcement: 'warn' }));
    expect(exception).toBeDefined();
    const catalogue = { rules: [exceptionTooWide], defaulters: [], knativeDefaults: (one: JsonObject) => one };
    const verdict = verdictOf(catalogue, object, aPolicy(), { exceptions: exception === undefined ? [] : [exception] });
    expect(verdict.findings).toHaveLength(2);
    expect(verdict.excused).toEqual([]);
  });
});

describe('exceptions/unknown-name', () => {
  const rule = exceptionUnknownName([imageTag]);
  const custom = aPolicy({ custom: [{ ...imageTag, id: 'custom/team-label' }] });

  it.each<[JsonObject, string[], unknown]>([
    [{ rules: ['images/tag', 'images/*', 'images/t*', '*', 'knative/x', 'exceptions/*', 7] }, [], undefined],
    [{ rules: ['images/tags'] }, ['there is no rule images/tags; did you mean "images/tag"?'], 'images/tag'],
    [{ rules: ['image/*'] }, ['there is no rule image/*; did you mean "images/*"?'], 'images/*'],
    [{ rules: ['x/y'] }, ['there is no rule x/y; docs/rules.md lists them all'], undefined],
    [{ match: { kinds: ['serving.knative.dev/Service'] } }, [], undefined],
    [
      { match: { kinds: ['Service'] } },
      ['there is no judged kind Service; did you mean "serving.knative.dev/Service"?'],
      'serving.knative.dev/Service',
    ],
    [{ match: 'x' }, [], undefined],
  ])('%j', (spec, expected, value) => {
    const findings = judgeBy(rule, anException(spec));
    expect(messages(findings)).toEqual(expected);
    if (value !== undefined) expect(findings).toMatchObject([{ fix: [{ op: 'replace', value }] }]);
  });

  it('knows the custom rules of the policy', () => {
    const object = anException({ rules: ['custom/team-label'] });
    expect(judgeBy(rule, object, custom)).toEqual([]);
    expect(judgeBy(rule, object)).toHaveLength(1);
  });

  it('stands in the catalogue and knows every other rule', () => {
    const shipped = rules.find(({ id }) => id === 'exceptions/unknown-name');
    const ids = rules.map(({ id }) => id).filter((id) => !id.startsWith('exceptions/'));
    expect(shipped === undefined ? ['none'] : judgeBy(shipped, anException({ rules: ids }))).toEqual([]);
    const core = anException({ match: { kinds: ['Service'] } });
    expect(shipped === undefined ? [] : judgeBy(shipped, core)).toHaveLength(1);
  });
});
