import { describe, expect, it } from '@jest/globals';
import {
  type Authored,
  annotationsFor,
  changeBetween,
  HELD_KEYS,
  heldAnnotations,
  readAuthored,
} from '../../../controllers/minScale/authors.ts';
import type { JsonValue } from '../../../src/kubernetes/json.ts';
import type { Scale } from '../../../src/schedule/model.ts';
import { autoscaling } from '../schedule/shop.ts';

describe('what is held', () => {
  it('is the six spellings of min-scale, max-scale and target, and nothing else', () => {
    expect(HELD_KEYS).toEqual(
      Object.keys(autoscaling({ 'min-scale': 0, minScale: 0, 'max-scale': 0, maxScale: 0, target: 0 })),
    );
  });

  it.each<{ authored: Readonly<Record<string, number>>; scale: Scale; wanted: Readonly<Record<string, number>> }>`
    authored                           | scale                                        | wanted
    ${{}}                              | ${{ minScale: 5 }}                           | ${{ 'min-scale': 5 }}
    ${{ 'min-scale': 1 }}              | ${{ minScale: 5 }}                           | ${{ 'min-scale': 5 }}
    ${{ minScale: 1 }}                 | ${{ minScale: 5 }}                           | ${{ minScale: 5 }}
    ${{ minScale: 1, 'min-scale': 2 }} | ${{ minScale: 5 }}                           | ${{ minScale: 1, 'min-scale': 5 }}
    ${{ maxScale: 9, target: 70 }}     | ${{ minScale: 5, maxScale: 8, target: 0.5 }} | ${{ 'min-scale': 5, maxScale: 8, target: 0.5 }}
    ${{ 'max-scale': 9, target: 70 }}  | ${{}}                                        | ${{ 'max-scale': 9, target: 70 }}
    ${{ 'min-scale': 1 }}              | ${{ minScale: 0 }}                           | ${{ 'min-scale': 0 }}
  `('$authored held at $scale becomes $wanted, and comes back', ({ authored, scale, wanted }) => {
    const [before, held] = [autoscaling(authored), annotationsFor(scale, autoscaling(authored))];
    expect(held).toEqual(autoscaling(wanted));
    expect(applied(before, changeBetween(before, held))).toEqual(held);
    expect(applied(held, changeBetween(held, before))).toEqual(before);
  });

  it('is nothing to write where it stands there already', () => {
    expect(changeBetween(autoscaling({ minScale: 1 }), autoscaling({ minScale: 1 }))).toEqual({});
  });
});

describe('what was recorded', () => {
  it.each<{ value: JsonValue | undefined; authored: Authored | undefined }>`
    value                                                   | authored
    ${undefined}                                            | ${undefined}
    ${'text'}                                               | ${undefined}
    ${[]}                                                   | ${undefined}
    ${{}}                                                   | ${{}}
    ${{ ...autoscaling({ minScale: 1 }), 'evil.com/x': 1 }} | ${autoscaling({ minScale: 1 })}
    ${{ 'autoscaling.knative.dev/min-scale': 7 }}           | ${{}}
    ${JSON.parse('{"__proto__":{"a":"b"}}')}                | ${{}}
  `('as $value is read as $authored', ({ value, authored }) => {
    expect(readAuthored(value)).toEqual(authored);
  });

  it.each([undefined, {}, { metadata: 7 }, { metadata: { annotations: [] } }])('is nothing in %j', (object) => {
    expect(heldAnnotations(object as never)).toEqual({});
  });
});

function applied(there: Authored, change: Readonly<Record<string, string | null>>): Authored {
  const result: Record<string, string> = { ...there };
  for (const [key, value] of Object.entries(change)) {
    if (value === null) delete result[key];
    else result[key] = value;
  }
  return result;
}
