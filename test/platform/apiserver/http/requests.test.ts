import { describe, expect, it } from '@jest/globals';
import { negotiate } from '../../../../src/platform/apiserver/http/accept.ts';
import { refuseForeign } from '../../../../src/platform/apiserver/http/guard.ts';
import { listOptionsOf, watchRequestOf } from '../../../../src/platform/apiserver/http/listOptions.ts';
import { deleteOptionsOf, writeOptionsOf } from '../../../../src/platform/apiserver/http/query.ts';
import { resourceRequestOf } from '../../../../src/platform/apiserver/http/requestInfo.ts';
import { collectWarnings } from '../../../../src/platform/apiserver/http/warnings.ts';

describe('a path', () => {
  it.each<{ method: string; url: string; expected: string | undefined }>`
    method      | url                                                | expected
    ${'GET'}    | ${'/api/v1/pods'}                                  | ${'list pods '}
    ${'GET'}    | ${'/api/v1/namespaces/shop/pods'}                  | ${'list pods shop'}
    ${'GET'}    | ${'/api/v1/namespaces/shop/pods?watch=1'}          | ${'watch pods shop'}
    ${'GET'}    | ${'/api/v1/namespaces/shop/pods?watch=false'}      | ${'list pods shop'}
    ${'HEAD'}   | ${'/api/v1/namespaces/shop/pods/web'}              | ${'get pods shop web'}
    ${'PUT'}    | ${'/api/v1/namespaces/shop/pods/web/status'}       | ${'update pods shop web status'}
    ${'DELETE'} | ${'/api/v1/namespaces/shop/pods'}                  | ${'deletecollection pods shop'}
    ${'DELETE'} | ${'/api/v1/namespaces/shop'}                       | ${'delete namespaces shop shop'}
    ${'PUT'}    | ${'/api/v1/namespaces/shop/finalize'}              | ${'update namespaces shop shop finalize'}
    ${'POST'}   | ${'/apis/apps/v1/namespaces/shop/deployments'}     | ${'create deployments.apps shop'}
    ${'PATCH'}  | ${'/apis/apps/v1/namespaces/shop/deployments/web'} | ${'patch deployments.apps shop web'}
    ${'GET'}    | ${'/api/v1/watch/namespaces/shop/pods/web'}        | ${'watch pods shop web'}
    ${'GET'}    | ${'/api/v1/namespaces/shop/pods/a%2Fb'}            | ${'get pods shop a/b'}
    ${'GET'}    | ${'/api/v1'}                                       | ${undefined}
    ${'GET'}    | ${'/apis/apps/v1'}                                 | ${undefined}
    ${'GET'}    | ${'/version'}                                      | ${undefined}
  `('$method $url is $expected', ({ method, url, expected }) => {
    const { pathname, searchParams } = new URL(url, 'https://localhost');
    const asked = resourceRequestOf(method, pathname, searchParams);
    const { verb, plural, group, namespace, name, subresource } = asked ?? {};
    const title = `${verb} ${plural}${group === '' ? '' : `.${group}`} ${[namespace, name, subresource].filter((each) => each !== '').join(' ')}`;
    expect(asked === undefined ? undefined : title).toBe(expected);
  });

  it('that is not well encoded is refused', () => {
    expect(() => resourceRequestOf('GET', '/api/v1/pods/%ff', new URLSearchParams())).toThrow('not well encoded');
  });
});

describe('Accept', () => {
  const table = 'application/json;as=Table;v=v1;g=meta.k8s.io';
  it.each<{ header: string | undefined; expected: object }>`
    header                                                                     | expected
    ${undefined}                                                               | ${{ form: 'Object', version: 'v1' }}
    ${'*/*'}                                                                   | ${{ form: 'Object', version: 'v1' }}
    ${'application/vnd.kubernetes.protobuf,application/json'}                  | ${{ form: 'Object', version: 'v1' }}
    ${`${table},application/json`}                                             | ${{ form: 'Table', version: 'v1' }}
    ${`${table};q=0.5,application/json`}                                       | ${{ form: 'Object', version: 'v1' }}
    ${'application/json;as=Foo;v=v1;g=meta.k8s.io,*/*'}                        | ${{ form: 'Object', version: 'v1' }}
    ${'application/json;as=PartialObjectMetadataList;v=v1beta1;g=meta.k8s.io'} | ${{ form: 'PartialObjectMetadata', version: 'v1beta1' }}
  `('$header asks for $expected', ({ header, expected }) => {
    expect(negotiate(header)).toEqual(expected);
  });

  it.each(['application/vnd.kubernetes.protobuf', 'text/html', 'application/json;as=Table;v=v2;g=meta.k8s.io'])(
    '%s cannot be had',
    (header) => expect(() => negotiate(header)).toThrow(/application\/json/),
  );
});

describe('a Host', () => {
  it.each(['localhost:6443', '127.0.0.1:6443', '[::1]:6443', 'LOCALHOST:6443'])('%s is this one', (host) => {
    expect(() => refuseForeign({ host }, 6443)).not.toThrow();
  });
  it.each(['localhost', 'localhost:443', 'evil.example:6443', '127.0.0.1.nip.io:6443', '', 'localhost:6443.evil'])(
    '%s is another',
    (host) => expect(() => refuseForeign({ host }, 6443)).toThrow(/answers to localhost:6443/),
  );
  it.each(['https://evil.example', 'null', 'https://localhost:6443'])('no page asks, not even of %s', (origin) => {
    expect(() => refuseForeign({ host: 'localhost:6443', origin }, 6443)).toThrow(/browser/);
  });
});

const query = (text: string): URLSearchParams => new URLSearchParams(text);

describe('options', () => {
  it.each<{ text: string; message: string }>`
    text                                 | message
    ${'dryRun=Some'}                     | ${'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["Some"]: supported values: "All"'}
    ${'fieldValidation=Foo'}             | ${'fieldValidation: Unsupported value: "Foo": supported values: "", "Ignore", "Strict", "Warn"'}
    ${`fieldManager=${'x'.repeat(129)}`} | ${'fieldManager: Too long: may not be more than 128 bytes'}
    ${'fieldManager=a%01'}               | ${'invalid character U+0001 (at position 1)'}
  `('of a write: $text is refused', ({ text, message }) => {
    expect(() => writeOptionsOf(query(text), 'CreateOptions')).toThrow(message);
  });

  it('of an apply name who applies, and those of other patches do not force', () => {
    expect(() => writeOptionsOf(query(''), 'PatchOptions', true)).toThrow(
      'fieldManager: Required value: is required for apply patch',
    );
    expect(() => writeOptionsOf(query('force=true'), 'PatchOptions')).toThrow(
      'force: Forbidden: may not be specified for non-apply patch',
    );
    expect(writeOptionsOf(query('force=true&fieldManager=me'), 'PatchOptions', true)).toMatchObject({ force: true });
  });

  it('of a delete stand in the body or the query', () => {
    const body = {
      kind: 'DeleteOptions',
      gracePeriodSeconds: 5,
      preconditions: { uid: 'x' },
      propagationPolicy: 'Orphan',
    };
    const expected = { gracePeriodSeconds: 5, preconditions: { uid: 'x' }, propagationPolicy: 'Orphan' };
    expect(deleteOptionsOf(query('gracePeriodSeconds=7'), body)).toMatchObject(expected);
    expect(deleteOptionsOf(query('gracePeriodSeconds=7&dryRun=All'), undefined)).toMatchObject({
      gracePeriodSeconds: 7,
      dryRun: true,
    });
    expect(() => deleteOptionsOf(query('propagationPolicy=Foo'), undefined)).toThrow(
      'supported values: "Foreground", "Background", "Orphan", "nil"',
    );
    expect(() => deleteOptionsOf(query(''), { kind: 'Pod', apiVersion: 'v1' })).toThrow('no kind "Pod" is registered');
    expect(() => deleteOptionsOf(query(''), { gracePeriodSeconds: 'soon' })).toThrow('must be an integer');
  });

  it.each<{ text: string; expected: object }>`
    text                                              | expected
    ${''}                                             | ${{}}
    ${'resourceVersion=0'}                            | ${{}}
    ${'resourceVersion=7'}                            | ${{ revision: 7, exact: false }}
    ${'resourceVersion=7&limit=2'}                    | ${{ revision: 7, exact: true, limit: 2 }}
    ${'resourceVersion=7&resourceVersionMatch=Exact'} | ${{ revision: 7, exact: true }}
    ${'limit=2&continue=abc'}                         | ${{ limit: 2, continue: 'abc' }}
    ${'limit=-1'}                                     | ${{}}
  `('of a list: $text', ({ text, expected }) => {
    expect(listOptionsOf(query(text))).toEqual(expected);
  });

  it.each<{ text: string; message: string }>`
    text                            | message
    ${'resourceVersion=abc'}        | ${'invalid resource version: resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax'}
    ${'resourceVersionMatch=Exact'} | ${'resourceVersionMatch is forbidden unless resourceVersion is provided'}
    ${'sendInitialEvents=true'}     | ${'sendInitialEvents is forbidden for list'}
    ${'limit=x'}                    | ${'strconv.ParseInt: parsing "x": invalid syntax'}
  `('of a list: $text is refused', ({ text, message }) => {
    expect(() => listOptionsOf(query(text))).toThrow(message);
  });

  it.each<{ text: string; expected: object }>`
    text                                                                            | expected
    ${''}                                                                           | ${{ since: undefined, sendsInitialEvents: false }}
    ${'resourceVersion=7'}                                                          | ${{ since: 7 }}
    ${'resourceVersion=7&sendInitialEvents=true&resourceVersionMatch=NotOlderThan'} | ${{ since: undefined, sendsInitialEvents: true }}
    ${'allowWatchBookmarks=true&timeoutSeconds=5'}                                  | ${{ allowBookmarks: true, timeoutSeconds: 5 }}
  `('of a watch: $text', ({ text, expected }) => {
    expect(watchRequestOf(query(text))).toMatchObject(expected);
  });
});

describe('warnings', () => {
  it('are told once, in quotes, as bytes', () => {
    const warnings = collectWarnings();
    for (const each of ['say "a\\b"', 'say "a\\b"', 'grün', 'two\nlines', '']) warnings.add(each);
    expect(warnings.headers()).toEqual([
      '299 - "say \\"a\\\\b\\""',
      `299 - "gr${Buffer.from('ü').toString('latin1')}n"`,
    ]);
  });

  it('are cut where they are too many', () => {
    const warnings = collectWarnings();
    for (let index = 0; index < 100; index++) warnings.add(`${index} ${'x'.repeat(500)}`);
    const headers = warnings.headers();
    expect(headers.every((each) => each.length <= 256 + 8)).toBe(true);
    expect(headers.length).toBeLessThanOrEqual(17);
  });
});
