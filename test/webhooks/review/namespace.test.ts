import { describe, expect, it } from '@jest/globals';
import type { JsonObject, JsonValue } from '../../../src/kubernetes/json.ts';
import type { EffectivePolicy } from '../../../src/policy/engine/policy.ts';
import { type Reviewed, review } from '../../../webhooks/review/review.ts';
import { aPolicy, aService } from '../../policy/builders.ts';
import { aNamespace, aRequest, aSight, reviewed } from './builders.ts';

const prod = aPolicy({
  name: 'prod',
  admission: {
    environmentLabel: { groups: ['platform'], joinGroups: ['release'] },
    breakGlass: { groups: ['emergency'] },
  },
});
const dev = aPolicy({ name: 'dev', admission: { environmentLabel: { groups: ['dev-owners'] } } });
const free = aPolicy({ name: 'free' });

function asked(old: JsonObject | undefined, object: JsonObject | undefined, ...groups: string[]): Reviewed {
  const request = aRequest({
    namespace: 'shop',
    user: { name: 'jane', groups },
    ...(object && { object }),
    ...(old && { oldObject: old }),
  });
  return review({ door: 'validate-namespace' }, request, aSight([prod, dev, free]));
}

const at = (environment?: string) => aNamespace('shop', environment);

describe('/validate-namespace', () => {
  it.each<[string, string | undefined, string | undefined, string[], boolean]>([
    ['nobody takes one out of prod', 'prod', undefined, ['team-shop'], false],
    ['platform does', 'prod', undefined, ['team-shop', 'platform'], true],
    ['nobody takes one from prod to dev', 'prod', 'dev', ['dev-owners'], false],
    ['platform does, since dev asks nobody who joins', 'prod', 'dev', ['platform'], true],
    ['who may leave dev may not join prod', 'dev', 'prod', ['dev-owners'], false],
    ['who may join prod may not leave dev', 'dev', 'prod', ['release'], false],
    ['who may do both may', 'dev', 'prod', ['dev-owners', 'release'], true],
    ['one without an environment joins dev', undefined, 'dev', [], true],
    ['and not prod', undefined, 'prod', ['platform'], false],
    ['but by release', undefined, 'prod', ['release'], true],
    ['where the policy names nobody, RBAC alone decides', 'free', undefined, [], true],
    ['what leaves an environment without a policy leaves nothing', 'gone', 'dev', [], true],
    ['a typo is no environment', 'free', 'prdo', [], false],
    ['what stays is no business of anybody', 'prod', 'prod', [], true],
  ])('%s', (_, before, after, groups, allowed) => {
    expect(asked(at(before), at(after), ...groups).response.allowed).toBe(allowed);
  });

  it.each<[string | undefined, string[], boolean]>([
    [undefined, [], true],
    ['dev', [], true],
    ['prod', ['platform'], false],
    ['prod', ['release'], true],
    ['prdo', ['release', 'platform'], false],
  ])('a new one in %s by %j: %s', (environment, groups, allowed) => {
    expect(asked(undefined, at(environment), ...groups).response.allowed).toBe(allowed);
  });

  it('says who may, and whom it takes for the one that asks', () => {
    expect(asked(at('prod'), at(), 'team-shop').response.status).toEqual({
      code: 403,
      reason: 'Forbidden',
      message:
        '\nnamespace/environment-label at /metadata/labels/weir.dev~1environment: Namespace shop is in prod, and taking it out is for the group platform; jane is not in it. More: weir explain namespace/environment-label',
    });
    expect(asked(undefined, at('prdo')).response.status?.message).toContain(
      'there is no policy prdo, so that nothing would be judged; did you mean "prod"?',
    );
    expect(asked(at('prod'), at('prdo'), 'team-shop').response.status?.message).toBe(
      '\nnamespace/environment-label at /metadata/labels/weir.dev~1environment: there is no policy prdo, so that nothing would be judged; did you mean "prod"? More: weir explain namespace/environment-label',
    );
    expect(asked(undefined, at('qa-7')).response.status?.message).toContain('there are dev, free, prod');
  });

  it('lets break-glass through where each environment of the change knows the group', () => {
    const { response, facts } = asked(at('prod'), at(), 'emergency');
    expect([response.allowed, facts.verdict, facts.breakGlass?.rules]).toEqual([
      true,
      'break-glass',
      ['namespace/environment-label'],
    ]);
    expect(asked(at('prod'), at('dev'), 'emergency').response.allowed).toBe(false);
  });

  it('warns where the policy does, and is silent where it is off', () => {
    const softly = aPolicy({ ...prod, actions: { 'namespace/environment-label': 'warn' } });
    const off = aPolicy({ ...prod, actions: { 'namespace/environment-label': 'off' } });
    const request = aRequest({ object: at(), oldObject: at('prod') });
    const by = (policy: typeof prod) => review({ door: 'validate-namespace' }, request, aSight([policy])).response;
    expect([by(softly).allowed, by(softly).warnings?.length]).toEqual([true, 1]);
    expect(by(off)).toMatchObject({ allowed: true });
    expect(by(off).warnings).toBeUndefined();
  });

  describe('where an environment has a policy and no entry', () => {
    const perf = aPolicy({ name: 'perf' });
    const sentence =
      "there is a policy perf, and no entry of the webhook's configuration selects Namespace shop, so that nothing in it would be judged; install what npm run environment perf prints, and apply again";

    it.each<[string, Partial<EffectivePolicy>, boolean | undefined, boolean, number]>([
      ['denies', {}, false, false, 0],
      ['warns where the environment only warns', { enforcement: 'warn' }, false, true, 1],
      ['is silent where an entry selects it', {}, true, true, 0],
      ['is silent where nobody knows', {}, undefined, true, 0],
    ])('%s', (_, sections, isSelected, allowed, warned) => {
      const policy = aPolicy({ ...perf, ...sections });
      const labelled = [{ object: at('perf') }, { object: at('perf'), oldObject: at() }];
      for (const asked of labelled) {
        const { response } = reviewed('validate-namespace', asked, policy, { isSelected: () => isSelected });
        expect([response.allowed, response.warnings?.length ?? 0]).toEqual([allowed, warned]);
        const told = [...(response.warnings ?? []), response.status?.message ?? ''].join('');
        expect(told.includes(sentence)).toBe(isSelected === false);
      }
    });

    it('lets a namespace leave it, and stay in it', () => {
      const around = { isSelected: () => false };
      const leaving = reviewed('validate-namespace', { object: at(), oldObject: at('perf') }, perf, around);
      const staying = reviewed('validate-namespace', { object: at('perf'), oldObject: at('perf') }, perf, around);
      expect([leaving.response.allowed, staying.response.allowed]).toEqual([true, true]);
    });

    it('says of what has no policy that alone', () => {
      const { response } = reviewed('validate-namespace', { object: at('qa') }, perf, { isSelected: () => false });
      expect(response.status?.message).toContain('there is no policy qa');
      expect(response.status?.message).not.toContain('no entry');
    });
  });

  it('takes no other kind for a namespace', () => {
    const secret = { ...at('dev'), kind: 'Secret' };
    expect(asked({ ...secret, ...at('prod'), kind: 'Secret' }, secret).response.allowed).toBe(true);
  });

  it('deletes one in use by those who may take it out', () => {
    const service = {
      apiVersion: 'serving.knative.dev/v1',
      kind: 'Service',
      metadata: { name: 'cart', namespace: 'shop' },
    };
    const guarded = aPolicy({ ...prod, actions: { 'deletion/namespace-in-use': 'deny' } });
    const by = (...groups: string[]) =>
      review(
        { door: 'validate-namespace' },
        aRequest({ oldObject: at('prod'), namespace: 'shop', user: { name: 'jane', groups } }),
        aSight([guarded], { beside: [service] }),
      ).response;
    expect([by('team-shop').allowed, by('platform').allowed]).toEqual([false, true]);
    expect(by('team-shop').status?.message).toContain(
      'Namespace shop holds 1 Service; delete those first, or ask a member of platform',
    );
  });

  it('is told of outside of itself, where the Event outlives it', () => {
    const breakGlass = { groups: ['firefighters'] };
    const guarded = aPolicy({ admission: { breakGlass }, actions: { 'deletion/*': 'deny' } });
    const asked = { oldObject: at('prod'), namespace: 'shop', user: { name: 'ann', groups: ['firefighters'] } };
    const { facts } = reviewed('validate-namespace', asked, guarded, { beside: [aService()] });
    expect([facts.verdict, facts.breakGlass?.resource]).toEqual([
      'break-glass',
      { apiVersion: 'v1', kind: 'Namespace', namespace: '', name: 'shop' },
    ]);
  });
});

describe('/mutate for a Namespace, where a cluster has an environment for those that name none', () => {
  const joined = (object: JsonObject, old?: JsonObject) => {
    const { response } = reviewed('mutate', { namespace: 'shop', object, ...(old && { oldObject: old }) }, dev);
    return response.patch === undefined ? [] : JSON.parse(Buffer.from(response.patch, 'base64').toString());
  };
  const labelled = (labels: JsonValue) => ({ ...at(), metadata: { name: 'shop', labels } });
  const LABEL = { op: 'add', path: '/metadata/labels/weir.dev~1environment', value: 'dev' };
  const LABELS = { op: 'add', path: '/metadata/labels', value: { 'weir.dev/environment': 'dev' } };

  it.each<[string, JsonObject, unknown[]]>([
    ['one without labels joins it', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }, [LABELS]],
    ['one whose labels are null joins it', labelled(null), [LABELS]],
    ['one with other labels joins it', labelled({ team: 'shop' }), [LABEL]],
    ['one that names an environment stays in that', at('prod'), []],
    ['one whose label is empty stays in none', labelled({ 'weir.dev/environment': '' }), []],
    ['one whose labels are a text is left alone', labelled('dev'), []],
  ])('%s', (_, object, patch) => {
    expect(joined(object)).toEqual(patch);
  });

  it('one that is there already stays where it is', () => {
    expect(joined(labelled({ team: 'shop' }), labelled({}))).toEqual([]);
  });
});
