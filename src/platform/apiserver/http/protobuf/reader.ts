/** The wire format of Protocol Buffers: fields with their numbers, and nothing of what they mean. */

export interface Field {
  readonly number: number;
  /** A whole number for a varint; bytes for what has a length, or 4 or 8 of them. */
  readonly value: number | Uint8Array;
}

/** What is no message. */
export class WireFault extends Error {}

const VARINT = 0;
const FIXED_64 = 1;
const WITH_LENGTH = 2;
const FIXED_32 = 5;

/** The fields of a message, in their order. @throws WireFault */
export function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  const reader = new Reader(bytes);
  while (reader.at < bytes.length) {
    const tag = reader.varint();
    const number = Math.floor(tag / 8);
    switch (tag % 8) {
      case VARINT:
        yield { number, value: reader.varint() };
        break;
      case WITH_LENGTH:
        yield { number, value: reader.take(reader.varint()) };
        break;
      case FIXED_64:
        yield { number, value: reader.take(8) };
        break;
      case FIXED_32:
        yield { number, value: reader.take(4) };
        break;
      default:
        throw new WireFault(`proto: illegal wireType ${tag % 8}`);
    }
  }
}

/** All varints of a packed list. @throws WireFault */
export function packedVarints(bytes: Uint8Array): number[] {
  const reader = new Reader(bytes);
  const values: number[] = [];
  while (reader.at < bytes.length) values.push(reader.varint());
  return values;
}

class Reader {
  readonly #bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Whole numbers of 64 bits, as Go's int64 has them. @throws WireFault beyond 53 bits, which a double changes */
  varint(): number {
    let low = 0;
    let high = 0n;
    for (let index = 0; index < 10; index++) {
      const byte = this.#bytes[this.at++];
      if (byte === undefined) throw new WireFault('unexpected EOF');
      if (index < 4) low += (byte & 0x7f) * 2 ** (7 * index);
      else high += BigInt(byte & 0x7f) << BigInt(7 * index);
      if (byte < 0x80) return high === 0n ? low : exact(BigInt.asIntN(64, high + BigInt(low)));
    }
    throw new WireFault('proto: integer overflow');
  }

  take(length: number): Uint8Array {
    if (length < 0 || this.at + length > this.#bytes.length) throw new WireFault('unexpected EOF');
    this.at += length;
    return this.#bytes.subarray(this.at - length, this.at);
  }
}

function exact(value: bigint): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new WireFault(`the integer ${value}, beyond ${Number.MAX_SAFE_INTEGER}, cannot be kept exactly here`);
}
