/**
 * Replicas that race, die, stand still and lose requests, and people who meddle, in any order: whatever a replica
 * serves at any moment is good, and trusted by every caBundle that the API server may be using.
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { timingFor } from '../../../webhooks/certificates/timing.ts';
import { CONFIGURATIONS, Simulation, START } from './simulation.ts';

const SECOND = 1_000;
const TIMING = { ...timingFor(120 * SECOND), takeUp: 3 * SECOND, grace: 3 * SECOND, overlap: 25 * SECOND };
/** After this nobody meddles any more, and then everything has to be well again. */
const QUIET = 130 * SECOND;
const END = 200 * SECOND;

/** What happens, by how much of it: two numbers below 1 say to whom and how long. */
const INCIDENTS = {
  rotate: (cluster) => cluster.askForRotation(),
  crash: (cluster, which, long) => cluster.crash(Math.floor(which * 3), long * 3 * SECOND),
  crashAll: (cluster, _, long) => {
    for (let count = 0; count < 3; count++) cluster.crash(0, long * 3 * SECOND);
  },
  freeze: (cluster, which, long) => cluster.freeze(Math.floor(which * 3), 2 * SECOND + long * 12 * SECOND),
  delete: (cluster) => cluster.deleteSecret(),
  spoil: (cluster, which) =>
    cluster.changeSecret({ [SPOILED[Math.floor(which * SPOILED.length)] ?? 'tls.crt']: 'garbage' }),
  emptyCertificate: (cluster) => cluster.changeSecret({ 'tls.crt': '', 'tls.key': '' }),
  emptyAll: (cluster) =>
    cluster.changeSecret({ 'ca.crt': '', 'ca.key': '', 'previous-ca.crt': '', 'tls.crt': '', 'tls.key': '' }),
  reset: (cluster, which) => cluster.resetConfiguration(CONFIGURATIONS[which < 0.5 ? 0 : 1] ?? '', ''),
  putBack: (cluster, which) => {
    for (const name of CONFIGURATIONS) {
      const history = cluster.history(name);
      cluster.resetConfiguration(name, history[Math.floor(which * history.length)]?.pem ?? '');
    }
  },
} satisfies Record<string, (cluster: Simulation, which: number, long: number) => void>;

const SPOILED = ['ca.crt', 'ca.key', 'tls.crt', 'tls.key'];

type Incident = keyof typeof INCIDENTS;

interface Story {
  readonly seed: number;
  readonly replicas: number;
  readonly failures: number;
  readonly incidents: readonly {
    readonly at: number;
    readonly what: Incident;
    readonly which: number;
    readonly long: number;
  }[];
}

function stories(...incidents: Incident[]): fc.Arbitrary<Story> {
  const part = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  const incident = fc.record({ at: fc.nat(QUIET), what: fc.constantFrom(...incidents), which: part, long: part });
  return fc.record({
    seed: fc.nat(),
    replicas: fc.integer({ min: 1, max: 3 }),
    failures: fc.constantFrom(0, 3, 6),
    incidents: fc.array(incident, { maxLength: 12 }),
  });
}

async function told(story: Story): Promise<Simulation> {
  const { seed, replicas, failures, incidents } = story;
  const propagation = TIMING.takeUp - 1;
  const cluster = new Simulation({ timing: TIMING, seed, replicas, latency: 300, lag: 500, propagation, failures });
  for (const { at, what, which, long } of incidents) cluster.at(at, () => INCIDENTS[what](cluster, which, long));
  await cluster.runUntil(END);

  expect(cluster.broken).toEqual([]);
  for (const keeper of cluster.alive()) {
    expect(keeper.current()?.expiresAt.getTime()).toBeGreaterThan(START + END);
  }
  return cluster;
}

const MEDDLING: readonly Incident[] = ['delete', 'spoil', 'emptyCertificate', 'emptyAll'];

describe('whatever is served is trusted, and good,', () => {
  it.each<[string, readonly Incident[]]>([
    ['while rotations follow one another, and replicas die and stand still', ['crash', 'crashAll', 'freeze', 'rotate']],
    ['while the Secret is meddled with, and replicas die', [...MEDDLING, 'crash', 'crashAll', 'freeze', 'rotate']],
    ['while caBundles and the Secret are meddled with', [...MEDDLING, 'reset', 'putBack', 'freeze', 'rotate']],
  ])(
    '%s',
    async (_, incidents) => {
      const property = fc.asyncProperty(stories('rotate', ...incidents), async (story) => {
        await told(story);
      });
      await fc.assert(property, { numRuns: 30 });
    },
    120_000,
  );
});

describe('the simulation', () => {
  it('sees what it is for: rotations, both CAs at once, and races that were lost', async () => {
    const cluster = await told({ seed: 7, replicas: 3, failures: 0, incidents: [] });
    const sizes = cluster.history('policy.weir.dev').map(({ pem }) => pem.split('BEGIN').length - 1);
    expect(sizes).toEqual([0, 1, 2, 1, 2, 1]);
    expect(cluster.lostRaces).toBeGreaterThan(0);
  });
});
