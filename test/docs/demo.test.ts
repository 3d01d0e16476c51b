import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { processIo } from '../../src/cli/io.ts';
import { loadPolicies } from '../../src/policy/load/load.ts';
import { SHOP, story } from '../../tools/demo/story.ts';
import { weir } from '../cli/harness.ts';

const root = path.resolve(import.meta.dirname, '../..');
const page = await story({ ...processIo(), cwd: root, env: {} });
const lines = page.split('\n');

/** The cells of the row that starts with these. */
function rowOf(...cells: string[]): string[] {
  const row = lines
    .map((line) => line.trim().split(/ {2,}/))
    .find((each) => cells.every((cell, at) => each[at] === cell));
  return row?.slice(cells.length) ?? [];
}

describe('npm run demo', () => {
  it('fits a terminal', () => {
    expect(lines.length).toBeLessThanOrEqual(50);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  it('shows that a min-scale of 0 is denied in prod and not in dev', () => {
    expect(rowOf('Service payment', 'autoscaling/min-scale').slice(0, 2)).toEqual(['-', 'deny']);
    expect(page).toContain('deny   autoscaling/min-scale\n  what   min-scale is 0, and prod requires at least 1\n');
  });

  it('shows that more pods than dev has room for are denied in dev and not in prod', () => {
    expect(rowOf('Service inventory', 'autoscaling/max-scale').slice(0, 2)).toEqual(['deny', '-']);
  });

  it('shows the values of the policies', async () => {
    const { policies } = await loadPolicies(path.join(root, 'policies'), 'policies');
    const valuesOf = (name: string): unknown[] => {
      const { autoscaling, resources } = policies.get(name) ?? {};
      const { minScale, maxScale, target } = autoscaling ?? {};
      const { requests, limits } = resources ?? {};
      const values = [minScale, maxScale, target, requests?.cpu, limits?.cpu, requests?.memory, limits?.memory];
      return values.map((value) => String(value?.default));
    };
    const names = ['min-scale', 'max-scale', 'target', 'cpu request', 'cpu limit', 'memory request', 'memory limit'];
    const shown = names.map((name) => rowOf(name));
    expect(shown.map(([dev]) => dev)).toEqual(valuesOf('dev'));
    expect(shown.map(([, prod]) => prod)).toEqual(valuesOf('prod'));
  });

  it.each(lines.map((line) => line.trim()).filter((line) => line.startsWith('weir ')))(
    'names a command that works: %s',
    async (line) => {
      const [command = ''] = line.split(/ {2,}/);
      const { code, stdout } = await weir(command.split(' ').slice(1), { cwd: root });
      expect(code).toBe(command.startsWith(`weir check ${SHOP}`) ? 1 : 0);
      expect(stdout).not.toBe('');
    },
  );
});
