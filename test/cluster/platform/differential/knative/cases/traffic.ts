/** Where traffic goes. */
import { aService, type Case, named, ofTraffic } from './builders.ts';

const blue = { revisionName: 'cart-blue', percent: 100 };

export const traffic: Case[] = [
  { name: 'blue and green', object: aService({ spec: { ...named('cart-blue'), traffic: [blue] } }) },
  {
    name: 'a switch with a tag',
    object: aService({ spec: { ...named('cart-blue'), traffic: [blue] } }),
    change: {
      spec: { ...named('cart-green'), traffic: [blue, { revisionName: 'cart-green', percent: 0, tag: 'green' }] },
    },
  },
  {
    name: 'a switch back, under the same name',
    object: aService({ spec: { ...named('cart-blue'), traffic: [blue] } }),
    change: {
      spec: {
        traffic: [
          { ...blue, percent: 90 },
          { revisionName: 'cart-green', percent: 10 },
        ],
      },
    },
  },
  { name: 'no traffic at all', object: ofTraffic() },
  {
    name: 'percents below 100',
    object: ofTraffic({ revisionName: 'cart-blue', percent: 80 }, { latestRevision: true, percent: 10 }),
    refusal: 'Traffic targets sum to 90, want 100',
  },
  {
    name: 'percents above 100',
    object: ofTraffic({ revisionName: 'cart-blue', percent: 80 }, { latestRevision: true, percent: 30 }),
    refusal: 'Traffic targets sum to 110, want 100',
  },
  {
    name: 'a percent above 100',
    object: ofTraffic({ latestRevision: true, percent: 101 }),
    refusal: 'expected 0 <= 101 <= 100: spec.traffic[0].percent',
  },
  {
    name: 'latestRevision with a name',
    object: ofTraffic({ revisionName: 'cart-blue', latestRevision: true, percent: 100 }),
    refusal: 'may not set revisionName',
  },
  {
    name: 'neither the latest nor a name',
    object: ofTraffic({ latestRevision: false, percent: 100 }),
    refusal: 'may not set revisionName',
  },
  {
    name: 'a tag twice',
    object: ofTraffic({ ...blue, tag: 'live' }, { revisionName: 'cart-green', percent: 0, tag: 'live' }),
    refusal: 'Multiple definitions for',
    differs: 'names the place of the second one alone',
  },
  {
    name: 'a tag that is no name',
    object: ofTraffic({ ...blue, tag: 'Live' }),
    refusal: 'invalid value: not a DNS 1035 label',
    differs: 'names the field of the target',
  },
  {
    name: 'a URL in a target',
    object: ofTraffic({ ...blue, url: 'http://cart.example.com' }),
    refusal: 'must not set the field(s): spec.traffic[0].url',
  },
  {
    name: 'a switch that does not add up',
    object: aService({ spec: { ...named('cart-blue'), traffic: [blue] } }),
    change: { spec: { ...named('cart-green'), traffic: [blue, { revisionName: 'cart-green', percent: 10 }] } },
    refusal: 'Traffic targets sum to 110, want 100',
  },
];
