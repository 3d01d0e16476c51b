import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readConfiguration } from '../../src/cli/config/configuration.ts';
import { catalogue } from '../../src/policy/catalogue.ts';
import { resolvePolicies } from '../../src/policy/load/resolve.ts';
import { weir } from '../cli/harness.ts';

const README = readFileSync(path.resolve(import.meta.dirname, '../../README.md'), 'utf8');
const blocks = [...README.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml = '']) => yaml);

function blockOf(kind: string): string {
  const block = blocks.find((yaml) => yaml.includes(`kind: ${kind}\n`));
  if (block === undefined) throw new Error(`README.md has no ${kind}`);
  return block;
}

describe('README.md', () => {
  it('shows a policy that loads', () => {
    const base = 'apiVersion: weir.dev/v1alpha1\nkind: EnvironmentPolicy\nmetadata: {name: base}\nspec: {}\n';
    const files = [
      { file: 'base.yaml', text: base },
      { file: 'prod.yaml', text: blockOf('EnvironmentPolicy') },
    ];
    const { policies, errors } = resolvePolicies(files, { ruleIds: catalogue.rules.map(({ id }) => id) });
    expect(errors).toEqual([]);
    expect(policies.get('prod')?.custom).toHaveLength(1);
  });

  it('shows a weir.yaml that is read', () => {
    const { configuration, problems } = readConfiguration(blockOf('Configuration'), { folder: '/', file: 'weir.yaml' });
    expect(problems).toEqual([]);
    expect(configuration?.environments.map(({ name }) => name)).toEqual(['prod', 'dev']);
  });

  it('names only commands that there are', async () => {
    const { stdout } = await weir(['--help']);
    const named = [...README.matchAll(/^\| `weir ([a-z]+)`/gm)].map(([, command = '']) => command);
    expect(named.length).toBeGreaterThan(4);
    for (const command of named) expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
  });

  it('shows what a check prints', async () => {
    const cwd = path.resolve(import.meta.dirname, '../../examples/mistakes');
    const { stdout } = await weir(['check', '.', '--env', 'prod', '--policies', '../../policies'], { cwd });
    const [, shown = ''] = /```\n(payment\.yaml[\s\S]*?)```/.exec(README) ?? [];
    // Findings of other rules may stand between the object and this one.
    const [object = '', ...finding] = shown.split('\n');
    expect(stdout).toContain(`${object}\n`);
    expect(finding.join('\n')).toContain('deny');
    expect(stdout).toContain(finding.join('\n'));
  });

  it('leads to every page of docs', () => {
    const pages = readdirSync(path.resolve(import.meta.dirname, '../../docs')).filter((name) => name.endsWith('.md'));
    expect(pages.filter((page) => !README.includes(`](docs/${page})`))).toEqual([]);
  });

  it('names every command that there is', async () => {
    const { stdout } = await weir(['--help']);
    const [, list = ''] = /^Commands:\n([\s\S]*)/m.exec(stdout) ?? [];
    const commands = [...list.matchAll(/^ {2}([a-z]+) /gm)].map(([, command = '']) => command);
    expect(commands.length).toBeGreaterThan(4);
    expect(commands.filter((command) => command !== 'help' && !README.includes(`| \`weir ${command}\``))).toEqual([]);
  });

  it('names only rules that there are', () => {
    const ids = new Set(catalogue.rules.map(({ id }) => id));
    const named = [...README.matchAll(/\b(autoscaling|images|serving)\/[a-z-]+/g)].map(([id]) => id);
    expect(named.filter((id) => !ids.has(id))).toEqual([]);
  });
});
