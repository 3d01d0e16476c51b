import { describe, expect, it } from '@jest/globals';
import { readManifests } from '../../src/kubernetes/yaml/read.ts';
import { catalogue } from '../../src/policy/catalogue.ts';
import { actionFor } from '../../src/policy/engine/action.ts';
import { EMPTY_INVENTORY } from '../../src/policy/engine/inventory.ts';
import { judge } from '../../src/policy/engine/judge.ts';
import type { Rule } from '../../src/policy/engine/rule.ts';
import { makeLogger } from '../../src/process/log.ts';
import type { Sight } from '../../webhooks/review/review.ts';
import { warmUp, warmUpBeside } from '../../webhooks/warmUp.ts';
import { NOW } from '../policy/builders.ts';
import { shippedStore, storeOf } from './server/harness.ts';

/** A clock that each look moves on. */
function clockOf(step: number): () => number {
  let now = 0;
  return () => {
    now += step;
    return now;
  };
}

const pause = async () => {};
const never = () => false;

/** Some rules of every family, counting who judges what under which policy. */
function counting(): { sight: Sight; rules: readonly Rule[]; judged: Map<string, Set<string>> } {
  const judged = new Map<string, Set<string>>();
  const watched = (rule: Rule): Rule => ({
    ...rule,
    judge(subject, context) {
      judged.set(context.policy.name, (judged.get(context.policy.name) ?? new Set()).add(rule.id));
      return rule.judge(subject, context);
    },
  });
  const rules = catalogue.rules.filter((_, index) => index % 10 === 0).map(watched);
  const few = { ...catalogue, rules, admission: { changes: [], deletions: [] } };
  return { sight: { ...sightOf(shippedStore), catalogue: few }, rules, judged };
}

function sightOf(policies: Sight['policies']): Sight {
  return { policies, inventory: EMPTY_INVENTORY, catalogue, now: NOW };
}

describe('warmUp', () => {
  it('lets every rule judge under every policy that does not switch it off', async () => {
    const { sight, rules, judged } = counting();
    await warmUp({ sight, budget: 2000, isOver: never, clock: clockOf(1), pause });
    for (const environment of shippedStore.environments()) {
      const policy = shippedStore.policyFor(environment);
      const on = rules.filter((rule) => policy !== undefined && actionFor(rule, policy) !== 'off');
      expect([...(judged.get(environment) ?? [])].sort()).toEqual(on.map(({ id }) => id).sort());
    }
  });

  it('ends where its budget does, the pauses not counted', async () => {
    let now = 0;
    const clock = () => now++;
    const sight = sightOf(shippedStore);
    const { milliseconds } = await warmUp({
      sight,
      budget: 100,
      isOver: never,
      clock,
      pause: async () => {
        now += 1_000_000;
      },
    });
    expect(milliseconds).toBeGreaterThanOrEqual(100);
    expect(milliseconds).toBeLessThan(110);
  });

  it('leaves all room for what is to come: nothing of the examples is remembered', async () => {
    let times = 0;
    const [example] = catalogue.rules.filter(({ id }) => id === 'autoscaling/max-scale');
    if (example === undefined) throw new Error('there is no such rule');
    const rule: Rule = {
      ...example,
      judge: () => {
        times++;
        return [];
      },
    };
    const only = { ...catalogue, rules: [rule], admission: { changes: [], deletions: [] } };
    const sight = { ...sightOf(shippedStore), catalogue: only };
    await warmUp({ sight, budget: 2000, isOver: never, clock: clockOf(1), pause });
    const warmedUp = times;

    const [document] = readManifests(rule.examples.bad, 'example').documents;
    const policy = shippedStore.policyFor('prod');
    if (document === undefined || policy === undefined) throw new Error('there is nothing to judge');
    const context = { policy, inventory: EMPTY_INVENTORY, now: NOW, exceptions: [] };
    judge(document.object, context, sight.catalogue);
    judge(document.object, context, sight.catalogue);
    expect(times - warmedUp).toBe(1);
  });

  it('gives the event loop its turn after every slice', async () => {
    let pauses = 0;
    const { reviews } = await warmUp({
      sight: sightOf(shippedStore),
      budget: 200,
      isOver: never,
      clock: clockOf(4),
      pause: async () => {
        pauses++;
      },
    });
    expect(reviews).toBeGreaterThan(10);
    expect(pauses).toBeGreaterThanOrEqual(8);
  });

  it('ends when nobody waits any more', async () => {
    let left = 5;
    const { reviews } = await warmUp({
      sight: sightOf(shippedStore),
      budget: Number.POSITIVE_INFINITY,
      isOver: () => --left === 0,
      clock: clockOf(1),
      pause,
    });
    expect(reviews).toBe(5);
  });

  it.each([
    ['policy', sightOf(storeOf([]))],
    [
      'example',
      { ...sightOf(shippedStore), catalogue: { ...catalogue, rules: [], admission: { changes: [], deletions: [] } } },
    ],
  ])('has nothing to do without any %s', async (_, sight) => {
    expect(await warmUp({ sight, budget: 10, isOver: never, clock: () => 0, pause })).toEqual({
      reviews: 0,
      milliseconds: 0,
    });
  });
});

describe('warmUpBeside', () => {
  it('is told once, with its duration', async () => {
    const lines: string[] = [];
    const log = makeLogger('info', { write: (line: string) => lines.push(line) });
    await warmUpBeside({ sight: sightOf(shippedStore), budget: 20, isOver: never }, log);
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ msg: 'warmed up', reviews: expect.any(Number), milliseconds: expect.any(Number) }),
    ]);
  });

  it('holds nothing up where it breaks', async () => {
    const lines: string[] = [];
    const log = makeLogger('info', { write: (line: string) => lines.push(line) });
    const policies = {
      ...storeOf([]),
      environments: () => {
        throw new Error('no more');
      },
    };
    await warmUpBeside({ sight: sightOf(policies), budget: 20, isOver: never }, log);
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ level: 'error', msg: expect.stringContaining('the warm-up broke') }),
    ]);
  });
});
