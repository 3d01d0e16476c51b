import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';
import { isObject, type JsonObject } from '../../src/kubernetes/json.ts';
import { readYaml } from '../../src/kubernetes/yaml/read.ts';
import type { Rule } from '../../src/policy/engine/rule.ts';
import { aService, judgeBy, messages } from '../policy/builders.ts';

const root = path.resolve(import.meta.dirname, '../..');
const CONTRIBUTING = readFileSync(path.join(root, 'CONTRIBUTING.md'), 'utf8');
const [ruleSnippet = '', testSnippet = ''] = [...CONTRIBUTING.matchAll(/```ts\n([\s\S]*?)```/g)].map(
  ([, code]) => code,
);
const RULE_FILE = 'src/policy/rules/serving/team.ts';
const TEST_FILE = 'test/policy/rules/serving/team.test.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'weir-contributing-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The rule of the page, read from outside the tree, so that nothing in it can mistake it for one of its own. */
async function theRule(): Promise<Rule> {
  const file = path.join(folder, 'team.ts');
  const elsewhere = ruleSnippet.replace(/from '(\.[^']+)'/g, (_, specifier: string) => {
    return `from '${pathToFileURL(path.resolve(root, path.dirname(RULE_FILE), specifier)).pathname}'`;
  });
  writeFileSync(file, elsewhere);
  const { team } = await import(file);
  return team;
}

function objectIn(yaml: string): JsonObject {
  const [document] = readYaml(yaml, 'example.yaml').documents;
  if (!isObject(document?.value)) throw new Error('the example is no object');
  return document.value;
}

/** What a piece of code imports from the tree, types left out, since they are gone at run time. */
function importsOf(code: string): { specifier: string; names: string[] }[] {
  return [...code.matchAll(/^import \{ (.+) \} from '(.+)';$/gm)].map(([, names = '', specifier = '']) => ({
    specifier,
    names: names.split(', ').filter((name) => !name.startsWith('type ')),
  }));
}

describe('CONTRIBUTING.md', () => {
  it('says in which files its code goes', () => {
    expect(CONTRIBUTING).toContain(`\`${RULE_FILE}\``);
    expect(CONTRIBUTING).toContain(`\`${TEST_FILE}\``);
  });

  it('shows a rule whose examples hold', async () => {
    const rule = await theRule();
    expect(judgeBy(rule, objectIn(rule.examples.bad))).toHaveLength(1);
    expect(judgeBy(rule, objectIn(rule.examples.good))).toEqual([]);
  });

  it('shows a rule that only warns, so that whoever follows the page breaks no promise of the policies', async () => {
    expect((await theRule()).action).toBe('warn');
  });

  it('shows a test that says what the rule says', async () => {
    const [finding] = messages(judgeBy(await theRule(), aService({ metadata: { labels: {} } })));
    expect(testSnippet).toContain(`[{}, ['${finding}']]`);
  });

  it('imports in its test only what there is', async () => {
    const imports = importsOf(testSnippet).filter(({ specifier }) => specifier.startsWith('.'));
    expect(imports.map(({ specifier }) => path.posix.join(path.dirname(TEST_FILE), specifier))).toEqual([
      RULE_FILE,
      'test/policy/builders.ts',
    ]);
    for (const { specifier, names } of imports) {
      const file = path.resolve(root, path.dirname(TEST_FILE), specifier);
      const known = file === path.join(root, RULE_FILE) ? { team: await theRule() } : await import(file);
      expect(Object.keys(known)).toEqual(expect.arrayContaining(names));
    }
  });

  it('says of each folder of src what belongs there, and of no other', () => {
    const folders = readdirSync(path.join(root, 'src'), { withFileTypes: true }).filter((each) => each.isDirectory());
    const [, ...named] = [...CONTRIBUTING.matchAll(/^\| ([\w/]+) \|/gm)].map(([, folder = '']) => folder);
    expect(named.filter((folder) => !existsSync(path.join(root, folder)))).toEqual([]);
    const begun = named.filter((folder) => folder.startsWith('src/')).map((folder) => folder.split('/')[1]);
    expect([...new Set(begun)].sort()).toEqual(folders.map(({ name }) => name).sort());
  });

  it('names only scripts that there are', () => {
    const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
    const named = [...CONTRIBUTING.matchAll(/npm run (?:--silent )?([a-z:]+)/g)].map(([, name = '']) => name);
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
  });
});
