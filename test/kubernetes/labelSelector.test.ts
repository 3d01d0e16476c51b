import { describe, expect, it } from '@jest/globals';
import type { JsonValue } from '../../src/kubernetes/json.ts';
import { type Labels, labelsFrom, selects } from '../../src/kubernetes/labelSelector.ts';

const labels = labelsFrom({ app: 'cart', tier: 'web' });
const open = labelsFrom({ app: 'cart' }, true);
const generated: Labels = { known: new Map([['app', { mayBe: (value: string) => value.startsWith('cart-') }]]) };

const expression = (key: string, operator: string, ...values: string[]) => ({
  matchExpressions: [{ key, operator, values }],
});

describe('selects', () => {
  it.each<[JsonValue | undefined, Labels, string]>([
    [undefined, labels, 'yes'],
    [{}, labels, 'yes'],
    [{ matchLabels: {} }, labels, 'yes'],
    [{ matchLabels: { app: 'cart' } }, labels, 'yes'],
    [{ matchLabels: { app: 'cart', tier: 'db' } }, labels, 'no'],
    [{ matchLabels: { none: 'x' } }, labels, 'no'],
    [{ matchLabels: { none: 'x' } }, open, 'maybe'],
    [{ matchLabels: { none: 'x', app: 'other' } }, open, 'no'],
    [expression('app', 'In', 'cart', 'pay'), labels, 'yes'],
    [expression('app', 'In', 'pay'), labels, 'no'],
    [expression('app', 'NotIn', 'pay'), labels, 'yes'],
    [expression('none', 'NotIn', 'pay'), labels, 'yes'],
    [expression('none', 'NotIn', 'pay'), open, 'maybe'],
    [expression('app', 'NotIn', 'cart'), labels, 'no'],
    [expression('app', 'Exists'), labels, 'yes'],
    [expression('none', 'Exists'), labels, 'no'],
    [expression('none', 'DoesNotExist'), labels, 'yes'],
    [expression('app', 'DoesNotExist'), labels, 'no'],
    [expression('app', 'Like', 'c*'), labels, 'no'],
    [{ matchLabels: { app: 'cart' }, ...expression('tier', 'In', 'db') }, labels, 'no'],
    [{ matchLabels: { app: 'cart-00002' } }, generated, 'maybe'],
    [{ matchLabels: { app: 'cart' } }, generated, 'no'],
    [expression('app', 'NotIn', 'cart'), generated, 'yes'],
    [expression('app', 'Exists'), generated, 'yes'],
    [{ matchLabels: 'app', matchExpressions: 'x' }, labels, 'yes'],
    [{ matchExpressions: [null] }, labels, 'no'],
  ])('%j of %j gives %s', (selector, known, expected) => {
    expect(selects(selector, known)).toBe(expected);
  });
});
