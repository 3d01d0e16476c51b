import { describe, expect, it } from '@jest/globals';
import { parseJsonBody, parseYaml } from '../../../../src/platform/apiserver/http/body.ts';
import { duplicateKeys, parseJson, placesOfKeys } from '../../../../src/platform/apiserver/http/json.ts';
import { jsonFault } from '../../../../src/platform/apiserver/status/jsonFault.ts';

describe('keys that stand twice', () => {
  it.each<{ text: string; found: string[] }>`
    text                                      | found
    ${'{"a":1,"b":{"a":2}}'}                  | ${[]}
    ${'{"a":1,"a":2,"a":3}'}                  | ${['a']}
    ${'{"metadata":{"name":"x","name":"y"}}'} | ${['metadata.name']}
    ${'{"s":{"c":[{"n":1},{"n":1,"n":2}]}}'}  | ${['s.c[1].n']}
    ${'{"a":"\\"a\\":1","\\u0061":2}'}        | ${['a']}
    ${'{"a":["a","a"],"b":[[],{}]}'}          | ${[]}
    ${'{"__proto__":1,"__proto__":2}'}        | ${['__proto__']}
  `('in $text are $found', ({ text, found }) => {
    JSON.parse(text);
    expect(duplicateKeys(text)).toEqual(found);
  });

  it('are told a hundred times at most', () => {
    const text = `{${Array.from({ length: 1000 }, (_, index) => `"k${index}":1,"k${index}":2`).join(',')}}`;
    expect(duplicateKeys(text)).toHaveLength(100);
  });

  it('have places', () => {
    expect([...placesOfKeys('{"a":{"b":1},"c":2}').keys()]).toEqual(['a', 'a.b', 'c']);
  });
});

describe('JSON', () => {
  it('keeps a key __proto__ as a key', () => {
    const parsed = parseJson('{"__proto__":{"polluted":true}}');
    expect(Object.keys('value' in parsed ? (parsed.value as object) : {})).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('is no deeper than a thousand levels', () => {
    expect(parseJson('['.repeat(1000) + ']'.repeat(1000))).toHaveProperty('value');
    expect(() => parseJson('['.repeat(1_000_000) + ']'.repeat(1_000_000))).toThrow('nested more than 1000 levels deep');
  });

  it.each([
    ['{"spec":{"a":[1,{"big":9007199254740993}]}}', 'spec.a[1].big: Invalid value: 9007199254740993'],
    ['{"a":"x","b":-9007199254740993}', 'b: Invalid value: -9007199254740993'],
    ['[9223372036854775807]', '[0]: Invalid value: 9223372036854775807'],
    ['9007199254740995', 'the body: Invalid value: 9007199254740995'],
  ])('%s is refused, since the number would change', (text, sentence) => {
    expect(() => parseJson(text)).toThrow(sentence);
    expect(() => parseJsonBody(Buffer.from(text), true)).toThrow(expect.objectContaining({ code: 400 }));
    expect(() => parseYaml(Buffer.from(text))).toThrow(/ cannot be kept exactly here; send a smaller one/);
  });

  it.each([
    '{"a":9007199254740991,"b":-9007199254740991}',
    '{"9007199254740993":"9007199254740993"}',
    '{"a":9223372036854775808,"b":1e400000,"c":0.12345678901234567890}',
    '[100000000000000000,9007199254740992,-0,0]',
    `[${'9'.repeat(300)}]`,
  ])('%s is taken: it is no integer of 64 bits that would change', (text) => {
    expect(parseJson(text)).toHaveProperty('value');
  });

  it.each<{ text: string; fault: string | undefined }>`
    text             | fault
    ${''}            | ${'unexpected end of JSON input'}
    ${'{'}           | ${'unexpected end of JSON input'}
    ${'{"a":1'}      | ${'unexpected end of JSON input'}
    ${'hello'}       | ${"invalid character 'h' looking for beginning of value"}
    ${'{a:1}'}       | ${"invalid character 'a' looking for beginning of object key string"}
    ${'{"a" 1}'}     | ${"invalid character '1' after object key"}
    ${'{"a":1 "b"}'} | ${"invalid character '\"' after object key:value pair"}
    ${'[1 2]'}       | ${"invalid character '2' after array element"}
    ${'{} x'}        | ${"invalid character 'x' after top-level value"}
    ${'{"a":trux}'}  | ${"invalid character 'x' in literal true (expecting 'e')"}
    ${'"a\nb"'}      | ${"invalid character '\\n' in string literal"}
    ${'"\\x"'}       | ${"invalid character 'x' in string escape code"}
    ${'[-]'}         | ${"invalid character ']' in numeric literal"}
    ${'[1.]'}        | ${"invalid character ']' after decimal point in numeric literal"}
    ${'[1e]'}        | ${"invalid character ']' in exponent of numeric literal"}
    ${'[01]'}        | ${"invalid character '1' after array element"}
    ${'[1,]'}        | ${"invalid character ']' looking for beginning of value"}
    ${'{"a":1,}'}    | ${"invalid character '}' looking for beginning of object key string"}
    ${'\u009e'}      | ${"invalid character 'Â' looking for beginning of value"}
    ${'é'}           | ${"invalid character 'Ã' looking for beginning of value"}
    ${'日'}          | ${"invalid character 'æ' looking for beginning of value"}
    ${"'"}           | ${"invalid character '\\'' looking for beginning of value"}
    ${'\\'}          | ${"invalid character '\\\\' looking for beginning of value"}
    ${'\u007f'}      | ${"invalid character '\\x7f' looking for beginning of value"}
    ${'\u0001'}      | ${"invalid character '\\x01' looking for beginning of value"}
    ${'[]'}          | ${undefined}
    ${'{"a":[{}]}'}  | ${undefined}
  `('$text has the fault: $fault', ({ text, fault }) => {
    expect(jsonFault(text)).toBe(fault);
    if (fault !== undefined) expect(parseJson(text)).toEqual({ fault });
  });

  it('of bytes that are no text tells the first', () => {
    expect(jsonFault(Buffer.from([0x9e]))).toBe("invalid character '\\u009e' looking for beginning of value");
  });
});
