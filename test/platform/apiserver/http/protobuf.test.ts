import { describe, expect, it } from '@jest/globals';
import { decodeProtobuf } from '../../../../src/platform/apiserver/http/protobuf/decode.ts';

/** A field with a length: its number, and what it holds. */
function part(number: number, ...content: readonly (string | Uint8Array)[]): Buffer {
  const bytes = Buffer.concat(content.map((each) => Buffer.from(each as Uint8Array)));
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

function whole(number: number, value: number | bigint): Buffer {
  return Buffer.concat([varint(number * 8), varint(value)]);
}

function varint(value: number | bigint): Buffer {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    const byte = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest === 0n ? byte : byte | 0x80);
  } while (rest !== 0n);
  return Buffer.from(bytes);
}

/** As client-go writes it: a magic, what it is, and its bytes. */
function sent(apiVersion: string, kind: string, ...content: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.from('k8s\0'), part(1, part(1, apiVersion), part(2, kind)), part(2, ...content)]);
}

describe('protobuf', () => {
  it('is read as the JSON that the same object has', () => {
    const time = whole(1, 1_767_268_800);
    const entry = (key: string, value: string) => part(2, part(1, key), part(2, value));
    expect(
      decodeProtobuf(
        sent('v1', 'ConfigMap', part(1, part(1, 'web'), part(8, time)), entry('a', '1'), entry('b', ''), whole(4, 1)),
      ),
    ).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'web', creationTimestamp: '2026-01-01T12:00:00Z' },
      data: { a: '1', b: '' },
      immutable: true,
    });
  });

  it('knows the types that Go writes in their own way', () => {
    const port = (target: Buffer) => part(1, part(1, 'http'), whole(3, 80), part(4, target));
    const text = port(Buffer.concat([whole(1, 1), whole(2, 0), part(3, 'web')]));
    const number = port(Buffer.concat([whole(1, 0), whole(2, 8080), part(3, '')]));
    expect(decodeProtobuf(sent('v1', 'Service', part(2, text, number)))).toMatchObject({
      spec: {
        ports: [
          { port: 80, targetPort: 'web' },
          { port: 80, targetPort: 8080 },
        ],
      },
    });

    const hard = part(1, part(1, 'pods'), part(2, part(1, '10')));
    expect(decodeProtobuf(sent('v1', 'ResourceQuota', part(2, hard)))).toMatchObject({
      spec: { hard: { pods: '10' } },
    });
  });

  it('puts members of what Go embeds where JSON has them', () => {
    const secret = part(6, part(1, 'tls'));
    const volume = part(1, part(1, 'certs'), part(2, secret));
    expect(decodeProtobuf(sent('v1', 'Pod', part(2, volume)))).toMatchObject({
      spec: { volumes: [{ name: 'certs', secret: { secretName: 'tls' } }] },
    });
  });

  it('keeps bytes as base64 and negative numbers as they are', () => {
    const entry = part(2, part(1, 'key'), part(2, Buffer.from([0xff, 0x00])));
    expect(decodeProtobuf(sent('v1', 'Secret', entry))).toMatchObject({ data: { key: '/wA=' } });
    expect(decodeProtobuf(sent('v1', 'DeleteOptions', whole(1, -1n)))).toMatchObject({ gracePeriodSeconds: -1 });
  });

  it('leads nowhere by a key __proto__', () => {
    const entry = part(2, part(1, '__proto__'), part(2, 'x'));
    const read = decodeProtobuf(sent('v1', 'ConfigMap', entry));
    expect(Object.keys(read.data as object)).toEqual(['__proto__']);
  });

  it.each<[what: string, bytes: Buffer, message: RegExp]>([
    ['nothing', Buffer.alloc(0), /expected prefix/],
    ['JSON', Buffer.from('{}'), /expected prefix/],
    [
      'a kind that is not known',
      sent('v1', 'Unheard'),
      /Unheard in version "v1" cannot be read as protobuf here; send JSON/,
    ],
    ['a message that is cut', sent('v1', 'ConfigMap', Buffer.from([0x0a, 0x50, 0x61])), /unexpected EOF/],
    ['a wrong type of a field', sent('v1', 'ConfigMap', whole(1, 5)), /wrong wireType/],
    ['a type that is none', sent('v1', 'ConfigMap', Buffer.from([0x0b])), /illegal wireType 3/],
    ['a number without end', sent('v1', 'ConfigMap', Buffer.alloc(11, 0xff)), /integer overflow/],
  ])('%s is refused', (_what, bytes, message) => {
    expect(() => decodeProtobuf(bytes)).toThrow(message);
  });
});
