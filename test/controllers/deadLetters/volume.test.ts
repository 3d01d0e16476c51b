import { describe, expect, it } from '@jest/globals';
import { growthOf, roomOf, unmetOf, volumeOf } from '../../../controllers/deadLetters/resources/volume.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import type { DeadLettersPolicy } from '../../../src/policy/model/deadLetters.ts';

const claim = (policy: DeadLettersPolicy): JsonObject => volumeOf('prod', policy);

describe('a claim that is there', () => {
  it.each<[there: DeadLettersPolicy, asked: DeadLettersPolicy, grows: boolean, unmet: string | undefined]>([
    [{}, {}, false, undefined],
    [{ storage: '2Gi' }, { storage: '2048Mi' }, false, undefined],
    [{ storage: '2Gi' }, { storage: '4Gi' }, true, 'has 2Gi, and the policy asks for 4Gi'],
    [{ storage: '4Gi' }, {}, false, 'has 4Gi, and the policy asks for 2Gi: a claim never shrinks'],
    [{ storageClass: 'fast' }, {}, false, undefined],
    [
      { storageClass: 'fast' },
      { storageClass: 'slow' },
      false,
      'is of the class fast, and the policy asks for slow: the class of a claim never changes',
    ],
  ])('of %j, asked for %j', (there, asked, grows, unmet) => {
    expect(growthOf(asked, claim(there)) !== undefined).toBe(grows);
    expect(unmetOf(asked, claim(there))).toBe(unmet);
  });

  it('has room for letters in a quarter of it', () => {
    expect(roomOf(claim({}))).toBe(512 * 1024 ** 2);
    expect(roomOf(claim({ storage: '1G' }))).toBe(250_000_000);
  });

  it.each<[capacity: string, bytes: number, unmet: string | undefined]>([
    [
      '2Gi',
      512 * 1024 ** 2,
      'asks for 4Gi, and its volume has 2Gi so far: letters fill a quarter of that until it has grown',
    ],
    ['4Gi', 1024 ** 3, undefined],
    ['5Gi', 1024 ** 3, undefined],
  ])('whose volume has %s of 4Gi has room for %d bytes', (capacity, bytes, unmet) => {
    const asked = { storage: '4Gi' };
    const bound = { ...claim(asked), status: { capacity: { storage: capacity } } };
    expect([roomOf(bound), unmetOf(asked, bound)]).toEqual([bytes, unmet]);
  });
});
