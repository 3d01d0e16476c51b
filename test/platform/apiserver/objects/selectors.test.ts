import { describe, expect, it } from '@jest/globals';
import { meets } from '../../../../src/kubernetes/labelSelectorText.ts';
import { parseFieldSelector } from '../../../../src/platform/apiserver/objects/selectors/fields.ts';
import { parseLabelSelector } from '../../../../src/platform/apiserver/objects/selectors/labels.ts';
import type { Resource } from '../../../../src/platform/apiserver/resources/resource.ts';

const LABELS = { app: 'web', tier: 'front', size: '7' };

describe('label selectors', () => {
  it.each<{ selector: string; selected: boolean }>`
    selector                 | selected
    ${''}                    | ${true}
    ${'app'}                 | ${true}
    ${'!app'}                | ${false}
    ${'!other'}              | ${true}
    ${'app=web'}             | ${true}
    ${'app==web,tier=front'} | ${true}
    ${'app=web,tier=back'}   | ${false}
    ${'app!=web'}            | ${false}
    ${'other!=web'}          | ${true}
    ${'app in (api, web)'}   | ${true}
    ${'app in ()'}           | ${false}
    ${'app notin (api,web)'} | ${false}
    ${'other notin (api)'}   | ${true}
    ${'size>6,size<8'}       | ${true}
    ${'size>7'}              | ${false}
    ${'app>1'}               | ${false}
    ${'other='}              | ${false}
    ${'in in (in)'}          | ${false}
    ${' app = web , tier '}  | ${true}
    ${'constructor'}         | ${false}
  `('"$selector" selects: $selected', ({ selector, selected }) => {
    expect(parseLabelSelector(selector).every((each) => meets(LABELS, each))).toBe(selected);
  });

  it.each<{ selector: string; message: string | RegExp | undefined }>`
    selector     | message
    ${'a b'}     | ${"unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"}
    ${'a=='}     | ${undefined}
    ${'=x'}      | ${"found '=', expected: !, identifier, or 'end of string'"}
    ${'a,'}      | ${"found '', expected: identifier after ','"}
    ${'a in b'}  | ${"unable to parse requirement: found 'b' expected: '('"}
    ${'a in (b'} | ${"unable to parse requirement: found '', expected: ',' or ')'"}
    ${'a=b c'}   | ${"found 'c', expected: ',' or 'end of string'"}
    ${'!'}       | ${"unable to parse requirement: found '', expected: identifier"}
    ${'a>x'}     | ${"unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer"}
    ${'a=-'}     | ${/^unable to parse requirement: values\[0\]\[a\]: Invalid value: "-": a valid label must be an empty string/}
    ${'-a'}      | ${/^unable to parse requirement: <nil>: Invalid value: "-a": name part must consist/}
  `('says of "$selector": $message', ({ selector, message }) => {
    if (message === undefined) expect(() => parseLabelSelector(selector)).not.toThrow();
    else expect(() => parseLabelSelector(selector)).toThrow(message);
  });

  it('reads a long hostile one in linear time', () => {
    expect(() => parseLabelSelector('('.repeat(200_000))).toThrow('found');
    expect(parseLabelSelector(`a in (${'b,'.repeat(50_000)})`)[0]?.values).toEqual(['', 'b']);
  });
});

const POD = { isNamespaced: true, isCustom: false, selectableFields: ['status.phase'] } as unknown as Resource;
const PLAIN = { isNamespaced: true, isCustom: false, selectableFields: [] } as unknown as Resource;

describe('field selectors', () => {
  it.each<{ selector: string; terms: object[] }>`
    selector                         | terms
    ${''}                            | ${[]}
    ${'metadata.name=a'}             | ${[{ field: 'metadata.name', value: 'a', isNot: false }]}
    ${'metadata.name==a'}            | ${[{ field: 'metadata.name', value: 'a', isNot: false }]}
    ${'status.phase!=Running,,'}     | ${[{ field: 'status.phase', value: 'Running', isNot: true }]}
    ${'status.phase=a\\,b\\=c\\\\d'} | ${[{ field: 'status.phase', value: 'a,b=c\\d', isNot: false }]}
  `('reads "$selector"', ({ selector, terms }) => {
    expect(parseFieldSelector(selector, POD)).toEqual(terms);
  });

  it.each<{ selector: string; resource: Resource; message: string }>`
    selector                | resource | message
    ${'foo'}                | ${POD}   | ${"invalid selector: 'foo'; can't understand 'foo'"}
    ${'foo=bar'}            | ${POD}   | ${'field label not supported: foo'}
    ${'foo=bar'}            | ${PLAIN} | ${'"foo" is not a known field selector: only "metadata.name", "metadata.namespace"'}
    ${'metadata.name=a\\b'} | ${POD}   | ${'invalid field selector: invalid escape sequence: \\b'}
    ${'metadata.name=a=b'}  | ${POD}   | ${'invalid field selector: unescaped character in value: 61'}
  `('says of "$selector": $message', ({ selector, resource, message }) => {
    expect(() => parseFieldSelector(selector, resource)).toThrow(message);
  });
});
