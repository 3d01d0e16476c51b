/** What rule tests are built from: small objects, small policies, and one rule judged alone. */

import { DEFAULT_SETTINGS } from '../../src/knative/settings.ts';
import type { JsonObject, JsonValue } from '../../src/kubernetes/json.ts';
import { knativeService } from '../../src/kubernetes/kinds.ts';
import type { AppliedDefault, Defaulter } from '../../src/policy/engine/default.ts';
import { inventoryOf } from '../../src/policy/engine/inventory.ts';
import { type Catalogue, type Finding, type JudgeContext, judge, type Verdict } from '../../src/policy/engine/judge.ts';
import type { EffectivePolicy } from '../../src/policy/engine/policy.ts';
import type { Rule } from '../../src/policy/engine/rule.ts';

export const NOW = new Date('2026-11-21T12:00:00Z');

export function aPolicy(sections: Partial<EffectivePolicy> = {}): EffectivePolicy {
  return {
    name: 'prod',
    enforcement: 'deny',
    knative: DEFAULT_SETTINGS,
    actions: {},
    custom: [],
    sources: new Map(),
    ...sections,
  };
}

interface ServiceParts {
  readonly name?: string;
  readonly namespace?: string;
  /** On the template; a key without a slash gets the prefix `autoscaling.knative.dev/`. */
  readonly annotations?: Readonly<Record<string, JsonValue>>;
  /** On the Service itself. */
  readonly metadata?: JsonObject;
  readonly labels?: JsonObject;
  /** Fields beside `containers`. */
  readonly podSpec?: JsonObject;
  /** Fields of the only container beside its image. */
  readonly container?: JsonObject;
  readonly image?: string;
  readonly traffic?: JsonValue;
}

/** A Knative Service that Knative accepts, unless the parts say otherwise. */
export function aService(parts: ServiceParts = {}): JsonObject {
  const annotations = Object.fromEntries(
    Object.entries(parts.annotations ?? {}).map(([key, value]) => [
      key.includes('/') ? key : `autoscaling.knative.dev/${key}`,
      value,
    ]),
  );
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name: parts.name ?? 'cart', namespace: parts.namespace ?? 'shop', ...parts.metadata },
    spec: {
      template: {
        metadata: { ...(parts.labels === undefined ? {} : { labels: parts.labels }), annotations },
        spec: {
          ...parts.podSpec,
          containers: [{ image: parts.image ?? 'registry.example.com/shop/cart:1.4.2', ...parts.container }],
        },
      },
      ...(parts.traffic === undefined ? {} : { traffic: parts.traffic }),
    },
  };
}

/** One about Services that always finds something wrong, unless the parts say otherwise. */
export function aRule(parts: Partial<Rule> = {}): Rule {
  return {
    id: 'serving/some',
    title: 'title',
    why: 'Why.',
    howToFix: 'How.',
    kinds: [knativeService],
    action: 'deny',
    examples: { bad: '', good: '' },
    judge: () => [{ path: '/spec', message: 'is wrong' }],
    ...parts,
  };
}

/** A catalogue of these alone, without Knative's defaulting. */
export function only(parts: { rules?: readonly Rule[]; defaulters?: readonly Defaulter[] }): Catalogue {
  return { rules: parts.rules ?? [], defaulters: parts.defaulters ?? [], knativeDefaults: (object) => object };
}

interface Surroundings extends Partial<Omit<JudgeContext, 'inventory'>> {
  /** Other objects in sight. */
  readonly beside?: readonly JsonObject[];
}

/** Judges the object by one rule alone. */
export function judgeBy(
  rule: Rule,
  object: JsonObject,
  policy: EffectivePolicy = aPolicy(),
  surroundings: Surroundings = {},
): readonly Finding[] {
  return verdictOf(only({ rules: [rule] }), object, policy, surroundings).findings;
}

export function verdictOf(
  catalogue: Catalogue,
  object: JsonObject,
  policy: EffectivePolicy = aPolicy(),
  { beside = [], ...rest }: Surroundings = {},
): Verdict {
  const context = { policy, exceptions: [], now: NOW, ...rest, inventory: inventoryOf([object, ...beside]) };
  const verdict = judge(object, context, catalogue);
  if (verdict.failures.length > 0) throw new Error(verdict.failures.join('\n'));
  return verdict;
}

/** What the defaulters fill in, by path. */
export function fillsOf(
  defaulters: readonly Defaulter[],
  object: JsonObject,
  policy: EffectivePolicy = aPolicy(),
  surroundings: Surroundings = {},
): Record<string, JsonValue> {
  const neverBroken: Rule = { ...NO_RULE, kinds: defaulters.flatMap((defaulter) => defaulter.kinds) };
  const { defaults } = verdictOf(only({ rules: [neverBroken], defaulters }), object, policy, surroundings);
  return Object.fromEntries(defaults.map(({ path, value }: AppliedDefault) => [path, value]));
}

const NO_RULE: Rule = {
  id: 'test/none',
  title: '',
  why: '',
  howToFix: '',
  kinds: [],
  action: 'audit',
  examples: { bad: '', good: '' },
  judge: () => [],
};

export function messages(findings: readonly Finding[]): string[] {
  return findings.map((finding) => finding.message);
}

export function paths(findings: readonly Finding[]): string[] {
  return findings.map((finding) => finding.path);
}
