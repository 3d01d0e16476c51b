import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readConfiguration } from '../../../src/cli/config/configuration.ts';
import { addFiles, check, folderWith, service, weir } from '../harness.ts';

describe('weir init', () => {
  it('writes a start that weir itself accepts', async () => {
    const cwd = folderWith({ 'overlays/prod/cart.yaml': service(), 'clusters/dev/cart.yaml': service() });
    const { code, stdout } = await weir(['init'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain('wrote  weir.yaml\n');
    expect(statSync(path.join(cwd, '.githooks/pre-commit')).mode & 0o111).not.toBe(0);

    expect(await weir(['policy', 'validate'], { cwd })).toMatchObject({ code: 0 });
    const { result } = await check(['.'], { cwd });
    expect(result.errors).toEqual([]);
    const found = new Set(result.findings.map(({ file, environment }) => `${file} ${environment}`));
    expect([...found].sort()).toEqual(['clusters/dev/cart.yaml dev', 'overlays/prod/cart.yaml prod']);
  });

  it.each<[string, Record<string, string>, mapped: string[]]>([
    ['no folders', {}, []],
    ['some', { 'overlays/prod/cart.yaml': service(), 'dev/cart.yaml': service() }, ['dev', 'overlays/prod']],
    [
      'all',
      Object.fromEntries(['dev', 'staging', 'prod', 'edge'].map((name) => [`apps/${name}/cart.yaml`, service()])),
      ['apps/dev', 'apps/staging', 'apps/prod', 'apps/edge'],
    ],
  ])('maps the folders that are there, and those alone: %s', async (_, files, mapped) => {
    const cwd = folderWith(files);
    await weir(['init'], { cwd });
    const text = readFileSync(path.join(cwd, 'weir.yaml'), 'utf8');
    const { configuration, problems } = readConfiguration(text, { folder: cwd, file: 'weir.yaml' });
    expect(problems).toEqual([]);
    expect(configuration?.environments.flatMap(({ paths }) => paths)).toEqual(mapped);
    expect((await weir(['check', '.', '--allow-empty'], { cwd })).stderr).not.toContain('matches no file');

    // What is shown for the others is what one writes.
    const examples = [...text.matchAll(/^# (- name: .*)\n# ( {2}paths: .*)\n/gm)].map(
      ([, name, paths]) => `${name}\n${paths}\n`,
    );
    expect(examples).toHaveLength(4 - mapped.length);
    const filled = text.replace(/^environments:( \[\])?\n/m, `environments:\n${examples.join('')}`);
    expect(readConfiguration(filled, { folder: cwd, file: 'weir.yaml' }).configuration?.environments).toHaveLength(4);
  });

  it('overwrites nothing unless it is told to', async () => {
    const cwd = folderWith({});
    addFiles(cwd, { 'weir.yaml': 'mine\n', 'policies/prod.yaml': 'mine\n' });
    const { stdout } = await weir(['init'], { cwd });
    expect(stdout).toContain('kept   weir.yaml\n');
    expect(stdout).toContain('2 there already; --force overwrites them');
    expect(readFileSync(path.join(cwd, 'weir.yaml'), 'utf8')).toBe('mine\n');

    await weir(['init', '--force'], { cwd });
    expect(readFileSync(path.join(cwd, 'weir.yaml'), 'utf8')).not.toBe('mine\n');
  });

  it("tells nobody to run somebody else's package", async () => {
    const cwd = folderWith({});
    const { stdout } = await weir(['init'], { cwd });
    const written = ['.githooks/pre-commit', '.github/workflows/weir.yaml', 'weir.yaml'];
    const texts = [stdout, ...written.map((name) => readFileSync(path.join(cwd, name), 'utf8'))];
    for (const text of texts) {
      expect(text).not.toMatch(/npx (?!--no-install )/);
      const installed = [...text.matchAll(/npm (?:install|i|add)\b(?: --\S+)*\s+(\S+)/g)].map(([, what = '']) => what);
      for (const what of installed) expect(what).toMatch(/^(?:git\+|\/)/);
    }
    expect(stdout).toContain('npm install --save-dev git+');
  });

  it('says nothing of the installation where Weir is installed', async () => {
    const cwd = folderWith({});
    addFiles(cwd, { 'node_modules/@weir-dev/weir/package.json': '{}' });
    const { stdout } = await weir(['init'], { cwd });
    expect(stdout).not.toContain('npm install');
  });

  it('gives npm a place to install into, and leaves the one that is there alone', async () => {
    const bare = folderWith({});
    await weir(['init'], { cwd: bare });
    expect(JSON.parse(readFileSync(path.join(bare, 'package.json'), 'utf8'))).toEqual({ private: true });

    const own = folderWith({});
    addFiles(own, { 'package.json': '{"name":"shop"}', '.gitignore': 'dist/\n' });
    await weir(['init', '--force'], { cwd: own });
    expect(readFileSync(path.join(own, 'package.json'), 'utf8')).toBe('{"name":"shop"}');
    expect(readFileSync(path.join(own, '.gitignore'), 'utf8')).toBe('dist/\n');
  });

  it('calls weir in its hook and its workflow with options that there are', async () => {
    const cwd = folderWith({});
    await weir(['init'], { cwd });
    const texts = ['.githooks/pre-commit', '.github/workflows/weir.yaml'].map((name) =>
      readFileSync(path.join(cwd, name), 'utf8'),
    );
    const calls = texts.flatMap((text) =>
      [...text.matchAll(/npx --no-install weir (.+)/g)].map(([, call = '']) => call),
    );
    expect(calls).toHaveLength(3);
    const { stdout } = await weir(['check', '--help'], { cwd });
    for (const option of calls.join(' ').match(/(?<= )-[-a-z]+/g) ?? []) expect(stdout).toContain(`${option} `);
  });

  it('needs a folder', async () => {
    expect(await weir(['init', 'nowhere'], { cwd: folderWith({}) })).toMatchObject({
      code: 2,
      stderr: 'weir: there is no folder nowhere; make it first\n',
    });
  });
});
