import { describe, expect, it } from '@jest/globals';
import { readConfiguration } from '../../../src/cli/config/configuration.ts';
import { matchesGlob } from '../../../src/cli/config/glob.ts';

const head = 'apiVersion: weir.dev/v1alpha1\nkind: Configuration\n';

function problems(text: string): string[] {
  const read = readConfiguration(text, { folder: '/repo', file: 'weir.yaml' });
  return read.problems.map(({ line, column, message }) => `${line}:${column}: ${message}`);
}

describe('readConfiguration', () => {
  it('reads all there is', () => {
    const text = `${head}policies: rules\nexclude: [charts]\nenvironments:\n- name: prod\n  paths: [overlays/prod]\n`;
    expect(readConfiguration(text, { folder: '/repo', file: 'weir.yaml' })).toEqual({
      configuration: {
        folder: '/repo',
        file: 'weir.yaml',
        policies: '/repo/rules',
        exclude: ['charts'],
        images: [],
        environments: [
          { name: 'prod', paths: ['overlays/prod'], places: [{ line: 7, column: 11 }], line: 6, column: 9 },
        ],
      },
      problems: [],
    });
  });

  it.each<[text: string, expected: string[]]>([
    [`${head}polices: x\n`, ['3:1: unknown field "polices"; did you mean "policies"?']],
    [
      `${head}xyz: x\n`,
      ['3:1: unknown field "xyz"; there are apiVersion, kind, policies, environments, exclude, images'],
    ],
    [`${head}policies: [x]\n`, ['3:11: policies must be the path of a folder']],
    [`${head}environments: {prod: x}\n`, ['3:15: environments must be a list of {name, paths}']],
    [`${head}environments: [prod]\n`, ['3:16: an environment is a mapping of name and paths']],
    [
      `${head}environments:\n- pahts: [a]\n`,
      [
        '4:3: unknown field "pahts"; did you mean "paths"?',
        '4:3: an environment needs a name, such as prod',
        '4:3: an environment needs paths, a list of patterns such as overlays/prod',
      ],
    ],
    [`${head}exclude: charts\n`, ['3:10: must be a list of path patterns, such as [overlays/prod]']],
    [`${head}exclude: [../x]\n`, ['3:11: "../x" leads out of the folder of weir.yaml; patterns are relative to it']],
    [`${head}exclude: [3]\n`, ['3:11: a path pattern is a text']],
    [`${head}policies: a\npolicies: b\n`, [expect.stringContaining('"policies" stands twice') as unknown as string]],
    ['apiVersion: v1\nkind: Configuration\n', ['1:13: apiVersion must be weir.dev/v1alpha1']],
    ['kind: Configuration\n', ['1:1: no apiVersion; write apiVersion: weir.dev/v1alpha1']],
    ['[]\n', [expect.stringContaining('must be a mapping') as unknown as string]],
    [`${head}---\n${head}`, [expect.stringContaining('a second document follows') as unknown as string]],
  ])('%j', (text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  it('says what an empty or broken file is', () => {
    expect(problems('')).toEqual([expect.stringContaining('the file is empty')]);
    expect(problems('a: [')).toHaveLength(1);
  });
});

describe('matchesGlob', () => {
  it.each<[pattern: string, file: string, expected: boolean]>([
    ['overlays/prod', 'overlays/prod', true],
    ['overlays/prod', 'overlays/prod/a/b.yaml', true],
    ['overlays/prod/', 'overlays/prod/a.yaml', true],
    ['./overlays', 'overlays/prod/a.yaml', true],
    ['overlays/prod', 'overlays/production/a.yaml', false],
    ['overlays/prod', 'a/overlays/prod/b.yaml', false],
    ['overlays/prod', 'overlays', false],
    ['*/prod', 'overlays/prod/a.yaml', true],
    ['*/prod', 'a/b/prod/a.yaml', false],
    ['prod-*', 'prod-eu/a.yaml', true],
    ['**/prod', 'a/b/prod/a.yaml', true],
    ['**/prod', 'prod/a.yaml', true],
    ['a/**/b', 'a/b', true],
    ['a/**/b', 'a/x/y/b', true],
    ['a/**/b', 'a/x/y/c', false],
    ['**/*.json', 'a/b/c.json', true],
    ['**/*.json', 'a/b/c.yaml', false],
    ['**', 'anything/at/all', true],
  ])('%s on %s: %s', (pattern, file, expected) => {
    expect(matchesGlob(pattern, file)).toBe(expected);
  });

  it('takes no time for a pattern made to take time', () => {
    const pattern = `${'**/a/'.repeat(40)}b`;
    expect(matchesGlob(pattern, 'a/'.repeat(2000))).toBe(false);
  });
});
