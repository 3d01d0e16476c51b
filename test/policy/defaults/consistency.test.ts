import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { validate } from '../../../src/knative/serving/index.ts';
import { type JsonObject, objectAt } from '../../../src/kubernetes/json.ts';
import { resolve } from '../../../src/kubernetes/pointer.ts';
import { catalogue } from '../../../src/policy/catalogue.ts';
import { autoscalingDefaults } from '../../../src/policy/defaults/autoscaling.ts';
import { resourcesDefaults } from '../../../src/policy/defaults/resources.ts';
import { servingDefaults } from '../../../src/policy/defaults/serving.ts';
import { applyEdits } from '../../../src/policy/engine/edit.ts';
import { EMPTY_INVENTORY } from '../../../src/policy/engine/inventory.ts';
import type { Catalogue, Finding } from '../../../src/policy/engine/judge.ts';
import type { EffectivePolicy } from '../../../src/policy/engine/policy.ts';
import { familyOf } from '../../../src/policy/engine/rule.ts';
import { loadPolicies } from '../../../src/policy/load/load.ts';
import { render } from '../../../src/policy/render/render.ts';
import { autoscalingRules } from '../../../src/policy/rules/autoscaling/index.ts';
import { knativeRules } from '../../../src/policy/rules/knative/index.ts';
import { resourcesRules } from '../../../src/policy/rules/resources/index.ts';
import { servingRules } from '../../../src/policy/rules/serving/index.ts';
import { NOW, verdictOf } from '../builders.ts';
import { brokenServices, services } from '../services.ts';

const { policies } = await loadPolicies(path.resolve(import.meta.dirname, '../../../policies'), 'policies');
const environments = [...policies.values()];
const environment = fc.constantFrom(...environments);

/** The families that this is about, so that a mistake in another shows elsewhere. */
const own: Catalogue = {
  rules: [...knativeRules, ...autoscalingRules, ...resourcesRules, ...servingRules],
  defaulters: [...autoscalingDefaults, ...resourcesDefaults, ...servingDefaults],
  knativeDefaults: catalogue.knativeDefaults,
};
const RUNS = { numRuns: 200 };

describe('the shipped policies', () => {
  it('are four environments', () => {
    expect(environments.map((policy) => policy.name).sort()).toEqual(['dev', 'edge', 'prod', 'staging']);
  });

  it.each(environments.map((policy) => [policy.name, policy] as const))(
    '%s accepts a Service that names an allowed, tagged image and nothing else',
    (_, policy) => {
      const minimal = {
        apiVersion: 'serving.knative.dev/v1',
        kind: 'Service',
        metadata: { name: 'cart' },
        spec: { template: { spec: { containers: [{ image: 'registry.example.com/shop/cart:1.4.2' }] } } },
      };
      const { findings } = verdictOf(catalogue, minimal, policy);
      expect(findings.filter((finding) => finding.action === 'deny')).toEqual([]);
      // What a policy decides it fills in. Serving may warn of what nobody but the author knows, such as a probe.
      const decided = findings.filter((finding) => isOwn(finding) && familyOf(finding.rule) !== 'serving');
      expect(decided.map((finding) => finding.rule)).toEqual([]);
    },
  );
});

describe('defaults', () => {
  it('are the same once and twice', () => {
    fc.assert(
      fc.property(services, environment, (service, policy) => {
        const once = verdictOf(own, service, policy).object;
        expect(verdictOf(own, once, policy).defaults).toEqual([]);
      }),
      RUNS,
    );
  });

  it('never change what the author wrote', () => {
    fc.assert(
      fc.property(brokenServices, environment, (service, policy) => {
        const { object } = verdictOf(own, service, policy);
        expectWithin(service, object);
      }),
      RUNS,
    );
  });

  it('never make Knative refuse what it accepts', () => {
    fc.assert(
      fc.property(services, environment, (service, policy) => {
        fc.pre(validate(service, policy.knative).length === 0);
        expect(validate(verdictOf(own, service, policy).object, policy.knative)).toEqual([]);
      }),
      RUNS,
    );
  });

  it('break no bound that the author kept', () => {
    fc.assert(
      fc.property(services, environment, (service, policy) => {
        const kept = withoutMistakes(service, policy);
        const before = new Set(verdictOf({ ...own, defaulters: [] }, kept, policy).findings.map(saidBy));
        const after = verdictOf(own, kept, policy).findings.filter((finding) => isBound(finding, kept));
        expect(after.map(saidBy).filter((said) => !before.has(said))).toEqual([]);
      }),
      RUNS,
    );
  });
});

describe('fixes', () => {
  it('mend all that they are about, and bring nothing that Knative refuses', () => {
    fc.assert(
      fc.property(services, environment, (service, policy) => {
        const fixed = rendered(service, policy);
        const { findings } = verdictOf(own, fixed, policy);
        expect(findings.filter((finding) => (finding.fix?.length ?? 0) > 0)).toEqual([]);

        const refusedBefore = validate(service, policy.knative).length > 0;
        if (!refusedBefore) expect(validate(fixed, policy.knative)).toEqual([]);
      }),
      RUNS,
    );
  });
});

describe('rules', () => {
  it('survive any shape', () => {
    fc.assert(
      fc.property(brokenServices, environment, (service, policy) => {
        // verdictOf throws where a rule fails.
        verdictOf(own, service, policy);
        rendered(service, policy);
      }),
      RUNS,
    );
  });
});

function rendered(service: JsonObject, policy: EffectivePolicy): JsonObject {
  const context = { policy, inventory: EMPTY_INVENTORY, exceptions: [], now: NOW };
  return render(service, context, own, { fix: true, knative: false }).object ?? {};
}

function isOwn(finding: Finding): boolean {
  return own.rules.some((rule) => rule.id === finding.rule);
}

/** The service without each value of the author's about which there is a finding before any default. */
function withoutMistakes(service: JsonObject, policy: EffectivePolicy): JsonObject {
  let current = service;
  for (let round = 0; round < 50; round++) {
    const { findings } = verdictOf({ ...own, defaulters: [] }, current, policy);
    const mistake = findings.find((finding) => isJudged(finding) && resolve(current, finding.path) !== undefined);
    if (mistake === undefined) return current;
    current = applyEdits(current, [{ remove: mistake.path }]);
  }
  return current;
}

/** A container that lacks something is no mistake before the defaults, nor is a sum that max-scale is yet to bound. */
function isJudged(finding: Finding): boolean {
  return (
    isFamily(finding, 'knative', 'autoscaling', 'resources') &&
    finding.rule !== 'resources/budget' &&
    !finding.message.includes(' has no ')
  );
}

function saidBy(finding: Finding): string {
  return `${finding.rule} ${finding.path}: ${finding.message}`;
}

function isFamily(finding: Finding, ...families: readonly string[]): boolean {
  return families.includes(familyOf(finding.rule));
}

/** What a default could break: a product of two values of the author's own is not that. */
function isBound(finding: Finding, service: JsonObject): boolean {
  if (!isFamily(finding, 'knative', 'autoscaling', 'resources')) return false;
  return !(finding.rule === 'resources/budget' && isScaleWritten(service));
}

function isScaleWritten(service: JsonObject): boolean {
  const annotations = objectAt(service, 'spec', 'template', 'metadata', 'annotations') ?? {};
  return Object.keys(annotations).some((key) => /\/(min|max|activation)-?scale/i.test(key));
}

function expectWithin(before: unknown, after: unknown): void {
  if (Array.isArray(before)) {
    for (const [index, item] of before.entries()) expectWithin(item, Array.isArray(after) ? after[index] : undefined);
  } else if (typeof before === 'object' && before !== null) {
    for (const [key, item] of Object.entries(before)) {
      expectWithin(item, typeof after === 'object' && after !== null ? Reflect.get(after, key) : undefined);
    }
  } else if (before !== null) {
    expect(after).toEqual(before);
  }
}
