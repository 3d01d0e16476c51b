/** What rules look up is what the webhook follows: a rule that asks for another kind has to say so here or there. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import * as references from '../../../src/knative/eventing/references.ts';
import { isObject, type JsonObject, objectAt } from '../../../src/kubernetes/json.ts';
import { everything, identity } from '../../../src/kubernetes/keep.ts';
import * as kinds from '../../../src/kubernetes/kinds.ts';
import { type Inventory, inventoryOf } from '../../../src/policy/engine/inventory.ts';
import type { EffectivePolicy } from '../../../src/policy/engine/policy.ts';
import { Subject } from '../../../src/policy/engine/subject.ts';
import { loadPolicies } from '../../../src/policy/load/load.ts';
import { FOLLOWED, LEFT_OUT } from '../../../webhooks/cluster/kinds.ts';
import { examples, judging } from './examples.ts';

const RULES = path.resolve('src/policy');
const followed = new Map(FOLLOWED.map((each) => [each.kind.key, each]));
const expected = new Set([...followed.keys(), ...Object.keys(LEFT_OUT)]);
const NOW = new Date('2026-11-21T12:00:00Z');

/** Kinds that a rule takes from the object itself: any kind at all, found or not. */
const TAKEN_FROM_OBJECTS = new Set([
  'rules/eventing/inSight.ts: kind',
  'rules/eventing/subscriber.ts: kindOf(reference)',
]);

describe('the kinds that are followed', () => {
  it('are each there once, and none of them is left out as well', () => {
    expect(followed.size).toBe(FOLLOWED.length);
    expect(Object.keys(LEFT_OUT).filter((key) => followed.has(key))).toEqual([]);
  });

  it('are never Secrets and never ConfigMaps', () => {
    expect(
      [...followed.keys()].filter((key) => key === 'Secret' || key === 'ConfigMap' || key.endsWith('Secret')),
    ).toEqual([]);
  });
});

describe('what rules look up', () => {
  it('is followed or left out on purpose, as the source names it', () => {
    const unnamed: string[] = [];
    const asked = new Set<string>();
    for (const { file, argument } of lookups()) {
      const kind = kindCalled(argument);
      if (kind !== undefined) asked.add(kind.key);
      else if (!TAKEN_FROM_OBJECTS.has(`${file}: ${argument}`) && !LISTED.has(`${file}: ${argument}`))
        unnamed.push(`${file}: ${argument}`);
    }
    expect(asked.size).toBeGreaterThan(15);
    expect([...asked].filter((key) => !expected.has(key))).toEqual([]);
    // a new one: follow what it can be, and say here that it is looked after
    expect(unnamed).toEqual([]);
  });

  it('is followed or left out on purpose, as the examples of all rules make them ask', async () => {
    const set = await loadPolicies(path.resolve('policies'));
    const asked = new Set<string>();
    for (const name of ['dev', 'staging', 'prod']) {
      const policy = set.policies.get(name);
      if (policy === undefined) throw new Error(`no policy ${name}`);
      for (const { objects } of examples) ask(objects, policy, asked);
    }
    expect(asked.size).toBeGreaterThan(25);
    expect([...asked].filter((key) => !expected.has(key)).sort()).toEqual([]);
  });

  it('is remembered by no rule for as long as the inventory lives, which is for ever, but what is not told at the API', () => {
    const found = sources().filter(({ text }) => /WeakMap<Inventory/.test(text));
    expect(found.map(({ file }) => file)).toEqual(['rules/images/pullSecretMissing.ts']);
  });
});

describe('what is kept of an object', () => {
  it('is what rules read: they find the same as among whole objects', async () => {
    const policies = await shipped('prod', 'dev');
    let count = 0;
    for (const [policy, { name, objects }] of policies.flatMap((each) => examples.map((one) => [each, one] as const))) {
      const seen = objects.filter((object) => followed.has(kinds.keyOf(object)));
      const kept = seen.map((object) => followed.get(kinds.keyOf(object))?.keep(lived(object)) ?? object);
      const found = findings(objects, policy, inventoryOf(seen));
      expect({ name, found: findings(objects, policy, inventoryOf(kept)) }).toEqual({ name, found });
      count += found.length;
    }
    expect(count).toBeGreaterThan(200);
  });

  it('is no more than rules read: each kind of which more than its identity is kept makes a difference', async () => {
    // dev, since only there a namespace may go without guard rails
    const policies = await shipped('prod', 'dev');
    const inVain: string[] = [];
    for (const { kind, keep } of FOLLOWED) {
      if (keep === identity || keep === everything) continue;
      const told = examples.some(({ objects }) => {
        if (!objects.some((object) => kinds.keyOf(object) === kind.key)) return false;
        const thin = objects.map((object) => (kinds.keyOf(object) === kind.key ? identity(object) : object));
        return policies.some((policy) => {
          const found = findings(objects, policy, inventoryOf(objects));
          return findings(objects, policy, inventoryOf(thin)).join('\n') !== found.join('\n');
        });
      });
      if (!told) inVain.push(kind.key);
    }
    expect(inVain).toEqual([]);
  });
});

async function shipped(...names: readonly string[]): Promise<EffectivePolicy[]> {
  const { policies } = await loadPolicies(path.resolve('policies'));
  return names.map((name) => {
    const policy = policies.get(name);
    if (policy === undefined) throw new Error(`no policy ${name}`);
    return policy;
  });
}

/** Rules that go through a list of kinds: which list, so that whoever changes the rule looks at it. */
const LISTED = new Map([
  ['rules/rbac/reserved.ts: kind', 'roleBinding, clusterRoleBinding'],
  ['rules/deletion/needs.ts: kind', 'referringKinds, domainMapping'],
  ['rules/deletion/namespaceInUse.ts: kind', 'TELLING'],
  ['rules/network/deadSelector.ts: kind', 'workloads'],
  ['rules/exceptions/unknownObject.ts: kind', 'the kinds of the rules, each asked with knows first'],
  ['rules/images/pullSecretMissing.ts: kind', 'FILLED_KINDS'],
  ['rules/keda/twoAutoscalers.ts: kind', 'horizontalPodAutoscaler, scaledObject'],
  ['rules/eventing/subscriber.ts: kind', 'ADDRESSABLE'],
]);

function sources(): { file: string; text: string }[] {
  return readdirSync(RULES, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => ({ file: file.split(path.sep).join('/'), text: readFileSync(path.join(RULES, file), 'utf8') }));
}

/** The first argument of each `inventory.all(…)`, `.inNamespace(…)` and `.find(…)`. */
function lookups(): { file: string; argument: string }[] {
  return sources().flatMap(({ file, text }) =>
    [...text.matchAll(/\binventory\s*\.(?:all|inNamespace|find)\(\s*(\w+(?:\([^()]*\))?)/g)].map(
      ([, argument = '']) => ({
        file,
        argument,
      }),
    ),
  );
}

/** The kind that a name of kinds.ts stands for; local names for what they are imported from. */
function kindCalled(name: string): kinds.Kind | undefined {
  const known: Readonly<Record<string, unknown>> = {
    ...kinds,
    ...references,
    namespaceKind: kinds.namespace,
    sealedSecret: kinds.defineKind('bitnami.com', 'SealedSecret'),
    externalSecret: kinds.defineKind('external-secrets.io', 'ExternalSecret'),
  };
  const value = known[name];
  return isKind(value) ? value : undefined;
}

function isKind(value: unknown): value is kinds.Kind {
  return typeof value === 'object' && value !== null && 'group' in value && 'kind' in value && 'key' in value;
}

function ask(objects: readonly JsonObject[], policy: EffectivePolicy, asked: Set<string>): void {
  const whole = inventoryOf(objects);
  const heard = (kind: kinds.Kind): kinds.Kind => {
    if (!isReferredTo(kind, objects)) asked.add(kind.key);
    return kind;
  };
  findings(objects, policy, {
    all: (kind) => whole.all(heard(kind)),
    inNamespace: (kind, namespace) => whole.inNamespace(heard(kind), namespace),
    find: (kind, namespace, name) => whole.find(heard(kind), namespace, name),
    // as in a cluster: what nobody follows is not known
    knows: (kind) => followed.has(kind.key),
  });
}

/** True where an object itself names the kind, as a reference does, and no rule: it may name any. */
function isReferredTo(kind: kinds.Kind, objects: readonly JsonObject[]): boolean {
  if (expected.has(kind.key)) return false;
  const text = JSON.stringify(objects);
  return text.includes(`"kind":"${kind.kind}"`) && !objects.some((object) => kinds.keyOf(object) === kind.key);
}

function findings(objects: readonly JsonObject[], policy: EffectivePolicy, inventory: Inventory): string[] {
  const found: string[] = [];
  const user = { name: 'jane', groups: ['system:authenticated'] };
  for (const object of objects) {
    const subject = new Subject(object);
    for (const rule of judging) {
      if (rule.judgesOtherKinds !== true && !rule.kinds.some(({ key }) => key === subject.key)) continue;
      for (const { path: place, message } of rule.judge(subject, { policy, inventory, now: NOW, user })) {
        found.push(`${rule.id} ${place} ${message}`);
      }
    }
  }
  return found;
}

/** As the API server gives it back: with what it, kubectl and controllers wrote. */
function lived(object: JsonObject): JsonObject {
  const metadata = objectAt(object, 'metadata') ?? {};
  const annotations = objectAt(metadata, 'annotations');
  const lastApplied = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(object) };
  const written = { uid: 'a-b-c', resourceVersion: '4711', generation: 3, creationTimestamp: '2026-01-01T00:00:00Z' };
  return {
    ...object,
    metadata: { ...metadata, ...written, annotations: { ...annotations, ...lastApplied } },
    status: isObject(object.status) ? object.status : { conditions: [{ type: 'Ready', status: 'True' }] },
  };
}
