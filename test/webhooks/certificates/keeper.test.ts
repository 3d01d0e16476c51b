/** Stories of a few replicas in fake time: what happens, and what they say about it. */
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { timingFor } from '../../../webhooks/certificates/timing.ts';
import { authority, CA_EXTENSIONS, foreign, materialOf, serving } from './builders.ts';
import { certificatesIn } from './pem.ts';
import { Simulation, type SimulationOptions, START } from './simulation.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** The shortest life for which everything else takes as long as it usually does. */
const TIMING = timingFor(2 * HOUR);

function simulation(changes: Partial<SimulationOptions> = {}): Simulation {
  return new Simulation({
    timing: TIMING,
    seed: 1,
    replicas: 3,
    latency: 100,
    lag: 200,
    propagation: TIMING.takeUp,
    failures: 0,
    ...changes,
  });
}

/** Three replicas that serve, with their caBundles written. */
async function settled(changes: Partial<SimulationOptions> = {}): Promise<Simulation> {
  const cluster = simulation(changes);
  await cluster.runUntil(2 * MINUTE);
  return cluster;
}

function served(cluster: Simulation): (string | undefined)[] {
  return [...new Set(cluster.alive().map((keeper) => keeper.current()?.certificate))];
}

function isOf(certificate: string | undefined, ca: string | undefined): boolean {
  return new X509Certificate(certificate ?? '').checkIssued(new X509Certificate(ca ?? ''));
}

describe('an installation', () => {
  it('has one CA, one certificate and the caBundle everywhere in a second', async () => {
    const cluster = simulation();
    await cluster.runUntil(1_500);
    expect(cluster.secret?.material['previous-ca.crt']).toBe('');
    expect(served(cluster)).toEqual([cluster.secret?.material['tls.crt']]);
    expect(cluster.bundles()).toEqual(Array(4).fill(cluster.secret?.material['ca.crt']));
    expect(cluster.broken).toEqual([]);
  });

  it('is the same for a replica that comes later', async () => {
    const cluster = await settled();
    const before = cluster.secret;
    cluster.crash(0, 1_000);
    await cluster.runUntil(cluster.time + 2_000);
    expect(cluster.alive()).toHaveLength(3);
    expect(served(cluster)).toEqual([before?.material['tls.crt']]);
    expect(cluster.secret).toBe(before);
  });

  it('tells the listeners of each new certificate once', async () => {
    const cluster = simulation({ replicas: 1 });
    const heard: string[] = [];
    cluster.alive()[0]?.onChange(({ certificate }) => heard.push(certificate));
    await cluster.runUntil(1.5 * HOUR);
    expect(new Set(heard).size).toBe(2);
    expect(heard).toHaveLength(2);
    expect(heard.at(-1)).toBe(cluster.secret?.material['tls.crt']);
  });
});

describe('a rotation', () => {
  it('goes its way: both CAs, then the new certificate, then the new CA alone', async () => {
    const cluster = await settled();
    const before = cluster.secret?.material;
    cluster.askForRotation();

    await cluster.runUntil(cluster.time + 10_000);
    const between = cluster.secret?.material;
    expect(between?.['ca.crt']).not.toBe(before?.['ca.crt']);
    expect(between).toMatchObject({ 'previous-ca.crt': before?.['ca.crt'], 'tls.crt': before?.['tls.crt'] });
    expect(cluster.bundles()).toEqual(Array(4).fill(`${between?.['ca.crt']}${before?.['ca.crt']}`));

    await cluster.runUntil(cluster.time + 30_000);
    expect(isOf(cluster.secret?.material['tls.crt'], between?.['ca.crt'])).toBe(true);
    expect(served(cluster)).toEqual([cluster.secret?.material['tls.crt']]);
    expect(certificatesIn(cluster.bundles()[0] ?? '')).toHaveLength(2);

    await cluster.runUntil(cluster.time + 11 * MINUTE);
    expect(cluster.secret?.material['previous-ca.crt']).toBe('');
    expect(cluster.secret?.isRotationAsked).toBe(false);
    expect(cluster.bundles()).toEqual(Array(4).fill(between?.['ca.crt']));
    expect(cluster.broken).toEqual([]);
  });

  it('is over before a third of the certificate’s life is left', async () => {
    const cluster = simulation({ replicas: 1 });
    await cluster.runUntil(1 * HOUR);
    const before = served(cluster);
    await cluster.runUntil(80 * MINUTE);
    expect(served(cluster)).not.toEqual(before);
    const [keeper] = cluster.alive();
    expect(keeper?.current()?.expiresAt.getTime()).toBeGreaterThan(START + 3 * HOUR);
  });
});

describe('a Secret that is deleted', () => {
  it('is back in a second, the same, and nobody has served anything else', async () => {
    const cluster = await settled();
    const before = cluster.secret?.material;
    cluster.deleteSecret();
    await cluster.runUntil(cluster.time + 1_000);
    expect(cluster.secret?.material).toEqual(before);
    await cluster.runUntil(cluster.time + 5 * MINUTE);
    expect(cluster.secret?.material).toEqual(before);
    expect(served(cluster)).toEqual([before?.['tls.crt']]);
    expect(cluster.history('policy.weir.dev')).toHaveLength(2);
    expect(cluster.broken).toEqual([]);
    expect(cluster.told.join('\n')).toContain('"step":"restore","why":"the Secret is gone"');
  });

  it('together with all that remember it makes a new CA, beside the one that the caBundles hold', async () => {
    const cluster = await settled();
    const before = cluster.secret?.material;
    cluster.deleteSecret();
    for (let count = 0; count < 3; count++) cluster.crash(0, 100);

    await cluster.runUntil(cluster.time + 10_000);
    expect(cluster.secret?.material).toMatchObject({ 'previous-ca.crt': before?.['ca.crt'], 'tls.crt': '' });
    expect(served(cluster)).toEqual([undefined]);
    await cluster.runUntil(cluster.time + 40_000);
    expect(served(cluster)).toEqual([cluster.secret?.material['tls.crt']]);
    expect(cluster.broken).toEqual([]);
  });
});

describe('a Secret that somebody has changed', () => {
  const ca = authority({ keys: generateKeyPairSync('rsa', { modulusLength: 2048 }) });

  it.each([
    ['garbage', { 'ca.crt': 'garbage' }, 'ca.crt is not one certificate in PEM'],
    [
      'a foreign CA',
      { 'ca.crt': foreign('somebody', CA_EXTENSIONS).certificate },
      'ca.crt is not a CA certificate of Weir',
    ],
    ['a key that does not match', { 'tls.key': ca.key }, 'tls.crt does not fit the key in tls.key'],
    [
      'an expired CA',
      { 'ca.crt': authority({ now: START - 2 * HOUR, life: HOUR }).certificate },
      'ca.crt expired at 2025-12-31T23:00:00.000Z',
    ],
    [
      'another CA, complete',
      materialOf(ca, serving(ca)),
      'the caBundles know none of the CAs in the Secret, but others of ours',
    ],
  ])('to %s is put right, and the log says why', async (_, change, why) => {
    const cluster = await settled();
    const before = cluster.secret?.material;
    cluster.changeSecret(change);
    await cluster.runUntil(cluster.time + 2_000);
    expect(cluster.secret?.material).toMatchObject({ ...before, 'previous-ca.crt': expect.any(String) });
    await cluster.runUntil(cluster.time + 15 * MINUTE);
    expect(cluster.secret?.material).toEqual(before);
    expect(cluster.broken).toEqual([]);
    expect(cluster.told.join('\n')).toContain(why);
  });

  it('is mended without its key by who has just come', async () => {
    const cluster = await settled({ replicas: 1 });
    const before = cluster.secret?.material;
    cluster.crash(0, 1_000);
    cluster.changeSecret({ 'ca.key': '' });
    await cluster.runUntil(cluster.time + 10_000);
    expect(cluster.secret?.material).toMatchObject({
      'previous-ca.crt': before?.['ca.crt'],
      'tls.crt': before?.['tls.crt'],
    });
    await cluster.runUntil(cluster.time + 15 * MINUTE);
    expect(isOf(served(cluster)[0], cluster.secret?.material['ca.crt'])).toBe(true);
    expect(cluster.broken).toEqual([]);
  });

  it('is not written in turns without a pause by replicas that disagree', async () => {
    const cluster = await settled();
    const before = cluster.writes;
    for (let count = 0; count < 600; count++) {
      cluster.at(cluster.time + count * 1_000, () => cluster.changeSecret({ 'tls.crt': 'garbage' }));
    }
    await cluster.runUntil(cluster.time + 10 * MINUTE);
    // three replicas, each once in 30 seconds
    expect(cluster.writes - before).toBeLessThanOrEqual(63);
    expect(cluster.writes - before).toBeGreaterThan(40);
  });
});

describe('a caBundle that somebody has reset', () => {
  it('is put back in a second', async () => {
    const cluster = await settled();
    cluster.resetConfiguration('policy.weir.dev', '');
    cluster.resetConfiguration('defaults.weir.dev', authority().certificate);
    await cluster.runUntil(cluster.time + 1_500);
    expect(cluster.bundles()).toEqual(Array(4).fill(cluster.secret?.material['ca.crt']));
    expect(cluster.broken).toEqual([]);
  });

  it('in the midst of a rotation begins the wait anew', async () => {
    const cluster = await settled();
    const before = cluster.secret?.material['tls.crt'];
    cluster.askForRotation();
    await cluster.runUntil(cluster.time + 25_000);
    cluster.resetConfiguration('policy.weir.dev', '');
    await cluster.runUntil(cluster.time + 25_000);
    expect(served(cluster)).toEqual([before]);
    await cluster.runUntil(cluster.time + 15_000);
    expect(served(cluster)).not.toEqual([before]);
  });
});

describe('an API server in trouble', () => {
  it('keeps nobody from serving what is there, where the configurations cannot be read', async () => {
    const cluster = await settled({ replicas: 1 });
    cluster.forbidConfigurations(true);
    cluster.crash(0, 1_000);
    await cluster.runUntil(cluster.time + 3_000);
    expect(served(cluster)).toEqual([cluster.secret?.material['tls.crt']]);

    const stranger = authority();
    cluster.changeSecret(materialOf(stranger, serving(stranger)));
    const before = served(cluster);
    await cluster.runUntil(cluster.time + 5 * MINUTE);
    expect(served(cluster)).toEqual(before);
    cluster.forbidConfigurations(false);
    await cluster.runUntil(cluster.time + 5 * MINUTE);
    expect(served(cluster)).toEqual(before);
    expect(served(cluster)).toEqual([cluster.secret?.material['tls.crt']]);
    expect(cluster.told.join('\n')).toContain('configurations may not be read');
  });

  it('makes no wait longer by an answer that was lost', async () => {
    const cluster = await settled({ replicas: 1 });
    const before = served(cluster);
    cluster.askForRotation();
    await cluster.runUntil(cluster.time + 20_000);
    cluster.forbidConfigurations(true);
    cluster.wakeAll();
    await cluster.runUntil(cluster.time + 2_000);
    cluster.forbidConfigurations(false);
    await cluster.runUntil(cluster.time + 15_000);
    expect(served(cluster)).not.toEqual(before);
  });

  it('is asked less and less, whatever the watches say', async () => {
    const cluster = await settled({ replicas: 1 });
    cluster.forbidConfigurations(true);
    const before = cluster.told.length;
    for (let minute = 0; minute < 30 * MINUTE; minute += 5_000)
      cluster.at(cluster.time + minute, () => cluster.wakeAll());
    await cluster.runUntil(cluster.time + 30 * MINUTE);
    expect(cluster.told.length - before).toBeLessThan(90);
    expect(cluster.told.length - before).toBeGreaterThan(20);
  });
});

describe('what a replica waits for', () => {
  it('is told once', async () => {
    const cluster = await settled({ replicas: 1 });
    cluster.crash(0, 0);
    cluster.deleteSecret();
    for (let time = 0; time < 4_000; time += 500) cluster.at(cluster.time + time, () => cluster.wakeAll());
    await cluster.runUntil(cluster.time + 4_500);
    const waits = cluster.told.filter((each) => each.includes('a replica that remembers it may put it back'));
    expect(waits).toHaveLength(1);
  });
});

it('no key is ever in the log', async () => {
  const cluster = await settled({ failures: 5 });
  const seen = new Set<string>();
  const collect = (): void => {
    const { 'ca.key': ca = '', 'tls.key': leaf = '' } = cluster.secret?.material ?? {};
    for (const line of `${ca}\n${leaf}`.split('\n').filter((each) => each.length > 30)) seen.add(line);
  };
  for (const change of [{ 'ca.key': 'garbage' }, { 'tls.key': 'garbage' }, { 'ca.crt': authority().key }]) {
    collect();
    cluster.changeSecret(change);
    cluster.askForRotation();
    await cluster.runUntil(cluster.time + 2 * MINUTE);
  }
  collect();
  const log = cluster.told.join('\n');
  expect(seen.size).toBeGreaterThan(40);
  for (const line of seen) expect(log).not.toContain(line);
  expect(log).not.toContain('PRIVATE');
});

it('what is stopped asks nothing any more', async () => {
  const cluster = await settled({ replicas: 1 });
  const [keeper] = cluster.alive();
  const stopped = keeper?.stop();
  await cluster.runUntil(cluster.time + 1_000);
  await stopped;
  const before = cluster.asked;
  cluster.deleteSecret();
  await cluster.runUntil(cluster.time + 10 * MINUTE);
  expect(cluster.asked).toBe(before);
  expect(cluster.secret).toBeUndefined();
});
