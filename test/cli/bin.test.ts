import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { loadPolicies } from '../../src/policy/load/load.ts';
import { folderWith, service, tagPolicies } from './harness.ts';

const bin = fileURLToPath(new URL('../../bin/weir.js', import.meta.url));
const isBuilt = existsSync(new URL('../../dist/weir.js', import.meta.url));

function run(args: readonly string[], options: { cwd: string; input?: string }) {
  return spawnSync(process.execPath, [bin, ...args], { ...options, encoding: 'utf8', timeout: 50_000 });
}

// a checkout that never ran `npm ci` has no program to start
const describeBuilt = isBuilt ? describe : describe.skip;
describeBuilt(isBuilt ? 'bin/weir.js' : 'bin/weir.js (skipped: not built; run npm run build)', () => {
  it('runs the program with its exit codes', () => {
    const cwd = folderWith({ ...tagPolicies('prod'), 'cart.yaml': service() });
    expect(run(['--version'], { cwd }).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(run(['check', '-', '--env', 'prod'], { cwd, input: service() }).status).toBe(1);
    expect(run(['chek'], { cwd })).toMatchObject({ status: 2, stdout: '' });
  });

  it('checks policies, whose schema was compiled with the program, as the source does', async () => {
    const policy = [
      'apiVersion: weir.dev/v1alpha1',
      'kind: EnvironmentPolicy',
      'metadata: {name: prod}',
      'spec:',
      '  autoscaling: {minScale: {default: 30, max: 20}, maxScal: 3, scaleDownDelay: {default: 5 bananas}}',
      '  images: {registries: [3, ""]}',
      '  custom: [{name: UPPER, match: {kinds: []}}]',
    ].join('\n');
    const cwd = folderWith({ 'policies/prod.yaml': policy });
    const { errors } = await loadPolicies(path.join(cwd, 'policies'), 'policies');

    const { status, stdout } = run(['policy', 'validate', 'policies'], { cwd });
    expect(status).toBe(2);
    expect(errors.length).toBeGreaterThan(6);
    expect(stdout.trim().split('\n').slice(0, -1)).toEqual(
      errors.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`),
    );
  });

  it('is quiet where nobody reads any more', async () => {
    const cwd = folderWith({
      ...tagPolicies('prod'),
      'cart.yaml': Array.from({ length: 3000 }, (_, index) => service({ name: `s${index}` })).join('---\n'),
    });
    const child = spawn(process.execPath, [bin, 'check', 'cart.yaml', '--env', 'prod'], { cwd });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
  });

  it('ends with 130 when it is interrupted', async () => {
    const child = spawn(process.execPath, [bin, 'check', '-', '--env', 'prod'], {
      cwd: folderWith(tagPolicies('prod')),
    });
    // more than a pipe has room for: all of it is taken when it reads, and then it is up
    child.stdin.write('#'.repeat(1 << 20), () => child.kill('SIGINT'));
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(130);
  });
});
