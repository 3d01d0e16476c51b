import { describe, expect, it } from '@jest/globals';
import { policyNews } from '../../../src/cli/up/policyNews.ts';

function told(): { readonly lines: string[]; readonly news: ReturnType<typeof policyNews> } {
  const lines: string[] = [];
  return { lines, news: policyNews('policies', (sentence) => lines.push(sentence)) };
}

describe('policies that change while the platform runs', () => {
  it('are told to judge', () => {
    const { lines, news } = told();
    news.accepted('1', []);
    expect(lines).toEqual(['policies: the changed policies judge']);
  });

  it('are told to be broken, with what is wrong, and to be good again', () => {
    const { lines, news } = told();
    news.refused(['prod.yaml:9:5: unknown field "maxscale"']);
    news.refused(['prod.yaml:9:5: unknown field "maxscal"']);
    news.accepted('2', []);
    news.accepted('3', []);
    expect(lines).toEqual([
      'policies: the change cannot be used, and the last good policies judge on\n  prod.yaml:9:5: unknown field "maxscale"',
      'policies: the change cannot be used, and the last good policies judge on\n  prod.yaml:9:5: unknown field "maxscal"',
      'policies: the policies can be used again, and judge',
      'policies: the changed policies judge',
    ]);
  });

  it('show ten mistakes, and count the others', () => {
    const { lines, news } = told();
    news.refused(Array.from({ length: 12 }, (_, index) => `dev.yaml:${index + 1}: wrong`));
    expect(lines[0]?.split('\n').slice(-2)).toEqual(['  dev.yaml:10: wrong', '  and 2 more']);
  });

  it('say which environments have none any more', () => {
    const { lines, news } = told();
    news.accepted('1', ['prod']);
    expect(lines[1]).toBe('  prod has no policy any more: everything in its namespaces is denied');
  });
});
