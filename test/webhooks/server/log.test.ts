import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { makeLogger, sinkFor } from '../../../src/process/log.ts';
import { aService } from '../../policy/builders.ts';
import { objects, SECRETS } from '../../properties/objects.ts';
import { start } from './harness.ts';

describe('the log', () => {
  it('tells who asked for what, the verdict and what denied', async () => {
    const { review, logged } = await start({ logLevel: 'info' });
    await review('/validate/prod', { uid: 'u-9', object: aService({ image: 'nginx:latest' }) });
    expect(logged.find(({ msg }) => msg === 'review')).toMatchObject({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      uid: 'u-9',
      door: 'validate',
      environment: 'prod',
      operation: 'CREATE',
      kind: 'serving.knative.dev/Service',
      namespace: 'shop',
      name: 'cart',
      user: 'dev@example.com',
      verdict: 'denied',
      denied: expect.arrayContaining(['images/tag at /spec/template/spec/containers/0/image']),
    });
  });

  it('keeps no more than some megabytes for whoever does not read it', () => {
    const { maxLength } = sinkFor() as { readonly maxLength?: number };
    expect(maxLength).toBeGreaterThan(1024 * 1024);
    expect(maxLength).toBeLessThan(64 * 1024 * 1024);
  });

  it('writes every line to a file soon, and in order', async () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'weir-log-')), 'log');
    const log = makeLogger('info', file);
    for (let index = 0; index < 500; index++) log.info({ index }, 'some');
    const lines = () => readFileSync(file, 'utf8').split('\n').filter(Boolean);
    while (lines().length < 500) await new Promise((resolve) => setTimeout(resolve, 5));
    log.info({ index: 500 }, 'the last');
    while (lines().length < 501) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(lines().map((line) => JSON.parse(line).index)).toEqual(Array.from({ length: 501 }, (_, index) => index));
  });

  it.each(['', 'process.exit(3);', 'throw new Error();'])('writes what is left when the process ends: %s', (end) => {
    const module = pathToFileURL('src/process/log.ts').href;
    const program = `
      const { makeLogger } = await import('${module}');
      const log = makeLogger('info');
      for (let index = 0; index < 700; index++) log.info({ index, some: 'x'.repeat(200) }, 'some');
      ${end}
    `;
    const { stdout } = spawnSync(process.execPath, ['--no-warnings', '--input-type=module', '--eval', program], {
      encoding: 'utf8',
    });
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).index)).toEqual(Array.from({ length: 700 }, (_, index) => index));
  });

  it('is as loud as it is asked to be', async () => {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } };
    const loud = await start({ logLevel: 'debug' });
    await loud.review('/mutate/dev', { object: namespace });
    expect(loud.logged.map(({ level }) => level)).toEqual(['debug']);
    const quiet = await start({ logLevel: 'warn' });
    await quiet.review('/mutate/dev', { object: namespace });
    await quiet.review('/validate/prod', { object: aService({ image: 'nginx:latest' }) });
    expect(quiet.logged).toEqual([]);
  });

  it('never holds what an object says: no secret of any kind, through no door', async () => {
    const { review, send, logged } = await start({ logLevel: 'debug' });
    for (const object of objects) {
      for (const door of ['validate', 'mutate']) {
        for (const environment of ['prod', 'dev']) await review(`/${door}/${environment}`, { object });
        await review(`/${door}/prod`, { object, operation: 'UPDATE', oldObject: object });
        await review(`/${door}/prod`, { oldObject: object, operation: 'DELETE' });
      }
      await send('/validate/prod', { method: 'POST', body: JSON.stringify(object) });
      await send('/validate/prod', { method: 'POST', body: JSON.stringify(object).slice(0, -1) });
    }
    expect(logged.length).toBe(objects.length * 10);
    const text = JSON.stringify(logged);
    for (const secret of SECRETS) expect(text).not.toContain(secret);
    expect(logged.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('cuts what is longer than any name', async () => {
    const { review, logged } = await start({ logLevel: 'debug' });
    const long = 'x'.repeat(100_000);
    await review('/validate/prod', {
      object: aService({ name: long, namespace: long }),
      uid: long,
      namespace: long,
      userInfo: { username: long },
    });
    expect(JSON.stringify(logged).length).toBeLessThan(10_000);
  });
});
