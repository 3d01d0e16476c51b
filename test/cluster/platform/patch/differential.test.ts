/**
 * Generated sequences of creates, updates, patches and applies: what a real API server answers, beside what our
 * functions make of the same request, with the owners of all fields and their times.
 *
 * With WEIR_RECORD=1 a selection is kept as test/platform/apiserver/patch/recorded.generated.json, which runs without a server.
 */
import { writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from '@jest/globals';
import { compare } from '../../../platform/apiserver/patch/sequences/compare.ts';
import { cluster, freshNamespace } from '../../harness/cluster.ts';
import { keepSome } from './keep.ts';
import { type RecordedSequence, record, type Site } from './record.ts';
import { clearSite, makeSite } from './site.ts';

const STEPS = 8;
/** Each step takes a second of waiting, so that many run side by side. */
const SIDE_BY_SIDE = 50;
/** No sequence begins later: on a slow machine there are fewer. */
const BUDGET_MS = 15_000;
/** Another on each day: what is found is told with its number. */
const FIRST = Math.floor(Date.now() / 86_400_000) * 1000;

describe('patches and owners of fields', () => {
  const controlPlane = cluster();
  afterAll(() => clearSite(controlPlane.api));

  it('are what a real API server makes of them', async () => {
    const site = await makeSite(controlPlane.api, await freshNamespace(controlPlane));
    const sequences = await recordMany(site);

    const wrong = sequences.flatMap(({ seed, kind, steps }) =>
      steps.flatMap((recorded, index) => {
        const verdict = compare(kind, recorded);
        const { type, manager } = recorded.step;
        return verdict.is === 'different'
          ? [{ seed, index, kind, type, manager, differences: verdict.differences }]
          : [];
      }),
    );
    expect(wrong).toEqual([]);
    expect(sequences.flatMap(({ steps }) => steps).length).toBeGreaterThan(STEPS * 20);
    if (process.env.WEIR_RECORD === '1') {
      writeFileSync('test/platform/apiserver/patch/recorded.generated.json', keepSome(sequences));
    }
  }, 240_000);
});

async function recordMany(site: Site): Promise<RecordedSequence[]> {
  const sequences: RecordedSequence[] = [];
  const end = Date.now() + BUDGET_MS;
  let seed = FIRST;
  const work = async (): Promise<void> => {
    do sequences.push(await record(site, seed++, STEPS));
    while (Date.now() < end);
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
  return sequences;
}
