import { describe, expect, it } from '@jest/globals';
import { NOW } from '../../policy/builders.ts';
import { aCertificate, TestCertificates } from './certificates.ts';
import { start, storeOf } from './harness.ts';

const HOUR = 3_600_000;

describe('/readyz', () => {
  it('names each check, and is ready where all hold', async () => {
    const { send } = await start({ now: () => new Date() });
    expect(await send('/readyz')).toMatchObject({
      status: 200,
      text: '[+]policies ok\n[+]caches ok\n[+]certificate ok\n[+]warm-up ok\n[+]shutdown ok\nreadyz check passed\n',
    });
  });

  it('waits for the caches', async () => {
    let isSynced = false;
    const cluster = { hasSynced: () => isSynced, unsynced: () => ['Namespace', 'weir.dev/PolicyException'] };
    const { send } = await start({ cluster, now: () => new Date() });
    expect(await send('/readyz')).toMatchObject({
      status: 503,
      text: expect.stringContaining('[-]caches failed: not listed yet: Namespace, weir.dev/PolicyException\n'),
    });
    isSynced = true;
    expect((await send('/readyz')).status).toBe(200);
  });

  it('is not ready with a certificate that expired', async () => {
    const certificates = new TestCertificates({ ...aCertificate(), expiresAt: new Date(NOW.getTime() - 1) });
    const { status, text } = await (await start({ certificates, now: () => NOW })).send('/readyz');
    expect([status, text]).toEqual([
      503,
      expect.stringContaining('[-]certificate failed: it expired at 2026-11-21T11:59:59.999Z\n'),
    ]);
  });

  it('is not ready without any environment', async () => {
    const { status, text } = await (await start({ policies: storeOf([]), now: () => new Date() })).send('/readyz');
    expect([status, text]).toEqual([503, expect.stringContaining('[-]policies failed: no environment has a policy\n')]);
  });

  it('waits for the engine to be warm', async () => {
    let isWarm = false;
    const { send } = await start({ isWarm: () => isWarm, now: () => new Date() });
    expect(await send('/readyz')).toMatchObject({
      status: 503,
      text: expect.stringContaining('[-]warm-up failed: the engine still judges its own examples\n'),
    });
    isWarm = true;
    expect((await send('/readyz')).status).toBe(200);
  });

  it('is not ready once the server is going, which is healthy all the same', async () => {
    const { leave, send } = await start({ now: () => new Date() });
    leave();
    expect(await send('/readyz')).toMatchObject({
      status: 503,
      text: expect.stringContaining('[-]shutdown failed: the server is going away\nreadyz check failed\n'),
    });
    expect(await send('/healthz')).toMatchObject({ status: 200, text: '[+]ping ok\nhealthz check passed\n' });
  });

  it('gets ready when the first certificate comes, over the TLS that it brings', async () => {
    const certificates = new TestCertificates(undefined);
    const { send } = await start({ certificates, now: () => new Date() });
    await expect(send('/readyz')).rejects.toThrow();
    certificates.change(aCertificate(new Date(Date.now() + HOUR)));
    expect((await send('/readyz')).status).toBe(200);
  });
});
