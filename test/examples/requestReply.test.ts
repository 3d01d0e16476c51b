/** examples/request-reply on `weir up`: a request by HTTP is answered by an event, in time, late, or never. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Answer, type Platform, startPlatform, typesIn } from './platform.ts';

jest.setTimeout(600_000);

let platform: Platform;

beforeAll(async () => {
  // of a machine that is slow nobody is told to come back, but where the test asks for it
  platform = await startPlatform('request-reply', { env: () => ({ WAIT_MS: '5000' }) });
  await platform.apply('events.yaml', 'services.yaml');
}, 600_000);

afterAll(async () => platform?.end(), 300_000);

const ask = (id: string, body: object) => platform.ask('front', `/quotes/${id}`, JSON.stringify(body), 'PUT');

/** As a customer does who is told to come back. */
async function patiently(id: string, body: object): Promise<Answer> {
  let answer = await ask(id, body);
  await platform.until(async () => {
    if (answer.status === 202) answer = await platform.ask('front', `/quotes/${id}`);
    return answer.status !== 202;
  }, `the answer to ${id}`);
  return answer;
}

const quotes = () => platform.rows('.weir/claims/default/quoter/quoter.db', 'SELECT request FROM quotes');

describe('request-reply', () => {
  it('answers a request by what came as an event', async () => {
    const answer = await patiently('q-1', { article: 'tea', count: 2 });
    expect([answer.status, JSON.parse(answer.body)]).toEqual([200, { number: 1, article: 'tea', total: 6 }]);
    expect(typesIn(await platform.trace('q-1'))).toEqual(['quote.requested.v1', 'quote.given.v1']);
  });

  it('gives each of many who ask at once their own answer', async () => {
    const counts = Array.from({ length: 20 }, (_, index) => index + 1);
    const answers = await Promise.all(counts.map((count) => patiently(`m-${count}`, { article: 'coffee', count })));
    expect(answers.map(({ body }) => JSON.parse(body).total)).toEqual(counts.map((count) => count * 4));
  });

  it('makes one quote for who asks twice, and for an event that comes twice', async () => {
    const data = { article: 'tea', count: 2 };
    const again = await ask('q-1', data);
    expect(JSON.parse(again.body)).toMatchObject({ number: 1 });
    expect(await platform.send({ id: 'q-1', source: '/front', type: 'quote.requested.v1', data })).toBe(202);
    const isThrough = async () =>
      typesIn(await platform.trace('q-1')).filter((type) => type === 'quote.given.v1').length === 2;
    await platform.until(isThrough, 'the duplicate is answered as well');
    expect(quotes().filter(({ request }) => request === 'q-1').length).toBe(1);
  });

  it('tells who has waited long enough where to ask later', async () => {
    const answer = await ask('q-2', { article: 'tea', takes: 7_000 });
    expect([answer.status, JSON.parse(answer.body)]).toEqual([202, { ask: '/quotes/q-2' }]);
    const late = await patiently('q-2', { article: 'tea' });
    expect([late.status, JSON.parse(late.body).total]).toEqual([200, 3]);
  });

  it('says that nobody could say', async () => {
    expect((await patiently('q-3', { article: 'gold' })).status).toBe(502);
    const { stdout } = await platform.events('dead-letters', 'q-3');
    expect(stdout).toContain('400 nobody sells gold');
  });

  it('refuses what is no JSON', async () => {
    expect((await platform.ask('front', '/quotes', 'tea')).status).toBe(400);
  });
});
