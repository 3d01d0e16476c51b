import { describe, expect, it } from '@jest/globals';
import { findAll, parsePath } from '../../../../src/platform/apiserver/tables/jsonPath.ts';
import { expectGrowsWithSize } from '../../../growth.ts';

const OBJECT = {
  metadata: { annotations: { 'a.b/c': 'x' } },
  spec: {
    ports: [
      { name: 'http', port: 80 },
      { name: 'https', port: 443 },
    ],
    flags: { a: true, b: false },
  },
};

describe('a path', () => {
  it.each<[path: string, found: unknown[]]>([
    ['.spec.ports[0].name', ['http']],
    ['spec.ports[1].port', [443]],
    ['.spec.ports[-1].name', ['https']],
    ['.spec.ports[*].port', [80, 443]],
    ['.spec.flags.*', [true, false]],
    ['.spec.ports[?(@.name=="https")].port', [443]],
    [".spec.ports[?(@.name=='http')].port", [80]],
    ['.spec.ports[?(@.port > 100)].name', ['https']],
    ['.spec.ports[?(@.port != 80)].name', ['https']],
    ['.spec.ports[?(@.name)].port', [80, 443]],
    [".metadata.annotations['a.b/c']", ['x']],
    ['.metadata.annotations.a\\.b/c', ['x']],
    ['.spec.nothing.at.all', []],
    ['.spec.ports.name', []],
    ['.__proto__.constructor', []],
    ['.', [OBJECT]],
  ])('%s finds %j', (path, found) => {
    expect(findAll(OBJECT, parsePath(path) ?? [])).toEqual(found);
  });

  it.each(['.spec[', '.spec[?(', '.spec..x', '.a[b]'])('%s is none', (path) => {
    expect(parsePath(path)).toBeUndefined();
  });

  it.each<[string, (size: number) => string]>([
    ['a filter that does not end', (size) => `.a[?(@${'.b'.repeat(size)}`],
    ['what is escaped', (size) => `.${'\\a'.repeat(size)}[`],
  ])('of %s is read in a time that grows with its length alone', (_, pathOf) => {
    expectGrowsWithSize(20_000, pathOf, parsePath);
  });
});
