import { describe, expect, it } from '@jest/globals';
import {
  formatFixed,
  formatFloat,
  parseBool,
  parseFloat64,
  parseInt32,
  parseInt64,
} from '../../src/knative/goNumbers.ts';

const SYNTAX = { ok: false, reason: 'invalid syntax' };
const RANGE = { ok: false, reason: 'value out of range' };

describe('parseInt32', () => {
  it.each<{ text: string; expected: unknown }>`
    text              | expected
    ${'0'}            | ${{ ok: true, value: 0 }}
    ${'-0'}           | ${{ ok: true, value: 0 }}
    ${'+007'}         | ${{ ok: true, value: 7 }}
    ${'2147483647'}   | ${{ ok: true, value: 2147483647 }}
    ${'-2147483648'}  | ${{ ok: true, value: -2147483648 }}
    ${'2147483648'}   | ${RANGE}
    ${''}             | ${SYNTAX}
    ${'-'}            | ${SYNTAX}
    ${' 1'}           | ${SYNTAX}
    ${'1_000'}        | ${SYNTAX}
    ${'1e3'}          | ${SYNTAX}
    ${'99999999999x'} | ${RANGE}
  `('of $text', ({ text, expected }) => {
    expect(parseInt32(text)).toEqual(expected);
  });
});

it.each<{ text: string; expected: unknown }>`
  text                      | expected
  ${'9223372036854775807'}  | ${{ ok: true, value: 9223372036854775807n }}
  ${'-9223372036854775808'} | ${{ ok: true, value: -9223372036854775808n }}
  ${'9223372036854775808'}  | ${RANGE}
  ${'x'}                    | ${SYNTAX}
`('parseInt64 of $text', ({ text, expected }) => {
  expect(parseInt64(text)).toEqual(expected);
});

it.each<{ text: string; expected: unknown }>`
  text        | expected
  ${'.5'}     | ${{ ok: true, value: 0.5 }}
  ${'1e3'}    | ${{ ok: true, value: 1000 }}
  ${'0x1p-2'} | ${{ ok: true, value: 0.25 }}
  ${'-inf'}   | ${{ ok: true, value: -Infinity }}
  ${'NaN'}    | ${{ ok: true, value: Number.NaN }}
  ${'1_000'}  | ${{ ok: true, value: 1000 }}
  ${'1__0'}   | ${SYNTAX}
  ${'1e400'}  | ${RANGE}
  ${'1e-400'} | ${{ ok: true, value: 0 }}
  ${'50%'}    | ${SYNTAX}
  ${''}       | ${SYNTAX}
`('parseFloat64 of $text', ({ text, expected }) => {
  expect(parseFloat64(text)).toEqual(expected);
});

it.each<{ text: string; expected: unknown }>`
  text      | expected
  ${'true'} | ${{ ok: true, value: true }}
  ${'F'}    | ${{ ok: true, value: false }}
  ${'yes'}  | ${SYNTAX}
  ${'tRUE'} | ${SYNTAX}
`('parseBool of $text', ({ text, expected }) => {
  expect(parseBool(text)).toEqual(expected);
});

it.each<{ value: number; float: string; fixed: string }>`
  value        | float          | fixed
  ${0.7}       | ${'0.7'}       | ${'0.700000'}
  ${100}       | ${'100'}       | ${'100.000000'}
  ${-0}        | ${'-0'}        | ${'-0.000000'}
  ${1e6}       | ${'1e+06'}     | ${'1000000.000000'}
  ${0.00001}   | ${'1e-05'}     | ${'0.000010'}
  ${0.0078125} | ${'0.0078125'} | ${'0.007812'}
  ${-Infinity} | ${'-Inf'}      | ${'-Inf'}
  ${1e21}      | ${'1e+21'}     | ${'1000000000000000000000.000000'}
`('prints $value as $float and $fixed', ({ value, float, fixed }) => {
  expect([formatFloat(value), formatFixed(value)]).toEqual([float, fixed]);
});
