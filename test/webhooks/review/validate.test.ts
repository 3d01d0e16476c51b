import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { catalogue } from '../../../src/policy/catalogue.ts';
import { inventoryOf } from '../../../src/policy/engine/inventory.ts';
import type { Catalogue, JudgeContext } from '../../../src/policy/engine/judge.ts';
import type { EffectivePolicy } from '../../../src/policy/engine/policy.ts';
import { type Admission, NOTHING_FOUND } from '../../../webhooks/review/admission.ts';
import { validate } from '../../../webhooks/review/validate.ts';
import { aPolicy, aService, NOW } from '../../policy/builders.ts';

const upTo20 = aPolicy({ autoscaling: { maxScale: { max: 20 } } });

function contextWith(policy: EffectivePolicy): JudgeContext {
  return { policy, inventory: inventoryOf([]), exceptions: [], now: NOW };
}

function judged(object: JsonObject, oldObject?: JsonObject, policy = upTo20, by: Catalogue = catalogue): Admission {
  const operation = oldObject === undefined ? 'CREATE' : 'UPDATE';
  const request = {
    uid: '1',
    operation,
    object,
    namespace: 'shop',
    user: { name: 'dev', groups: [] },
    isDryRun: false,
  } as const;
  return validate(oldObject === undefined ? request : { ...request, oldObject }, contextWith(policy), by);
}

const rules = (findings: Admission['denied']) => findings.map(({ rule }) => rule);
const aLarge = (value: string, name = 'cart') => aService({ name, annotations: { 'max-scale': value } });

describe('/validate', () => {
  it('denies what the policy denies, and warns of what it warns of', () => {
    const { allowed, denied, warned } = judged(aLarge('500'));
    expect([allowed, rules(denied)]).toEqual([false, ['autoscaling/max-scale']]);
    expect(rules(warned)).toContain('serving/probes');
  });

  it('lets a value stand on UPDATE that the old object had, and says so', () => {
    const { allowed, warned } = judged(aLarge('500'), aLarge('500'));
    expect(allowed).toBe(true);
    expect(warned.find(({ rule }) => rule === 'autoscaling/max-scale')?.action).toBe('warn');
  });

  it('denies a value on UPDATE that is another wrong one', () => {
    expect(rules(judged(aLarge('600'), aLarge('500')).denied)).toEqual(['autoscaling/max-scale']);
  });

  it('knows a container by its name when another is put in front', () => {
    const withContainers = (...names: string[]): JsonObject => {
      const containers = names.map((name) => ({ name, image: `registry.example.com/${name}:latest` }));
      return { ...aService(), spec: { template: { spec: { containers } } } };
    };
    const { denied } = judged(withContainers('new', 'old'), withContainers('old'), aPolicy({ images: {} }));
    expect(denied.filter(({ rule }) => rule === 'images/tag').map(({ path }) => path)).toEqual([
      '/spec/template/spec/containers/0/image',
    ]);
  });

  it('only warns where the verdict hangs on objects that may come later', () => {
    const demanding = aPolicy({ actions: { 'network/policy-selects': 'deny' } });
    const { allowed, warned } = judged(aService(), undefined, demanding);
    expect(allowed).toBe(true);
    expect(rules(warned)).toContain('network/policy-selects');
  });

  it('denies a value that should have been filled in, with the word to try again', () => {
    const { denied } = judged(aService(), undefined, aPolicy({ autoscaling: { minScale: { default: 2 } } }));
    expect(denied).toMatchObject([
      {
        rule: 'defaults/not-applied',
        path: '/spec/template/metadata/annotations/autoscaling.knative.dev~1min-scale',
        message: expect.stringContaining('try again'),
      },
    ]);
  });

  it('only warns of it where the environment only warns', () => {
    const warning = aPolicy({ enforcement: 'warn', autoscaling: { minScale: { default: 2 } } });
    expect(judged(aService(), undefined, warning).allowed).toBe(true);
  });

  it('has nothing to say to a DELETE', () => {
    const request = {
      uid: '1',
      operation: 'DELETE',
      oldObject: aLarge('500'),
      namespace: 'shop',
      user: { name: '', groups: [] },
      isDryRun: false,
    } as const;
    expect(validate(request, contextWith(upTo20), catalogue)).toEqual(NOTHING_FOUND);
  });
});
