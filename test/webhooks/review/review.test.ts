import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { knativeService } from '../../../src/kubernetes/kinds.ts';
import { catalogue } from '../../../src/policy/catalogue.ts';
import { compileCustomRule } from '../../../src/policy/custom/compile.ts';
import { inventoryOf } from '../../../src/policy/engine/inventory.ts';
import type { Rule } from '../../../src/policy/engine/rule.ts';
import { review } from '../../../webhooks/review/review.ts';
import { aPolicy, aService } from '../../policy/builders.ts';
import { policyOf } from '../../properties/judging.ts';
import { aRequest, aSight, mutated, reviewed } from './builders.ts';

const upTo20 = aPolicy({ autoscaling: { maxScale: { max: 20 } } });
const tooLarge = aService({ annotations: { 'max-scale': '500' } });

function anException(rest: JsonObject = {}, metadata: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'weir.dev/v1alpha1',
    kind: 'PolicyException',
    metadata: { name: 'black-friday', namespace: 'shop', ...metadata },
    spec: { rules: ['autoscaling/max-scale'], reason: 'the sale', owner: 'team-shop', until: '2026-12-01', ...rest },
  };
}

describe('the answer', () => {
  it('denies in sentences, with the policy and its hash for the audit log', () => {
    const { response } = reviewed('validate', { object: tooLarge }, upTo20);
    expect(response).toMatchObject({
      uid: '7',
      allowed: false,
      status: {
        code: 403,
        reason: 'Forbidden',
        message:
          '\nautoscaling/max-scale at /spec/template/metadata/annotations/autoscaling.knative.dev~1max-scale: max-scale is 500, and prod allows at most 20. More: weir explain autoscaling/max-scale',
      },
      auditAnnotations: { policy: 'prod', 'policy-hash': '0123456789ab' },
    });
  });

  it('has no patch where there is nothing to fill in, and no status where it is allowed', () => {
    const mutation = reviewed('mutate', { object: aService() }, upTo20);
    expect([mutation.response.allowed, mutation.response.patchType, mutation.response.patch]).toEqual([
      true,
      undefined,
      undefined,
    ]);
    expect(
      reviewed('validate', { object: aService({ annotations: { 'max-scale': '5' } }) }, upTo20).response.status,
    ).toBeUndefined();
  });

  it('has facts for metrics and logs', () => {
    const { facts } = reviewed('validate', { object: tooLarge, isDryRun: true }, upTo20);
    expect(facts).toMatchObject({
      uid: '7',
      door: 'validate',
      environment: 'prod',
      kind: 'serving.knative.dev/Service',
      operation: 'CREATE',
      namespace: 'shop',
      name: 'cart',
      user: 'jane',
      isDryRun: true,
      verdict: 'denied',
      patched: 0,
      failures: [],
    });
    const unknown = { apiVersion: 'evil/v1', kind: 'X'.repeat(900), metadata: { name: 'x' } };
    expect(reviewed('validate', { object: unknown }, upTo20).facts.kind).toBe('other');
    const prod = policyOf('prod');
    expect(reviewed('mutate', { object: aService() }, prod).facts.patched).toBeGreaterThan(5);
  });

  it('puts what is only audited into the audit log', () => {
    const audited = aPolicy({ ...upTo20, actions: { 'autoscaling/max-scale': 'audit' } });
    const { response } = reviewed('validate', { object: tooLarge }, audited);
    expect(response.allowed).toBe(true);
    expect(response.auditAnnotations?.audited).toBe(
      'autoscaling/max-scale at /spec/template/metadata/annotations/autoscaling.knative.dev~1max-scale',
    );
    expect((response.warnings ?? []).join()).not.toContain('max-scale');
  });

  it('judges an object without a namespace in that of the request', () => {
    const { namespace: _, ...metadata } = tooLarge.metadata as JsonObject;
    const { facts } = reviewed('validate', { object: { ...tooLarge, metadata } }, upTo20, { beside: [anException()] });
    expect(facts.excused.map(({ exception }) => exception.name)).toEqual(['black-friday']);
  });
});

describe('an environment without a policy', () => {
  const at = (door: 'mutate' | 'validate', asked = aRequest({ object: aService() })) =>
    review({ door, environment: 'prdo' }, asked, aSight([upTo20])).response;

  it('denies what comes, lets go what goes, and fills in nothing', () => {
    expect(at('validate').status?.message).toBe(
      'there is no policy prdo, so that nothing would be judged; did you mean "prod"?',
    );
    expect(at('mutate')).toMatchObject({ allowed: true, warnings: [expect.stringContaining('no policy prdo')] });
    expect(at('validate', aRequest({ oldObject: aService() }))).toMatchObject({ allowed: true });
  });
});

describe('an exception', () => {
  const allowed = (...beside: JsonObject[]) => reviewed('validate', { object: tooLarge }, upTo20, { beside }).response;

  it('excuses as at check, and is told in the audit log', () => {
    expect(allowed(anException())).toMatchObject({
      allowed: true,
      auditAnnotations: { exceptions: 'black-friday excuses autoscaling/max-scale' },
    });
  });

  it.each<[string, JsonObject]>([
    ['of another namespace', anException({}, { namespace: 'other' })],
    ['that has expired', anException({ until: '2026-11-20' })],
    ['without an owner', anException({ owner: '' })],
    ['for everything', anException({ rules: ['*'] })],
    ['for another rule', anException({ rules: ['images/tag'] })],
    ['that is being deleted', anException({}, { deletionTimestamp: '2026-11-21T11:00:00Z' })],
  ])('%s excuses nothing', (_, exception) => {
    expect(allowed(exception).allowed).toBe(false);
  });
});

describe('break-glass', () => {
  const glass = aPolicy({ ...upTo20, admission: { breakGlass: { groups: ['emergency'] } } });
  const emergency = { name: 'jane', groups: ['emergency'] };

  it('lets a member through, with a warning that says so and a record', () => {
    const { response, facts } = reviewed('validate', { object: tooLarge, user: emergency }, glass);
    expect(response.allowed).toBe(true);
    expect(response.warnings?.slice(0, 2)).toEqual([
      'let through by break-glass as a member of emergency, which is recorded: prod denies it for autoscaling/max-scale',
      expect.stringContaining('autoscaling/max-scale at /spec'),
    ]);
    expect(response.auditAnnotations?.['break-glass']).toBe('emergency passed autoscaling/max-scale');
    expect(facts).toMatchObject({
      verdict: 'break-glass',
      breakGlass: { user: 'jane', group: 'emergency', environment: 'prod', rules: ['autoscaling/max-scale'] },
    });
  });

  it('is nothing that happens where nothing is denied, or to others', () => {
    expect(
      reviewed('validate', { object: aService({ annotations: { 'max-scale': '5' } }), user: emergency }, glass).facts
        .breakGlass,
    ).toBeUndefined();
    expect(reviewed('validate', { object: tooLarge }, glass).response.allowed).toBe(false);
    expect(reviewed('validate', { object: tooLarge, user: emergency }, upTo20).response.allowed).toBe(false);
  });

  it('never lets through what Knative itself refuses', () => {
    const refused = aService({ annotations: { 'max-scale': 'lots' } });
    const { response, facts } = reviewed('validate', { object: refused, user: emergency }, glass);
    expect([response.allowed, facts.breakGlass]).toEqual([false, undefined]);
  });
});

describe('a rule that breaks', () => {
  const broken: Rule = {
    ...(catalogue.rules[0] as Rule),
    id: 'test/broken',
    kinds: [knativeService],
    judge(subject) {
      if (subject.name === 'odd') throw new Error('at a loss');
      return [];
    },
  };
  const by = { rules: [broken], defaulters: [], knativeDefaults: (object: JsonObject) => object };
  const odd = aService({ name: 'odd' });

  it('is no way in: what nobody judged is denied where the environment denies', () => {
    const { response, facts } = reviewed('validate', { object: odd }, upTo20, { by });
    expect(response.allowed).toBe(false);
    expect(response.status?.message).toContain('rule test/broken could not judge this object');
    expect(facts.failures).toHaveLength(1);
  });

  it('can be passed by break-glass, which says at which object', () => {
    const glass = aPolicy({ admission: { breakGlass: { groups: ['emergency'] } } });
    const user = { name: 'jane', groups: ['emergency'] };
    expect(reviewed('validate', { object: odd, user }, glass, { by }).facts.breakGlass).toEqual({
      user: 'jane',
      group: 'emergency',
      environment: 'prod',
      resource: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', namespace: 'shop', name: 'odd' },
      rules: ['a rule that could not judge'],
    });
  });

  it('does not stop an object that it could not judge before, nor one where the environment warns', () => {
    expect(reviewed('validate', { object: odd, oldObject: odd }, upTo20, { by }).response.allowed).toBe(true);
    const warning = reviewed('validate', { object: odd }, aPolicy({ enforcement: 'warn' }), { by }).response;
    expect([warning.allowed, warning.warnings?.length]).toEqual([true, 1]);
  });
});

describe('what is in sight', () => {
  it('has the object itself as it will be, and not as it was', () => {
    const seen: number[] = [];
    const looking: Rule = {
      ...(catalogue.rules[0] as Rule),
      id: 'test/looking',
      kinds: [knativeService],
      judge({ object, namespace }, { inventory }) {
        const all = inventory.all(knativeService);
        seen.push(all.length, inventory.inNamespace(knativeService, namespace).length);
        expect(inventory.find(knativeService, 'shop', 'cart')).toEqual(object);
        expect(all).toContainEqual(object);
        return [];
      },
    };
    const by = { rules: [looking], defaulters: [], knativeDefaults: (object: JsonObject) => object };
    const inventory = inventoryOf([tooLarge, aService({ name: 'other' }), aService({ namespace: 'elsewhere' })]);
    reviewed('validate', { object: aService(), oldObject: tooLarge }, upTo20, { by, inventory });
    expect(seen).toEqual([3, 2]);
  });
});

describe('the ratchet', () => {
  const whole = (image: string, ...names: string[]): JsonObject => ({
    ...aService(),
    spec: { template: { spec: { containers: names.map((name) => ({ name, image })) } } },
  });

  it('counts: one wrong container more is denied', () => {
    const policy = aPolicy({ images: {} });
    const old = whole('registry.example.com/a:latest', 'a', 'b');
    expect(reviewed('validate', { object: old, oldObject: old }, policy).facts.findings.length).toBeGreaterThan(0);
    const more = whole('registry.example.com/a:latest', 'a', 'b', 'c');
    const denied = reviewed('validate', { object: more, oldObject: old }, policy).facts.findings.filter(
      ({ action }) => action === 'deny',
    );
    expect(denied.filter(({ rule }) => rule === 'images/tag').map(({ path }) => path)).toEqual([
      '/spec/template/spec/containers/2/image',
    ]);
  });

  it('counts what cannot be told apart, too', () => {
    const policy = aPolicy({ images: {} });
    const image = 'registry.example.com/a:latest';
    const count = (now: JsonObject, old: JsonObject) =>
      reviewed('validate', { object: now, oldObject: old }, policy).facts.findings.filter(
        ({ rule, action }) => rule === 'images/tag' && action === 'deny',
      ).length;
    expect(count(whole(image, 'a', 'a'), whole(image, 'a', 'a'))).toBe(0);
    expect(count(whole(image, 'a', 'a', 'a'), whole(image, 'a', 'a'))).toBe(1);
  });

  it('knows what is missing as before, though another part of the object changed', () => {
    const demanding = aPolicy({ actions: { 'serving/probes': 'deny' } });
    const labelled = aService({ metadata: { labels: { team: 'shop' } } });
    expect(reviewed('validate', { object: aService() }, demanding).response.allowed).toBe(false);
    expect(reviewed('validate', { object: labelled, oldObject: aService() }, demanding).response.allowed).toBe(true);
    const further = aService({ container: { env: [{ name: 'LOG_LEVEL', value: 'info' }] } });
    expect(reviewed('validate', { object: further, oldObject: aService() }, demanding).response.allowed).toBe(true);
  });

  it('is not for who writes: an exception that is there already is no way for others to widen it', () => {
    const reserving = aPolicy({
      rbac: { reserved: [{ apiGroup: 'weir.dev', resources: ['policyexceptions'], subjects: ['Group:platform'] }] },
    });
    const asked = { object: anException({ rules: ['resources/*'] }), oldObject: anException() };
    const { response } = reviewed('validate', asked, reserving);
    expect(response.status?.message).toContain('jane may not write policyexceptions');
    const user = { name: 'joe', groups: ['platform'] };
    expect(reviewed('validate', { ...asked, user }, reserving).response.allowed).toBe(true);
  });

  it('is not for rules of the policy that ask who writes, and is for its others', () => {
    const by = (name: string, expression: string) => {
      const custom = { name: 'guarded', match: { kinds: ['serving.knative.dev/Service'] }, expression, message: 'no' };
      const compiled = compileCustomRule(custom);
      if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
      const user = { name, groups: [] };
      const asked = { object: aService({ annotations: { window: '60s' } }), oldObject: aService(), user };
      return reviewed('validate', asked, aPolicy({ custom: [compiled.rule] })).response.allowed;
    };
    expect([by('joe', "user.name == 'joe'"), by('jane', "user.name == 'joe'")]).toEqual([true, false]);
    expect(by('jane', 'has(object.metadata.user)')).toBe(true);
  });

  it('does not take the step of an earlier release for the one of today', () => {
    const policy = aPolicy({ serving: { traffic: { largestStep: 50 } }, actions: { 'serving/traffic-step': 'deny' } });
    const traffic = [
      { revisionName: 'cart-v1', percent: 10 },
      { latestRevision: true, percent: 90 },
    ];
    const old = catalogue.knativeDefaults(aService({ traffic }), policy);
    const next = aService({ image: 'registry.example.com/shop/cart:2.0.0', traffic });
    const denied = (object: JsonObject) =>
      reviewed('validate', { object, oldObject: old }, policy).facts.findings.filter(
        ({ rule, action }) => rule === 'serving/traffic-step' && action === 'deny',
      );
    expect(denied(next)).toHaveLength(1);
    expect(denied(old)).toEqual([]);
  });
});

describe('defaults/not-applied', () => {
  const filling = aPolicy({ autoscaling: { minScale: { default: 2 } } });
  const later = aPolicy({ autoscaling: { minScale: { default: 2 }, maxScale: { default: 9 } } });
  const rules = (asked: Parameters<typeof reviewed>[1], policy = filling) =>
    reviewed('validate', asked, policy)
      .facts.findings.filter(({ rule }) => rule === 'defaults/not-applied')
      .map(({ action, message }) => `${action}: ${message}`);

  it('denies what the mutating side left out, and warns where the policy does', () => {
    expect(rules({ object: aService() })).toEqual([
      `deny: prod fills in "2" here, and that did not happen: Weir's mutating webhook did not answer; try again`,
    ]);
    expect(rules({ object: aService() }, aPolicy({ ...filling, enforcement: 'warn' }))[0]).toMatch(/^warn/);
    expect(rules({ object: aService() }, aPolicy({ ...filling, actions: { 'defaults/not-applied': 'off' } }))).toEqual(
      [],
    );
  });

  it('asks for nothing of what was admitted before the policy demanded it', () => {
    const stored = mutated({ object: aService() }, filling);
    expect(rules({ object: stored, oldObject: stored }, later)).toEqual([]);
    // the author changed the template and the mutating side failed: the old object lacked it as well
    const changed = mutated({ object: aService({ image: 'registry.example.com/shop/cart:2.0.0' }) }, filling);
    expect(rules({ object: changed, oldObject: stored }, later)).toEqual([
      expect.stringMatching(/^warn: prod fills in "9"/),
    ]);
  });

  it('denies what would lose a value that the old object had', () => {
    const stored = mutated({ object: aService() }, filling);
    expect(rules({ object: aService(), oldObject: stored })).toEqual([expect.stringMatching(/^deny/)]);
  });

  it('accepts old values that went back, whatever the policy says today', () => {
    const stored = mutated({ object: aService() }, filling);
    const other = aPolicy({ autoscaling: { minScale: { default: 5 } } });
    const again = mutated({ object: aService(), oldObject: stored }, other);
    expect(rules({ object: again, oldObject: stored }, other)).toEqual([]);
  });

  it('finds an annotation that claims what Weir did not fill in', () => {
    const text = '{"/spec/template/metadata/annotations/autoscaling.knative.dev~1min-scale":"7"}';
    const forged = aService({
      annotations: { 'min-scale': '7' },
      metadata: { annotations: { 'weir.dev/defaults': text } },
    });
    expect(rules({ object: forged })).toEqual([expect.stringContaining('does not say what prod filled in')]);
  });

  it('is no way around for who says that Knative owns it', () => {
    const ownerReferences = [{ apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'x', controller: true }];
    const forged = { ...aService({ metadata: { ownerReferences } }), kind: 'Configuration' };
    expect(mutated({ object: forged }, filling)).toEqual(forged);
    expect(rules({ object: forged })).toEqual([expect.stringContaining('take that reference out')]);
    expect(reviewed('validate', { object: forged }, filling).response.allowed).toBe(false);
  });

  it('can be excused', () => {
    const excusing = anException({ rules: ['defaults/not-applied'] });
    const { response } = reviewed('validate', { object: aService() }, filling, { beside: [excusing] });
    expect(response).toMatchObject({
      allowed: true,
      auditAnnotations: { exceptions: 'black-friday excuses defaults/not-applied' },
    });
  });
});
