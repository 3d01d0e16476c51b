import { expect, it } from '@jest/globals';
import { withoutCredentials } from '../../src/text/withoutCredentials.ts';

it.each([
  ['http://shop.example.com/a?b=c@d', 'http://shop.example.com/a?b=c@d'],
  ['http://me:secret@shop.example.com/a', 'http://xxxxx@shop.example.com/a'],
  ['https://token@shop.example.com', 'https://xxxxx@shop.example.com/'],
  ['http:me:secret@shop.example.com', 'http://xxxxx@shop.example.com/'],
  ['amqp://me:se@cret@shop', 'amqp://xxxxx@shop'],
  ['http://me:secret@:0/', 'http://xxxxx@:0/'],
  ['"http://me:secret@a b" is no URL, nor is //x:y@z', '"http://xxxxx@a b" is no URL, nor is //xxxxx@z'],
  ['ftp://me:secret@a.b/ is no URL of http', 'ftp://xxxxx@a.b/ is no URL of http'],
  ['mail me@example.com', 'mail me@example.com'],
  ['', ''],
])('%j is shown as %j', (text, shown) => {
  expect(withoutCredentials(text)).toBe(shown);
});
