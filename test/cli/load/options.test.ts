import { describe, expect, it } from '@jest/globals';
import { addressOf } from '../../../src/cli/load/target.ts';
import { weir } from '../harness.ts';

const URL_ = 'http://127.0.0.1:1';

describe('weir load refuses', () => {
  it.each([
    {
      args: ['example.localhost:8080'],
      sentence: '"example.localhost:8080" is no http or https URL; did you mean http://example.localhost:8080?',
    },
    { args: ['ftp://localhost'], sentence: '"ftp://localhost" is no http or https URL' },
    {
      args: ['http://me:secret@localhost'],
      sentence: "the URL holds a name or password; give them as --header 'Authorization: …'",
    },
    {
      args: [URL_, '--rps', '0'],
      sentence: '--rps is "0", and must be a number of requests a second from 0.01 to 20,000',
    },
    {
      args: [URL_, '--rps', '1e9'],
      sentence: '--rps is "1e9", and must be a number of requests a second from 0.01 to 20,000',
    },
    {
      args: [URL_, '--for', '30'],
      sentence: '--for is "30", and must be a duration from 100ms to 1h0m0s, such as 30s',
    },
    {
      args: [URL_, '--for', '2h'],
      sentence: '--for is "2h", and must be a duration from 100ms to 1h0m0s, such as 30s',
    },
    {
      args: [URL_, '--rps', '20000', '--for', '1h'],
      sentence: '--rps 20000 --for 1h are 72,000,000 requests, and 10,000,000 are the most; make one of them smaller',
    },
    {
      args: [URL_, '--connections', '20000'],
      sentence: '--connections is "20000", and must be a number of connections from 1 to 10,000',
    },
    { args: [URL_, '--connections', '1.5'], sentence: '--connections is "1.5", and must be whole' },
    {
      args: [URL_, '--timeout', '1h'],
      sentence: '--timeout is "1h", and must be a duration from 1ms to 10m0s, such as 30s',
    },
    { args: [URL_, '--method', 'CONNECT'], sentence: '--method is "CONNECT", and must be one such as GET or POST' },
    {
      args: [URL_, '--header', 'nonsense'],
      sentence: '--header is "nonsense", and must be a name and a value, such as \'Accept: text/html\'',
    },
    { args: [URL_, '--header', 'a b: c'], sentence: '--header names "a b", which is no name of a header' },
    {
      args: [URL_, '--header', 'a: b\nc: d'],
      sentence: '--header a has a value with characters that no header may have',
    },
    { args: [URL_, '--by', 'a b'], sentence: '--by names "a b", which is no name of a header' },
    { args: [URL_, '-o', 'jsn'], sentence: 'unknown output "jsn"; did you mean "json"? (one of text, json)' },
    {
      args: ['http://192.0.2.1'],
      sentence:
        '192.0.2.1 is another machine, and requests are sent to this one alone; where you may load it, say --allow-remote',
    },
    { args: [URL_], sentence: 'nothing listens at 127.0.0.1:1; is what should answer there running?' },
  ])('$args', async ({ args, sentence }) => {
    expect(await weir(['load', ...args])).toEqual({ code: 2, stdout: '', stderr: `weir: ${sentence}\n` });
  });
});

describe('addressOf', () => {
  const none = () => Promise.reject(Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }));

  it.each([
    { url: 'http://localhost', addresses: none, mayLeave: false, expected: '127.0.0.1' },
    { url: 'http://hello.shop.localhost:8080/a', addresses: none, mayLeave: false, expected: '127.0.0.1' },
    { url: 'http://hello.shop.localhost.', addresses: none, mayLeave: false, expected: '127.0.0.1' },
    { url: 'http://127.3.2.1', addresses: none, mayLeave: false, expected: '127.3.2.1' },
    { url: 'http://[::1]:8080', addresses: none, mayLeave: false, expected: '::1' },
    { url: 'http://shop.test', addresses: async () => ['127.0.0.2'], mayLeave: false, expected: '127.0.0.2' },
    { url: 'http://shop.test', addresses: async () => ['192.0.2.7'], mayLeave: true, expected: '192.0.2.7' },
    { url: 'http://0.0.0.0', addresses: none, mayLeave: true, expected: '0.0.0.0' },
  ])('$url is $expected', async ({ url, addresses, mayLeave, expected }) => {
    expect(await addressOf(new URL(url), mayLeave, addresses)).toBe(expected);
  });

  it.each([
    {
      url: 'http://shop.test',
      addresses: async () => ['127.0.0.1', '192.0.2.7'],
      sentence: 'shop.test is 192.0.2.7, which is another machine',
    },
    {
      url: 'http://localhost.evil',
      addresses: async () => ['192.0.2.7'],
      sentence: 'localhost.evil is 192.0.2.7, which is another machine',
    },
    { url: 'http://0x8080808', addresses: none, sentence: '8.8.8.8 is another machine' },
    { url: 'http://[2001:db8::1]', addresses: none, sentence: '2001:db8::1 is another machine' },
    { url: 'http://nowhere.test', addresses: none, sentence: 'nowhere.test leads to no address: ' },
  ])('$url is refused', async ({ url, addresses, sentence }) => {
    await expect(addressOf(new URL(url), false, addresses)).rejects.toThrow(sentence);
  });
});
