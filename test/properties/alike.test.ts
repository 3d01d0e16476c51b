/** What is remembered of one object, and said of another that is alike, is what would be said of that one by itself. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isArray, isObject, type JsonObject, type JsonValue } from '../../src/kubernetes/json.ts';
import { configuration, keyOf, knativeService } from '../../src/kubernetes/kinds.ts';
import { readManifests } from '../../src/kubernetes/yaml/read.ts';
import { catalogue } from '../../src/policy/catalogue.ts';
import { judge } from '../../src/policy/engine/judge.ts';
import type { EffectivePolicy } from '../../src/policy/engine/policy.ts';
import { contextOf, ENVIRONMENTS, policyOf } from './judging.ts';
import { mutatedFrom, worldsOf } from './mutations.ts';
import { objects } from './objects.ts';

const TEXTS = ['other', 'z9', 'api', 'a'.repeat(63), 'a'.repeat(64), 'No_Name', ''];
const IMAGES = [
  'registry.example.com/shop/other:2.0.0',
  'registry.example.com/shop/other:latest',
  'nginx',
  'Bad Image:!',
  `ghcr.io/knative/x@sha256:${'b'.repeat(64)}`,
  '',
];
const VALUES = [
  'info',
  '',
  'postgres://a:correct-horse@db/x',
  'http://broker-ingress.knative-eventing.svc/shop/default',
];

interface Other {
  readonly name: string;
  readonly namespace: string;
  readonly label: string;
  readonly image: string;
  readonly value: string;
}

const others: fc.Arbitrary<Other> = fc.record({
  name: fc.constantFrom(...TEXTS),
  namespace: fc.constantFrom(...TEXTS),
  label: fc.constantFrom(...TEXTS),
  image: fc.constantFrom(...IMAGES),
  value: fc.constantFrom(...VALUES),
});

/** The object with every text replaced that rules about settings are not to look at, well formed or not. */
function renamed(value: JsonValue | undefined, other: Other, way = ''): JsonValue | undefined {
  if (isArray(value)) return value.map((item) => renamed(item, other, `${way}/*`) ?? null);
  if (isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, renamed(item, other, `${way}/${key}`)]));
  }
  if (typeof value !== 'string') return value;
  if (way === '/metadata/name' || way === '/metadata/uid') return other.name;
  if (way.startsWith('/status/')) return other.value;
  if (way === '/metadata/namespace') return other.namespace;
  if (LABEL.test(way)) return other.label;
  if (way === '/spec/template/spec/containers/*/image') return other.image;
  if (REFERENCE.test(way)) return other.label;
  if (way === '/spec/template/spec/containers/*/env/*/name') return `${other.label}${value.length % 3}`;
  return OF_VARIABLES.test(way) ? other.value : value;
}

const REFERENCE = /^\/spec\/template\/spec\/containers\/\*\/env\/\*\/valueFrom\/[a-zA-Z]+\/(name|key)$/;
const OF_VARIABLES = /^\/spec\/template\/spec\/containers\/\*\/(env\/\*\/value|args\/\*|command\/\*)$/;
const LABEL = /^(\/spec\/template)?\/metadata\/labels\/.*$/;

/** One for the name of each container made of what names the object, as config-defaults may say. */
function naming(policy: EffectivePolicy): EffectivePolicy {
  const defaults = { 'container-name-template': '{{.Name}}-{{.Namespace}}-{{.Labels.app}}' };
  return { ...policy, knative: { ...policy.knative, defaults } };
}

const policies = ENVIRONMENTS.flatMap((environment) => [policyOf(environment), naming(policyOf(environment))]);
const services = objects.filter((object) => [knativeService.key, configuration.key].includes(keyOf(object)));
const secrets: JsonObject = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: 'default', namespace: 'shop' },
  imagePullSecrets: [{ name: 'own' }, { name: 'own' }],
};

/** A catalogue of its own remembers nothing yet. */
function expectSameVerdict(
  policy: EffectivePolicy,
  object: JsonObject,
  beside: readonly JsonObject[],
  old?: JsonObject,
): void {
  const context = { ...contextOf(policy, object, beside), ...(old === undefined ? {} : { old }) };
  const { likeness: _, object: filled, ...told } = judge(object, context, catalogue);
  const { likeness: _own, object: filledAlone, ...toldAlone } = judge(object, context, { ...catalogue });
  expect(told).toEqual(toldAlone);
  expect(filled).toEqual(filledAlone);
}

function twinsOf(object: JsonObject, twins: readonly Other[]): JsonObject[] {
  return [object, ...twins.map((twin) => renamed(object, twin)).filter(isObject)];
}

const TWIN: Other = { name: 'other', namespace: 'z9', label: 'b', image: 'nginx', value: 'info' };
const TWINS: readonly Other[] = [
  TWIN,
  { ...TWIN, name: 'api', label: '', image: 'registry.example.com/shop/api:2.0.0' },
];
const examples = catalogue.rules.filter(({ looksAt }) => looksAt !== undefined).map((rule) => [rule.id, rule] as const);

describe('objects that are alike', () => {
  it('are told what each would be told by itself', () => {
    const judged = worldsOf(mutatedFrom(services, 2));
    const several = fc.array(others, { minLength: 2, maxLength: 3 });
    fc.assert(
      fc.property(judged, several, fc.constantFrom(...policies), ({ object, beside }, twins, policy) => {
        for (const twin of twinsOf(object, twins)) {
          expectSameVerdict(policy, twin, beside);
          expectSameVerdict(policy, twin, [...beside, secrets]);
          expectSameVerdict(policy, twin, beside, object);
        }
      }),
      { numRuns: 400 },
    );
  });

  it.each(examples)('are told so by the examples of %s', (_, { examples: { bad, good, environment } }) => {
    for (const text of [bad, good]) {
      for (const { object } of readManifests(text, 'example.yaml').documents) {
        const policy = policyOf(environment ?? 'prod');
        for (const twin of twinsOf(object, TWINS)) {
          expectSameVerdict(policy, twin, []);
          expectSameVerdict(policy, twin, [], object);
          expectSameVerdict(policy, object, [], twin);
        }
      }
    }
  });
});
