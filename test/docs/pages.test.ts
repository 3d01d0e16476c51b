import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readConfiguration } from '../../src/cli/config/configuration.ts';
import { isObject, type JsonObject, stringAt } from '../../src/kubernetes/json.ts';
import { readYaml } from '../../src/kubernetes/yaml/read.ts';
import { catalogue } from '../../src/policy/catalogue.ts';
import { resolvePolicies } from '../../src/policy/load/resolve.ts';
import { addFiles, check, folderWith, service, weir } from '../cli/harness.ts';
import { judgeBy } from '../policy/builders.ts';

const root = path.resolve(import.meta.dirname, '../..');
const PAGES = ['policies', 'environments', 'exceptions', 'render-and-fn', 'ci', 'admission'].map(
  (name) => `docs/${name}.md`,
);
const BASE = 'apiVersion: weir.dev/v1alpha1\nkind: EnvironmentPolicy\nmetadata: {name: base}\nspec: {}\n';

function read(file: string): string {
  return readFileSync(path.join(root, file), 'utf8');
}

function blocksOf(file: string, language: string): string[] {
  return [...read(file).matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    ([, text = '']) => text,
  );
}

function objectIn(yaml: string): JsonObject {
  const { documents, errors } = readYaml(yaml, 'block.yaml');
  const value = documents[0]?.value;
  if (errors.length > 0 || !isObject(value)) throw new Error(`no object: ${JSON.stringify(errors)}\n${yaml}`);
  return value;
}

const yamlBlocks = PAGES.flatMap((page) =>
  blocksOf(page, 'yaml').map((yaml) => ({ page, yaml, object: objectIn(yaml) })),
);

function blocksOfKind(kind: string): { page: string; yaml: string; object: JsonObject }[] {
  const found = yamlBlocks.filter(({ object }) => object.kind === kind);
  if (found.length === 0) throw new Error(`no page shows a ${kind}`);
  return found;
}

const DOCS = readdirSync(path.join(root, 'docs'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name}`);
/** Commands that have commands of their own. */
const GROUPS = ['policy', 'rollout', 'schedule', 'namespace', 'events'];
const VERBS = readdirSync(path.join(root, 'src/cli/commands')).map((name) => name.replace('.ts', ''));
const COMMAND = new RegExp(`(?:^|[\`| ]|npx --no-install )weir ((?:${VERBS.join('|')})\\b[^\`#|\\n]*)`, 'gm');

/** Each `weir …` that a page tells to run, without what stands behind it. */
const commands = ['README.md', ...DOCS].flatMap((page) =>
  [...read(page).matchAll(COMMAND)].map(([, command = '']) => [page, command.trim()] as const),
);

/** Pages for people, and the READMEs of folders. */
const everyPage = [
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', ...DOCS],
  ...['argocd', 'bench', 'controllers', 'docs', 'examples', 'overlays', 'src', 'test', 'tools', 'webhooks'].flatMap(
    (folder) =>
      readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => path.basename(name) === 'README.md' && !name.includes('.cache'))
        .map((name) => path.join(folder, name)),
  ),
];

describe('docs', () => {
  it.each(blocksOfKind('EnvironmentPolicy').map(({ page, yaml }) => [page, yaml]))(
    '%s shows a policy that loads',
    (_, yaml) => {
      const files = [
        { file: 'base.yaml', text: BASE },
        { file: 'prod.yaml', text: yaml },
      ];
      expect(resolvePolicies(files, { ruleIds: catalogue.rules.map(({ id }) => id) }).errors).toEqual([]);
    },
  );

  it.each(blocksOfKind('Configuration').map(({ page, yaml }) => [page, yaml]))(
    '%s shows a weir.yaml that is read',
    (_, yaml) => {
      expect(readConfiguration(yaml, { folder: '/', file: 'weir.yaml' }).problems).toEqual([]);
    },
  );

  it.each(blocksOfKind('PolicyException').map(({ page, object }) => [page, object]))(
    '%s shows an exception with which nothing is wrong',
    (_, exception) => {
      const rules = catalogue.rules.filter(
        ({ id }) => id.startsWith('exceptions/') && id !== 'exceptions/unknown-object',
      );
      expect(rules.flatMap((rule) => judgeBy(rule, exception as JsonObject))).toEqual([]);
    },
  );

  it.each(blocksOfKind('ClusterRole').map(({ page, yaml }) => [page, yaml]))(
    '%s shows roles and bindings that prod takes',
    async (_, yaml) => {
      const cwd = folderWith({ 'roles.yaml': yaml });
      const { code, result } = await check(['.', '--env', 'prod', '--policies', path.join(root, 'policies')], { cwd });
      expect([code, result.findings, result.summary.resources]).toEqual([0, [], 2]);
    },
  );

  it('shows a functionConfig that weir fn takes', async () => {
    const [config] = blocksOfKind('Render');
    const cwd = folderWith({});
    addFiles(cwd, { 'deploy/prod/here': '' });
    for (const name of readdirSync(path.join(root, 'policies')))
      addFiles(cwd, { [`policies/${name}`]: read(`policies/${name}`) });
    const list = {
      apiVersion: 'config.kubernetes.io/v1',
      kind: 'ResourceList',
      functionConfig: config?.object,
      items: [objectIn(service())],
    };
    const { stdout, stderr } = await weir(['fn'], { cwd: path.join(cwd, 'deploy/prod'), stdin: JSON.stringify(list) });
    expect(stderr).not.toContain('weir:');
    expect(stdout).toContain('autoscaling.knative.dev/min-scale: "2"');
  });

  it('shows a Namespace whose label is read', async () => {
    const [block] = blocksOfKind('Namespace');
    const namespace = stringAt(block?.object, 'metadata', 'name') ?? '';
    const cwd = folderWith({ 'namespace.yaml': block?.yaml ?? '', 'cart.yaml': service({ namespace }) });
    const { result } = await check(['.'], { cwd });
    expect(result.summary).toMatchObject({ resources: 2, unassigned: 0 });
  });

  it.each(commands)('%s says weir %s, whose options there are', async (_, command) => {
    const [name = '', ...rest] = command.split(' ');
    const isGroup = GROUPS.includes(name) && rest[0] !== undefined && /^[a-z][a-z-]+$/.test(rest[0]);
    const { stdout } = await weir([name, ...(isGroup ? rest.slice(0, 1) : []), '--help'], { cwd: root });
    const words = rest.map((word) => word.replace(/=.*/, ''));
    const options = words.filter((word) => word.startsWith('-') && word !== '-');
    for (const option of options) expect(stdout).toMatch(new RegExp(`(?:^|[ ,])${option}\\b`, 'm'));
  });

  it.each(everyPage)('%s links only to what there is', (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)].map(([, link = '']) => link);
    expect(links.filter((link) => !existsSync(path.join(root, path.dirname(page), link)))).toEqual([]);
  });
});

describe('the decisions', () => {
  const decisions = readdirSync(path.join(root, 'docs/adr')).filter((name) => /^\d{4}-/.test(name));

  it('have a number each, in a row', () => {
    const numbers = decisions.map((name) => Number(name.slice(0, 4))).sort((left, right) => left - right);
    expect(numbers).toEqual(decisions.map((_, index) => index + 1));
  });

  it('stand in the index with their titles', () => {
    const titles = decisions.sort().map((name) => {
      const [title = ''] = read(`docs/adr/${name}`).split('\n');
      return `- [${title.replace('# ', '')}](${name})`;
    });
    expect(
      read('docs/adr/README.md')
        .split('\n')
        .filter((line) => line.startsWith('- [')),
    ).toEqual(titles);
  });
});
