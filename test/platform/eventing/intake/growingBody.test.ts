import { describe, expect, it } from '@jest/globals';
import { GrowingBody } from '../../../../src/platform/eventing/intake/growingBody.ts';

describe('a body that grows', () => {
  it.each([
    ['nobody said how long it is', -1],
    ['it is as long as was said', 100_000],
  ])('is what came, where %s', (_, expected) => {
    const all = Buffer.from(Array.from({ length: 100_000 }, (__, index) => index % 251));
    const body = new GrowingBody(expected);
    const sizes = [1, 7, 16_000, 3, 40_000];
    for (let at = 0, turn = 0; at < all.length; turn++) {
      const piece = all.subarray(at, at + (sizes[turn % sizes.length] ?? 1));
      body.add(piece);
      at += piece.length;
    }
    expect(body.length).toBe(all.length);
    expect(body.whole().equals(all)).toBe(true);
  });

  it('is not copied where it comes in one piece', () => {
    const piece = Buffer.from('{}');
    const body = new GrowingBody(2);
    body.add(piece);
    expect(body.whole()).toBe(piece);
  });

  it('writes into no piece that it was given', () => {
    const bytes = Buffer.from('abcdef');
    const body = new GrowingBody(-1);
    body.add(bytes.subarray(0, 2));
    body.add(bytes.subarray(4, 6));
    expect(body.whole().toString()).toBe('abef');
    expect(bytes.toString()).toBe('abcdef');
  });

  it('takes no more than twice its bytes, however many pieces there are', () => {
    const body = new GrowingBody(-1);
    const piece = Buffer.from('x');
    for (let index = 0; index < 100_000; index++) body.add(piece);
    expect(body.whole().buffer.byteLength).toBeLessThanOrEqual(200_000);
    expect(body.bytesFor(100_000)).toBe(body.whole().buffer.byteLength);
    expect(body.bytesFor(8 * 1024 * 1024)).toBe(9 * 1024 * 1024);
  });

  it.each([
    [-1, 1, 16_384],
    [-1, 10_000, 20_000],
    [50, 1, 50],
    [0, 30_000, 60_000],
  ])('expecting %d, takes for %d bytes %d', (expected, length, bytes) => {
    expect(new GrowingBody(expected).bytesFor(length)).toBe(bytes);
  });
});
