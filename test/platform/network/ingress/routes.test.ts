import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Routes, turnsOf } from '../../../../src/platform/network/ingress/routes.ts';
import type { HostRoute } from '../../../../src/platform/network/plane.ts';

const NO_TAGS: ReadonlyMap<string, string> = new Map();

function route(percents: readonly number[], rest: Partial<HostRoute> = {}): HostRoute {
  const splits = percents.map((percent, index) => ({ revision: `shop/r${index}`, percent }));
  return { host: 'a.shop.localhost', isClusterLocal: false, splits, tags: NO_TAGS, ...rest };
}

describe('traffic by percent', () => {
  it('is exact over any 100 requests in a row', () => {
    const percents = fc
      .array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 6 })
      .map((cuts) => [0, ...cuts.sort((a, b) => a - b), 100])
      .map((edges) => edges.slice(1).map((edge, index) => edge - (edges[index] ?? 0)));
    fc.assert(
      fc.property(percents, fc.nat({ max: 500 }), (all, from) => {
        const routes = new Routes();
        routes.replace([route(all)]);
        const split = routes.find('a.shop.localhost');
        const taken = Array.from({ length: from + 100 }, () => split?.next(undefined)?.revision).slice(from);
        for (const [index, percent] of all.entries()) {
          expect(taken.filter((revision) => revision === `shop/r${index}`)).toHaveLength(percent);
        }
      }),
    );
  });

  it.each<{ percents: number[]; first: string[] }>`
    percents        | first
    ${[50, 50]}     | ${['shop/r0', 'shop/r1', 'shop/r0', 'shop/r1']}
    ${[75, 25]}     | ${['shop/r0', 'shop/r0', 'shop/r1', 'shop/r0']}
    ${[0, 100]}     | ${['shop/r1', 'shop/r1', 'shop/r1', 'shop/r1']}
    ${[25, 25, 50]} | ${['shop/r2', 'shop/r0', 'shop/r1', 'shop/r2']}
  `('$percents is spread evenly', ({ percents, first }) => {
    const turns = turnsOf(route(percents));
    expect(first).toEqual([0, 1, 2, 3].map((index) => turns[index % turns.length]?.revision));
  });

  it('goes on in its turns where a route is told again as it was', () => {
    const routes = new Routes();
    const taken: (string | undefined)[] = [];
    for (let told = 0; told < 100; told++) {
      routes.replace([route([80, 20])]);
      taken.push(routes.find('a.shop.localhost')?.next(undefined)?.revision);
    }
    expect(taken.filter((revision) => revision === 'shop/r1')).toHaveLength(20);
  });

  it('is nowhere where nothing is split', () => {
    const routes = new Routes();
    routes.replace([route([])]);
    expect(routes.find('a.shop.localhost')?.next(undefined)).toBeUndefined();
  });
});

describe('tags by header', () => {
  const tags = new Map([['blue', 'shop/r7']]);
  it.each<{ tags: ReadonlyMap<string, string>; asked: string | undefined; expected: object }>`
    tags       | asked        | expected
    ${tags}    | ${'blue'}    | ${{ revision: 'shop/r7', isDefaultRoute: false }}
    ${tags}    | ${'green'}   | ${{ revision: 'shop/r0', isDefaultRoute: true }}
    ${tags}    | ${undefined} | ${{ revision: 'shop/r0', isDefaultRoute: true }}
    ${NO_TAGS} | ${'blue'}    | ${{ revision: 'shop/r0', isDefaultRoute: false }}
  `('$asked leads to $expected', ({ tags: known, asked, expected }) => {
    const routes = new Routes();
    routes.replace([route([100], { tags: known })]);
    expect(routes.find('a.shop.localhost')?.next(asked)).toEqual(expected);
  });
});

it.each([
  ['helo.default.localhost', 'hello.default.localhost'],
  ['hello.defalt.localhst', 'hello.default.localhost'],
  ['crasher.default.localhost', undefined],
  ['hpa.shop.localhost', undefined],
])('%s is near to %s, by its own name and not by how all hosts end', (host, near) => {
  const routes = new Routes();
  routes.replace(['hpa', 'hello'].map((name) => route([100], { host: `${name}.default.localhost` })));
  expect(routes.near(host, 'outside')).toBe(near);
});
