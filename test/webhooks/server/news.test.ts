import { describe, expect, it } from '@jest/globals';
import { newsOf } from '../../../webhooks/server/news.ts';
import { aPolicy, aService } from '../../policy/builders.ts';
import { start, storeOf } from './harness.ts';

const policies = storeOf([
  aPolicy({ images: { movingTags: ['latest'] }, admission: { breakGlass: { groups: ['firefighters'] } } }),
]);
const object = aService({ image: 'registry.example.com/shop/cart:latest' });
const subject = 'serving.knative.dev/v1/namespaces/shop/services/cart';

async function newsFor(request: Parameters<Awaited<ReturnType<typeof start>>['review']>[1]) {
  const app = await start({ policies });
  await app.review('/validate/prod', request);
  return app.facts.flatMap(newsOf);
}

describe('the news of a review', () => {
  it('tells of a denial who asked for what, and which rules denied where', async () => {
    const [news, ...more] = await newsFor({ object });
    expect(more).toEqual([]);
    expect(news).toEqual({
      type: 'dev.weir.admission.denied.v1',
      subject,
      data: {
        operation: 'CREATE',
        environment: 'prod',
        user: 'dev@example.com',
        namespace: 'shop',
        name: 'cart',
        kind: 'serving.knative.dev/Service',
        findings: expect.arrayContaining([{ rule: 'images/tag', path: '/spec/template/spec/containers/0/image' }]),
      },
    });
  });

  it('never tells a value', async () => {
    expect(JSON.stringify(await newsFor({ object }))).not.toContain('registry.example.com');
  });

  it('tells who broke glass', async () => {
    const userInfo = { username: 'ann@example.com', groups: ['firefighters'] };
    expect(await newsFor({ object, userInfo })).toMatchObject([
      {
        type: 'dev.weir.admission.brokeglass.v1',
        subject,
        data: { user: 'ann@example.com', group: 'firefighters', rules: ['images/tag'] },
      },
    ]);
  });

  it.each([
    ['a dry run', { object, dryRun: true }],
    ['what passes', { object: aService({ image: 'registry.example.com/shop/cart:1.2.3' }) }],
  ])('tells nothing of %s', async (_, request) => expect(await newsFor(request)).toEqual([]));

  it('keeps long names to what names may be', async () => {
    const long = aService({ image: 'registry.example.com/shop/cart:latest' });
    const named = { ...long, metadata: { ...(long.metadata as object), name: 'x'.repeat(100_000) } };
    expect(JSON.stringify(await newsFor({ object: named })).length).toBeLessThan(5_000);
  });
});
