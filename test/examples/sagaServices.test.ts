/** examples/saga, a service at a time: commands and results that come late, twice, or for an order that nobody knows. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Brought, Program } from './program.ts';

let folder: string;
let service: Program;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'weir-saga-'));
});

afterEach(async () => {
  await service.kill();
  rmSync(folder, { recursive: true, force: true });
});

async function start(name: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
  service = await Program.start(`saga/services/${name}.ts`, { STATE_FOLDER: folder, ...env });
}

/** An event of the order, by the name that its sender always gives it. */
function bring(type: string, order = 'o-1'): Promise<Brought> {
  return service.bring({ id: `${order}-${type}`, type, subject: order, data: { tea: 2 } });
}

async function rows(): Promise<unknown> {
  return JSON.parse((await service.ask('/')).body);
}

describe('a participant', () => {
  beforeEach(() => start('participant', { STEP: 'charge', UNDO: 'refund' }));

  it('does a step once, however often the command comes, and gives the same answer', async () => {
    const answers = [await bring('saga.charge.v1'), await bring('saga.charge.v1')];
    expect(answers.map(({ type }) => type)).toEqual(['saga.charge.done.v1', 'saga.charge.done.v1']);
    expect(await rows()).toEqual([{ order: 'o-1', what: 'charge' }]);
  });

  it('takes it back once', async () => {
    await bring('saga.charge.v1');
    for (let copy = 0; copy < 2; copy++) expect((await bring('saga.refund.v1')).type).toBe('saga.refund.done.v1');
    expect(await rows()).toEqual([
      { order: 'o-1', what: 'charge' },
      { order: 'o-1', what: 'refund' },
    ]);
  });

  it('does nothing any more when the command comes after that which takes it back', async () => {
    expect((await bring('saga.refund.v1')).type).toBe('saga.refund.done.v1');
    expect((await bring('saga.charge.v1')).type).toBe('saga.charge.failed.v1');
    expect(await rows()).toEqual([]);
  });
});

describe('the orchestrator', () => {
  beforeEach(() => start('orchestrator'));

  it('goes on by the result that it waits for, and by no other', async () => {
    expect((await bring('order.placed.v1')).type).toBe('saga.reserve.v1');
    expect(await bring('saga.charge.done.v1')).toMatchObject({ status: 204 });
    expect((await bring('saga.reserve.done.v1')).type).toBe('saga.charge.v1');
    expect(await bring('saga.reserve.failed.v1')).toMatchObject({ status: 204 });
    expect(await rows()).toEqual([{ order: 'o-1', state: 'running', waitsFor: 'charge' }]);
  });

  it('answers what comes again as before, wherever the order is by now', async () => {
    const first = await bring('order.placed.v1');
    await bring('saga.reserve.done.v1');
    expect(await bring('order.placed.v1')).toEqual(first);
  });

  it('begins no second saga of an order that is placed by another event', async () => {
    await bring('order.placed.v1');
    const again = { id: 'another', type: 'order.placed.v1', subject: 'o-1', data: {} };
    expect((await service.bring(again)).status).toBe(204);
  });

  it.each([
    { subject: '', reason: 'the event has no subject, which is the order' },
    { subject: 'o-9', reason: 'there is no order o-9' },
  ])('refuses a result of "$subject"', async ({ subject, reason }) => {
    const event = { id: 'r', type: 'saga.reserve.done.v1', ...(subject === '' ? {} : { subject }) };
    expect(await service.bring(event)).toMatchObject({ status: 400, body: reason });
  });
});
