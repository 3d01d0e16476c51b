/** Properties of the rules and defaults about images, network, security, rbac and exceptions, over broken manifests. */
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import jsonpatch from 'jsonpatch';
import { validate } from '../../../src/knative/serving/index.ts';
import { isObject, type JsonObject, type JsonValue } from '../../../src/kubernetes/json.ts';
import { readManifests } from '../../../src/kubernetes/yaml/read.ts';
import { catalogue } from '../../../src/policy/catalogue.ts';
import { imagesDefaults } from '../../../src/policy/defaults/images.ts';
import { networkDefaults } from '../../../src/policy/defaults/network.ts';
import { securityDefaults } from '../../../src/policy/defaults/security.ts';
import type { Catalogue } from '../../../src/policy/engine/judge.ts';
import { familyOf } from '../../../src/policy/engine/rule.ts';
import { loadPolicies } from '../../../src/policy/load/load.ts';
import { verdictOf } from '../builders.ts';
import { services } from '../services.ts';

const FAMILIES = new Set(['images', 'network', 'security', 'rbac', 'exceptions']);
const own: Catalogue = {
  rules: catalogue.rules.filter((rule) => FAMILIES.has(familyOf(rule.id))),
  defaulters: [...imagesDefaults, ...networkDefaults, ...securityDefaults],
  knativeDefaults: catalogue.knativeDefaults,
};

const { policies } = await loadPolicies(path.resolve(import.meta.dirname, '../../../policies'), 'policies');
const environment = fc.constantFrom(...policies.values());

/** What the examples of the rules show: every kind that they judge, right and wrong. */
const manifests: readonly JsonObject[] = own.rules.flatMap((rule) =>
  [rule.examples.bad, rule.examples.good].flatMap((text) =>
    readManifests(text, 'example.yaml').documents.map((document) => document.object),
  ),
);

const oddities: fc.Arbitrary<JsonValue> = fc.constantFrom<JsonValue[]>(
  null,
  '',
  '*',
  '$(X)',
  '://:@',
  '__proto__',
  0,
  -1,
  true,
  [],
  {},
  [null],
  [{}],
  ['x', 7],
  { name: null },
);

/** A manifest with another value, or none, at some of its places; the kind stays. */
const broken: fc.Arbitrary<JsonObject> = fc
  .tuple(fc.constantFrom(...manifests), fc.array(fc.tuple(fc.nat(), fc.option(oddities)), { maxLength: 3 }))
  .map(([manifest, breaks]) => breaks.reduce((object, [place, value]) => breakAt(object, place, value), manifest));

const world = fc.tuple(broken, fc.array(broken, { maxLength: 6 }), environment);
const RUNS = { numRuns: 400 };

describe('the rules and defaults of the platform', () => {
  it('survive any shape, and fill in the same once and twice', () => {
    fc.assert(
      fc.property(world, ([object, beside, policy]) => {
        const once = verdictOf(own, object, policy, { beside });
        expect(verdictOf(own, once.object, policy, { beside }).defaults).toEqual([]);
      }),
      RUNS,
    );
  });

  it('have fixes that do away with what they are for', () => {
    fc.assert(
      fc.property(world, ([object, beside, policy]) => {
        for (const { rule, path: place, message, fix } of verdictOf(own, object, policy, { beside }).findings) {
          if (fix === undefined || fix.some((operation) => operation.path === '')) continue;
          const fixed: unknown = jsonpatch.apply_patch(structuredClone(object), structuredClone([...fix]));
          const after = isObject(fixed) ? verdictOf(own, fixed, policy, { beside }).findings : [];
          expect(after).not.toContainEqual(expect.objectContaining({ rule, path: place, message }));
        }
      }),
      RUNS,
    );
  });

  it('never make Knative refuse what it accepts', () => {
    const features = fc.constantFrom<Record<string, string>>(
      {},
      { 'secure-pod-defaults': 'enabled' },
      { 'secure-pod-defaults': 'AllowRootBounded' },
      { 'kubernetes.containerspec-addcapabilities': 'enabled' },
    );
    const container = fc.record(
      {
        ports: fc.constantFrom([{ containerPort: 80 }], [{ containerPort: 8080 }]),
        securityContext: fc.constantFrom<JsonValue[]>(
          null,
          {},
          { runAsUser: 0 },
          { capabilities: { drop: ['NET_RAW'] } },
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(services, container, features, environment, (service, fields, enabled, policy) => {
        const knative = { ...policy.knative, features: enabled };
        const object = withContainer(service, fields);
        fc.pre(validate(object, knative).length === 0);
        expect(validate(verdictOf(own, object, { ...policy, knative }).object, knative)).toEqual([]);
      }),
      RUNS,
    );
  });

  it('never tell a secret', () => {
    const secret = 'hunter2correcthorse';
    const service = withContainer(manifests[0] ?? {}, {
      env: [
        { name: 'DB_PASSWORD', value: secret },
        { name: 'DATABASE_URL', value: `postgres://a:${secret}@db` },
        { name: 'DB', value: `Server=db;Password=${secret}` },
      ],
      args: [`--token=${secret}`, '--api-key', secret, `https://a:${secret}@git.example.com`],
    });
    for (const policy of policies.values()) {
      const { findings } = verdictOf(own, service, policy);
      expect(findings.filter((finding) => familyOf(finding.rule) === 'security')).toHaveLength(6);
      expect(JSON.stringify(findings)).not.toContain(secret);
    }
  });
});

/** The Service with these fields in its first container. */
function withContainer(service: JsonObject, fields: object): JsonObject {
  const copy = JSON.parse(JSON.stringify(service));
  Object.assign(copy.spec.template.spec.containers[0], fields);
  return copy;
}

function breakAt(object: JsonObject, seed: number, value: JsonValue | null): JsonObject {
  const copy = JSON.parse(JSON.stringify(object));
  const places: [Record<string, unknown>, string][] = [];
  const walk = (node: unknown) => {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, inner] of Object.entries(node)) {
      if (key !== 'kind' && key !== 'apiVersion') places.push([node as Record<string, unknown>, key]);
      walk(inner);
    }
  };
  walk(copy);
  const place = places[seed % Math.max(places.length, 1)];
  if (place === undefined) return copy;
  const [holder, key] = place;
  if (value === null && !Array.isArray(holder)) delete holder[key];
  else holder[key] = JSON.parse(JSON.stringify(value));
  return copy;
}
