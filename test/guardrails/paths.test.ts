/**
 * From the policies alone: every path that Knative needs is open, and an uninvited direct one is closed, for each shipped
 * environment and each gateway. That the proof can fail is proven, too: without any one rule, peer or port of a policy,
 * some path that Knative needs is closed, and without the policy that closes the rest an uninvited one is open.
 */
import { describe, expect, it } from '@jest/globals';
import { guardRailsOf } from '../../src/guardrails/guardRails.ts';
import { arrayAt, isObject, type JsonObject, type JsonValue } from '../../src/kubernetes/json.ts';
import { nameOf } from '../../src/kubernetes/object.ts';
import type { EffectivePolicy } from '../../src/policy/engine/policy.ts';
import { loadPolicies } from '../../src/policy/load/load.ts';
import { GATEWAYS, type GatewayCase, needed, type Path, uninvitedIn, uninvitedOut } from './paths.ts';
import { HOME, reaches } from './world.ts';

const { policies } = await loadPolicies('policies');
const ENVIRONMENTS = [...policies.keys()].sort();
/** Those whose egress is closed, too. */
const CLOSED_OUT = ['prod', 'staging'];

function policyFor(environment: string, gateway: GatewayCase): EffectivePolicy {
  const policy = policies.get(environment);
  if (policy === undefined) throw new Error(`no ${environment}`);
  return { ...policy, knative: { ...policy.knative, gateways: gateway.namespaces } };
}

function networkPolicies(environment: string, gateway: GatewayCase): JsonObject[] {
  return guardRailsOf({ metadata: { name: HOME } }, policyFor(environment, gateway))
    .objects.filter(({ section }) => section === 'networkPolicies')
    .map(({ object }) => object);
}

function open(objects: readonly JsonObject[], paths: readonly Path[]): string[] {
  return paths.filter(({ from, to, on }) => reaches(objects, from, to, on)).map(({ what }) => what);
}

function closed(objects: readonly JsonObject[], paths: readonly Path[]): string[] {
  return paths.filter(({ from, to, on }) => !reaches(objects, from, to, on)).map(({ what }) => what);
}

const CASES = ENVIRONMENTS.flatMap((environment) => GATEWAYS.map((gateway) => ({ environment, gateway })));

describe.each(CASES)('$environment behind $gateway.name', ({ environment, gateway }) => {
  const objects = networkPolicies(environment, gateway);
  const isClosedOut = CLOSED_OUT.includes(environment);

  it('leaves every path open that Knative needs', () => {
    expect(closed(objects, needed(gateway))).toEqual([]);
  });

  it('closes every direct path that nobody invited', () => {
    expect(open(objects, uninvitedIn(gateway))).toEqual([]);
  });

  it(isClosedOut ? 'lets nothing out that nobody named' : 'lets everything out', () => {
    const out = uninvitedOut(gateway);
    expect(open(objects, out)).toEqual(isClosedOut ? [] : out.map(({ what }) => what));
  });

  it('has nothing that could be left out', () => {
    for (const { what, without } of mutants(objects)) {
      const lost = [...closed(without, needed(gateway))];
      const gained = [
        ...open(without, uninvitedIn(gateway)),
        ...(isClosedOut ? open(without, uninvitedOut(gateway)) : []),
      ];
      expect([what, lost.length + gained.length > 0]).toEqual([what, true]);
    }
  });
});

describe('the proof', () => {
  it('has mutants for each policy, rule, peer and port', () => {
    const [gateway] = GATEWAYS;
    if (gateway === undefined) throw new Error('no gateway');
    const found = mutants(networkPolicies('prod', gateway)).map(({ what }) => what);
    expect(found).toContain('without weir-default-deny');
    expect(found).toContain('weir-knative-ingress without ingress[0].from[1]');
    expect(found).toContain('weir-knative-egress without egress[2].ports[0]');
    expect(found.length).toBeGreaterThan(20);
  });
});

interface Mutant {
  readonly what: string;
  readonly without: readonly JsonObject[];
}

function mutants(objects: readonly JsonObject[]): Mutant[] {
  return objects.flatMap((object) => {
    const others = objects.filter((other) => other !== object);
    const weaker = ['ingress', 'egress'].flatMap((field) => weakened(object, field));
    return [
      { what: `without ${nameOf(object)}`, without: others },
      ...weaker.map(({ what, policy }) => ({ what, without: [...others, policy] })),
    ];
  });
}

/** The policy without each of its rules, and without each peer and port of a rule that has several. */
function weakened(object: JsonObject, field: string): { what: string; policy: JsonObject }[] {
  const found: { what: string; policy: JsonObject }[] = [];
  for (const [index, rule] of arrayAt(object, 'spec', field).entries()) {
    const place = `${nameOf(object)} without ${field}[${index}]`;
    found.push({ what: place, policy: withRule(object, field, index, undefined) });
    for (const list of ['from', 'to', 'ports']) {
      const items = arrayAt(rule, list);
      // without its only item a list would mean everybody
      if (!isObject(rule) || items.length < 2) continue;
      for (const item of items.keys()) {
        const rest = { ...rule, [list]: items.filter((_, at) => at !== item) };
        found.push({ what: `${place}.${list}[${item}]`, policy: withRule(object, field, index, rest) });
      }
    }
  }
  return found;
}

function withRule(object: JsonObject, field: string, index: number, rule: JsonObject | undefined): JsonObject {
  const rules: JsonValue[] = [...arrayAt(object, 'spec', field)];
  rules.splice(index, 1, ...(rule === undefined ? [] : [rule]));
  return { ...object, spec: { ...(isObject(object.spec) ? object.spec : {}), [field]: rules } };
}
