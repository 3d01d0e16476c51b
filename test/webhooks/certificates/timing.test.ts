import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { backdatingFor } from '../../../src/tls/x509.ts';
import { rotationAt } from '../../../webhooks/certificates/decide.ts';
import { SHORTEST_LIFE, timingFor, USUAL_LIFE } from '../../../webhooks/certificates/timing.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

describe('times', () => {
  it('are the usual ones for the usual life, and shorter for a short one', () => {
    expect(timingFor(USUAL_LIFE)).toEqual({
      life: USUAL_LIFE,
      takeUp: 30 * SECOND,
      overlap: 10 * MINUTE,
      grace: 5 * SECOND,
      resync: MINUTE,
    });
    expect(timingFor(MINUTE)).toEqual({
      life: MINUTE,
      takeUp: 3 * SECOND,
      overlap: 6 * SECOND,
      grace: 3 * SECOND,
      resync: 2 * SECOND,
    });
  });

  it.each([[SHORTEST_LIFE - 1], [0], [-1], [Number.NaN]])('are refused for a life of %s ms', (life) => {
    expect(() => timingFor(life)).toThrow(RangeError);
  });

  it('leave room for a whole rotation before the next, and before a third of the life is left', () => {
    fc.assert(
      fc.property(fc.integer({ min: SHORTEST_LIFE, max: 2 * USUAL_LIFE }), (life) => {
        const timing = timingFor(life);
        const ca = { id: '', pem: '', notBefore: -backdatingFor(life), notAfter: life };
        const begins = rotationAt(ca, timing);
        const switched = begins + timing.takeUp + timing.resync;
        expect(life - switched).toBeGreaterThan(life / 3);
        expect(switched + timing.overlap + timing.resync).toBeLessThan(begins * 2);
        expect(timing.overlap).toBeGreaterThan(timing.resync * 2);
      }),
    );
  });
});
