/** What the benchmark sends is what it says: half updates, one in five denied for the reason that was put in. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { randomFrom } from '../../../bench/admission/load/random.ts';
import { hostileRequest } from '../../../bench/admission/workload/hostile.ts';
import { makeWorkload, shareOfBreaches } from '../../../bench/admission/workload/reviews.ts';
import { type Breach, breachOf, kindsOfSettings } from '../../../bench/admission/workload/services.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { catalogue } from '../../../src/policy/catalogue.ts';
import { EMPTY_INVENTORY } from '../../../src/policy/engine/inventory.ts';
import { answerTo, readJson } from '../../../webhooks/server/answer.ts';
import { NOW } from '../../policy/builders.ts';
import { shippedStore } from '../../webhooks/server/harness.ts';

/** The rule that names each breach. */
const RULES: Readonly<Record<Breach, string>> = {
  'max-scale': 'autoscaling/max-scale',
  latest: 'images/tag',
  registry: 'images/registry',
  cpu: 'resources/limits',
  timeout: 'serving/timeout',
  escalation: 'security/privilege-escalation',
};

/** Every breach at least once for a new Service and for a changed one. */
const COUNT = 120;

function answer(door: 'mutate' | 'validate', review: JsonObject) {
  const sight = { policies: shippedStore, inventory: EMPTY_INVENTORY, catalogue, now: NOW };
  return JSON.parse(answerTo({ door, environment: 'prod' }, readJson(Buffer.from(JSON.stringify(review))), sight).body);
}

const workload = await makeWorkload(async (review) => answer('mutate', review), COUNT);

describe('the workload', () => {
  it('is as large as it says, and half of it are updates', () => {
    const updates = workload.validate.filter((review) => JSON.stringify(review).includes('"operation":"UPDATE"'));
    expect([workload.validate.length, workload.mutate.length, updates.length]).toEqual([COUNT, COUNT, COUNT / 2]);
    expect(shareOfBreaches()).toBe(0.2);
  });

  it('has many kinds of settings, and not a kind for each Service', () => {
    const kinds = kindsOfSettings(1000);
    expect([kinds > 100, kinds < 500]).toEqual([true, true]);
  });

  it('is denied where something was broken, for that alone, and allowed elsewhere', () => {
    const wrong: unknown[] = [];
    for (const [index, review] of workload.validate.entries()) {
      const { allowed, status } = answer('validate', review).response;
      const breach = breachOf(index);
      const lines: string[] = status === undefined ? [] : status.message.trimStart().split('\n');
      const isRight =
        breach === undefined ? allowed : lines.length > 0 && lines.every((line) => line.startsWith(RULES[breach]));
      if (!isRight) wrong.push([index, breach, lines]);
    }
    expect(wrong.slice(0, 5)).toEqual([]);
  });

  it('has something to fill in for every other Service', () => {
    const patched = workload.mutate.filter((review) => answer('mutate', review).response.patch !== undefined);
    expect(patched.length).toBeGreaterThan(COUNT / 4);
  });
});

describe('hostile requests', () => {
  it('are the same for the same seed, and others for another one', () => {
    const first = made(1);
    expect(made(1)).toEqual(first);
    expect(made(2)).not.toEqual(first);
    expect(new Set(first).size).toBeGreaterThan(250);
  });

  /** By their hashes: jest compares bodies of megabytes byte by byte. */
  function made(seed: number): string[] {
    const random = randomFrom(seed);
    return Array.from({ length: 300 }, () => {
      const { path, body } = hostileRequest(random);
      return `${path} ${createHash('sha256').update(body).digest('hex')}`;
    });
  }
});
