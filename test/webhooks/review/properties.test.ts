/** What holds of every admission, whatever the object is. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { contextFor } from '../../../src/cli/check/context.ts';
import { isArray, isObject, type JsonObject, type JsonValue } from '../../../src/kubernetes/json.ts';
import { keyOf, namespace } from '../../../src/kubernetes/kinds.ts';
import { referenceTo } from '../../../src/kubernetes/object.ts';
import { resolve } from '../../../src/kubernetes/pointer.ts';
import { catalogue } from '../../../src/policy/catalogue.ts';
import { applyEdits } from '../../../src/policy/engine/edit.ts';
import { inventoryOf } from '../../../src/policy/engine/inventory.ts';
import { defaultsOf, type Finding, judge } from '../../../src/policy/engine/judge.ts';
import type { EffectivePolicy } from '../../../src/policy/engine/policy.ts';
import { fillablePlace } from '../../../webhooks/review/places.ts';
import { DEFAULTS_PATH, readRemembered, withoutRemembered } from '../../../webhooks/review/remembered.ts';
import { aPolicy, NOW } from '../../policy/builders.ts';
import { services } from '../../policy/services.ts';
import { ENVIRONMENTS, policyOf } from '../../properties/judging.ts';
import { type World, worlds } from '../../properties/mutations.ts';
import { IMAGE } from '../../properties/objects.ts';
import { mutated, patchOf, reviewed } from './builders.ts';

const RUNS = { numRuns: 150 };

/** Fills in all that a policy can. */
const generous = aPolicy({
  name: 'generous',
  autoscaling: {
    minScale: { default: 1 },
    maxScale: { default: 9 },
    initialScale: { default: 2 },
    activationScale: { default: 3 },
    target: { default: 40 },
    rpsTarget: { default: 70 },
    targetUtilization: { default: 60 },
    targetBurstCapacity: { default: 100 },
    containerConcurrency: { default: 80 },
    window: { default: '90s' },
    scaleDownDelay: { default: '45s' },
    podRetention: { default: '30s' },
    panicWindowPercentage: { default: 20 },
    panicThresholdPercentage: { default: 300 },
  },
  resources: {
    requests: { cpu: { default: '110m' }, memory: { default: '130Mi' } },
    limits: { cpu: { default: '2' }, memory: { default: '1Gi' } },
  },
  images: { pullSecrets: [{ registry: 'registry.example.com', secret: 'puller' }] },
  serving: {
    timeoutSeconds: { default: 200 },
    responseStartTimeoutSeconds: { default: 100 },
    idleTimeoutSeconds: { default: 90 },
    rolloutDuration: { default: '2m' },
  },
  network: { visibility: { default: 'cluster-local' } },
  security: {
    runAsNonRoot: { default: true },
    allowPrivilegeEscalation: { default: false },
    capabilities: { drop: { default: ['ALL'] }, add: { allowed: ['NET_BIND_SERVICE'] } },
    seccompProfile: { default: 'RuntimeDefault' },
  },
  eventing: {
    delivery: {
      retry: { default: 6 },
      backoffPolicy: { default: 'linear' },
      backoffDelay: { default: 'PT2S' },
      timeout: { default: 'PT20S' },
      deadLetterSink: { default: { ref: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'dead' } } },
    },
  },
  keda: {
    pollingInterval: { default: 11 },
    cooldownPeriod: { default: 60 },
    minReplicaCount: { default: 1 },
    maxReplicaCount: { default: 12 },
  },
});

/** By name, so that a counterexample can be read. */
const policies = fc.constantFrom(...ENVIRONMENTS, 'generous');
const named = (name: string): EffectivePolicy => (name === 'generous' ? generous : policyOf(name));

/** Settings of the cluster in sight are laid over a policy by the server, and not by a review. */
const admissible: fc.Arbitrary<World> = worlds.map(({ object, beside }) => ({
  object: withoutPrototypeKeys(object),
  beside: beside.filter((other) => isObject(other) && other.kind !== 'ConfigMap' && !isSame(other, object)),
}));

/** In a cluster nothing is there twice. */
function isSame(left: JsonObject, right: JsonObject): boolean {
  return left.kind === right.kind && referenceTo(left).name === referenceTo(right).name;
}

function always(property: (world: World, policy: EffectivePolicy) => void): void {
  fc.assert(
    fc.property(admissible, policies, (world, policy) => property(world, named(policy))),
    RUNS,
  );
}

/** The library that stands in for the API server loses a key `__proto__`. */
function withoutPrototypeKeys(object: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(object, (_, value: unknown) => (isObject(value) ? own(value) : value)));
}

function own(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== '__proto__'));
}

const namespaceOf = (object: JsonObject) => {
  const namespace = isObject(object.metadata) ? object.metadata.namespace : undefined;
  return typeof namespace === 'string' ? namespace : '';
};
const asked = (object: JsonObject, oldObject?: JsonObject) => ({
  object,
  namespace: namespaceOf(object),
  ...(oldObject === undefined ? {} : { oldObject }),
  user: { name: 'admin', groups: ['system:masters'] },
});
const told = (findings: readonly { rule: string; path: string; message: string }[]) =>
  findings.map(({ rule, path, message }) => `${rule} at ${path}: ${message}`).sort();

/** What only check and audit judge: admission reads no Secret but its own, and cannot know whence one comes. */
const UNSEEN = new Set(['images/pull-secret-missing', 'security/secret-in-git']);

/** At the API an exception may come before its object: there only what looks like a slip is told, which has a suggestion. */
function isSeen({ rule, message }: Finding): boolean {
  if (rule === 'exceptions/unknown-object') return message.includes('; did you mean ');
  return !UNSEEN.has(rule);
}

const places = (findings: readonly Finding[]) => findings.map(({ rule, path }) => `${rule} at ${path}`).sort();

/** The API server lets no object through whose annotations are anything else. */
function hasAnnotations({ metadata }: JsonObject): boolean {
  return isObject(metadata) && (metadata.annotations === undefined || isObject(metadata.annotations));
}

describe('mutate', () => {
  it('once is mutate twice, on a new object and on a changed one', () => {
    fc.assert(
      fc.property(admissible, admissible, policies, ({ object, beside }, { object: before }, name) => {
        const policy = named(name);
        const once = mutated(asked(object), policy, { beside });
        expect(patchOf(asked(once), policy, { beside })).toEqual([]);

        const changed = mutated(asked(object, before), policy, { beside });
        expect(patchOf(asked(changed, before), policy, { beside })).toEqual([]);
      }),
      RUNS,
    );
  });

  it('adds what was absent, and changes nothing else of a new object', () => {
    always(({ object, beside }, policy) => {
      for (const { op, path } of patchOf(asked(object), policy, { beside })) {
        expect(path === DEFAULTS_PATH ? 'add' : op).toBe('add');
      }
      expectWithin(object, mutated(asked(object), policy, { beside }));
    });
  });

  it('gives the old values back where the author changed nothing, across a change of policy', () => {
    fc.assert(
      fc.property(admissible, policies, policies, ({ object, beside }, then, today) => {
        fc.pre(hasAnnotations(object));
        const stored = mutated(asked(object), named(then), { beside });
        expect(patchOf(asked(stored, stored), named(today), { beside })).toEqual([]);
        // a client that sends its own manifest again, as kubectl replace does
        const again = mutated(asked(object, stored), named(today), { beside });
        expect(again.spec).toEqual(stored.spec);
      }),
      RUNS,
    );
  });

  it('never replaces what the author wrote, across updates and policies', () => {
    fc.assert(
      fc.property(services, services, policies, policies, (first, second, then, today) => {
        const stored = catalogue.knativeDefaults(mutated(asked(first), named(then)), named(then));
        expectWithin(unlikeRemembered(second, stored), mutated(asked(second, stored), named(today)));
      }),
      RUNS,
    );
  });

  it('writes only where it says that it may', () => {
    always(({ object, beside }, policy) => {
      const context = { policy, inventory: inventoryOf(beside), now: NOW };
      for (const { path } of defaultsOf(object, context, { ...catalogue })) {
        expect(fillablePlace(path)).toBe(path);
      }
    });
  });
});

describe('validate', () => {
  it('says of a new object what weir check says of the file, once mutate and Knative have been there', () => {
    always(({ object, beside }, policy) => {
      const checked = judge(object, contextFor(policy, [...beside, object], NOW), catalogue);
      // a Namespace gets its label there, for whose absence check is sorry; only with overlays/components/default-environment
      const filled = keyOf(object) === namespace.key ? object : mutated(asked(object), policy, { beside });
      const { facts, response } = reviewed('validate', asked(filled), policy, { beside });
      expect(told(facts.findings.filter(isSeen))).toEqual(told(checked.findings.filter(isSeen)));

      const needing = new Set(catalogue.rules.filter((rule) => rule.needsOthers).map(({ id }) => id));
      const denied = checked.findings.filter(({ action, rule }) => action === 'deny' && !needing.has(rule));
      expect(response.allowed).toBe(denied.length === 0);

      // a probe without a handler has one by then, so that a sentence may say it in another way
      const stored = catalogue.knativeDefaults(filled, policy);
      const after = reviewed('validate', asked(stored), policy, { beside });
      expect(after.response.allowed).toBe(response.allowed);
      expect(places(after.facts.findings.filter(isSeen))).toEqual(places(checked.findings.filter(isSeen)));
    });
  });

  it('never misses a default where mutate was', () => {
    fc.assert(
      fc.property(admissible, admissible, policies, policies, ({ object, beside }, { object: other }, then, today) => {
        fc.pre(hasAnnotations(object) && hasAnnotations(other));
        const stored = catalogue.knativeDefaults(mutated(asked(object), named(then), { beside }), named(then));
        for (const sent of [object, other, stored]) {
          const patched = catalogue.knativeDefaults(
            mutated(asked(sent, stored), named(today), { beside }),
            named(today),
          );
          const { facts } = reviewed('validate', asked(patched, stored), named(today), { beside });
          expect(facts.findings.filter(({ rule }) => rule === 'defaults/not-applied')).toEqual([]);
        }
      }),
      RUNS,
    );
  });

  it('denies nothing that changes nothing', () => {
    always(({ object, beside }, policy) => {
      expect(reviewed('validate', asked(object, object), policy, { beside }).response).toMatchObject({ allowed: true });
    });
  });

  it('gives a dry run the same verdict', () => {
    always(({ object, beside }, policy) => {
      const real = reviewed('validate', asked(object), policy, { beside });
      const dry = reviewed('validate', { ...asked(object), isDryRun: true }, policy, { beside });
      expect(dry.response).toEqual(real.response);
      expect([real.facts.isDryRun, dry.facts.isDryRun]).toEqual([false, true]);
    });
  });
});

describe('a forged annotation', () => {
  const claims = fc.dictionary(
    fc.constantFrom(
      '/spec/template/spec/containers/0/image',
      '/spec/template/spec/containers/0/resources/requests/cpu',
      '/spec/template/metadata/annotations/autoscaling.knative.dev~1min-scale',
      '/spec/template/spec/imagePullSecrets',
      '/metadata/finalizers',
      '/__proto__/polluted',
      '/constructor/prototype/polluted',
      '/spec/template/spec/containers/__proto__/resources/requests/cpu',
      '/spec/template/spec/containers/9999/resources/requests/cpu',
      '',
      '/',
      '-',
    ),
    fc.constantFrom<JsonValue[]>('200m', '2', '0', IMAGE, true, null, 7, [], {}, [{ name: 'x' }], [[[[[]]]]]),
  );

  it('changes nothing that its author wrote, pollutes nothing and points at nothing', () => {
    fc.assert(
      fc.property(services, services, claims, policies, (service, next, claim, name) => {
        const policy = named(name);
        const forged = applyEdits(service, [{ set: DEFAULTS_PATH, value: JSON.stringify(claim) }]);
        const stored = mutated(asked(forged), policy);
        expectWithin(service, stored);
        for (const [path, value] of readRemembered(stored)) {
          // what the author wrote is taken for the policy's only where that says the same
          const bare = mutated(asked(applyEdits(service, [{ remove: path }])), policy);
          expect(resolve(service, path) ?? resolve(bare, path)).toEqual(value);
          expect(resolve(bare, path)).toEqual(value);
        }

        const sent = applyEdits(next, [{ set: DEFAULTS_PATH, value: JSON.stringify(claim) }]);
        expectWithin(unlikeRemembered(next, forged), mutated(asked(sent, forged), policy));
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
      RUNS,
    );
  });
});

/** What an author writes just as it is remembered cannot be told from what Weir wrote. */
function unlikeRemembered(object: JsonObject, stored: JsonObject): JsonObject {
  return withoutRemembered(object, readRemembered(stored));
}

/** Every value of the one stands in the other, too. */
function expectWithin(before: unknown, after: unknown, at = ''): void {
  if (at === '/metadata/annotations/weir.dev/defaults') return;
  if (isArray(before)) {
    expect({ at, length: isArray(after) ? after.length : undefined }).toEqual({ at, length: before.length });
    for (const [index, item] of before.entries())
      expectWithin(item, isArray(after) ? after[index] : undefined, `${at}/${index}`);
  } else if (isObject(before)) {
    for (const key of Object.keys(before)) {
      expectWithin(before[key], isObject(after) && Object.hasOwn(after, key) ? after[key] : undefined, `${at}/${key}`);
    }
  } else if (before !== null) {
    expect({ at, value: after }).toEqual({ at, value: before });
  }
}
