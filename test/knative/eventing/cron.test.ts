import { describe, expect, it } from '@jest/globals';
import { isTimeZone, parseCron } from '../../../src/knative/eventing/cron.ts';

function fieldsOf(text: string, seconds: 'none' | 'optional' = 'none'): string {
  const parsed = parseCron(text, seconds);
  if (!parsed.ok) return parsed.reason;
  if (parsed.times === undefined) return 'every';
  const { second, minute, hour, dayOfMonth, month, dayOfWeek } = parsed.times;
  return [second, minute, hour, dayOfMonth, month, dayOfWeek]
    .map(({ values, isAny }) => (isAny ? '*' : [...values].sort((a, b) => a - b).join(',')))
    .join(' ');
}

describe('parseCron', () => {
  it.each<[text: string, fields: string]>([
    ['0 8 * * 1-5', '0 0 8 * * 1,2,3,4,5'],
    ['*/15 * * * *', '0 0,15,30,45 * * * *'],
    ['5/20 0 1 JAN-MAR ?', '0 5,25,45 0 1 1,2,3 *'],
    ['0 0 1,15 * SUN', '0 0 0 1,15 * 0'],
    ['10-20/5 * * dec *', '0 10,15,20 * * 12 *'],
    ['@hourly', '0 0 * * * *'],
    ['@weekly', '0 0 0 * * 0'],
    ['@annually', '0 0 0 1 1 *'],
    ['@every 90s', 'every'],
    ['  0   8 * *\t1 ', '0 0 8 * * 1'],
    ['1,,2 * * * *', '0 1,2 * * * *'],
  ])('reads %s', (text, fields) => {
    expect(fieldsOf(text)).toBe(fields);
  });

  it.each<[text: string, reason: string]>([
    ['', 'empty spec string'],
    ['* * * *', 'expected exactly 5 fields, found 4: [* * * *]'],
    ['0 * * * * *', 'expected exactly 5 fields, found 6: [0 * * * * *]'],
    ['60 * * * *', 'end of range (60) above maximum (59): 60'],
    ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
    ['* * * * 7', 'end of range (7) above maximum (6): 7'],
    ['5-1 * * * *', 'beginning of range (5) beyond end of range (1): 5-1'],
    ['*/0 * * * *', 'step of range should be a positive number: */0'],
    ['1-2-3 * * * *', 'too many hyphens: 1-2-3'],
    ['1/2/3 * * * *', 'too many slashes: 1/2/3'],
    ['x * * * *', 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'],
    ['@never', 'unrecognized descriptor: @never'],
    ['CRON_TZ=Mars/Base 0 0 * * *', 'provided bad location Mars/Base: unknown time zone Mars/Base'],
    ['CRON_TZ=UTC', 'expected exactly 5 fields, found 0: []'],
  ])('refuses %j', (text, reason) => {
    expect(fieldsOf(text)).toBe(reason);
  });

  it('takes seconds where they are wanted', () => {
    expect(fieldsOf('30 0 8 * * *', 'optional')).toBe('30 0 8 * * *');
    expect(fieldsOf('0 8 * * *', 'optional')).toBe('0 0 8 * * *');
    expect(fieldsOf('* * * *', 'optional')).toBe('expected 5 to 6 fields, found 4: [* * * *]');
  });

  it.each<[text: string, zone: string | undefined]>([
    ['0 8 * * *', undefined],
    ['CRON_TZ=Europe/Lisbon 0 8 * * *', 'Europe/Lisbon'],
    ['TZ=UTC @daily', 'UTC'],
  ])('reads the zone of %s', (text, zone) => {
    expect(parseCron(text)).toMatchObject({ ok: true, zone });
  });

  it('ends at once on a text of any length', () => {
    expect(parseCron(`${'1,'.repeat(1_000_000)}1 * * * *`)).toMatchObject({ ok: false });
  });
});

describe('isTimeZone', () => {
  it.each([
    ['UTC', true],
    ['', true],
    ['Local', true],
    ['America/Argentina/Buenos_Aires', true],
    ['Etc/GMT+5', true],
    ['EST5EDT', true],
    ['europe/lisbon', false],
    ['+01:00', false],
    ['Europe/Nowhere', false],
    ['../etc/passwd', false],
  ])('%s: %s', (name, expected) => {
    expect(isTimeZone(name)).toBe(expected);
  });
});
