/** The shipped rules in Prometheus' own hands: promtool reads them, and plays each alert's story. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { run } from '../../../tools/controlplane/process/run.ts';
import { providePrometheus } from '../../../tools/monitoring/prometheus/provide.ts';
import { KNATIVE_CASES } from '../cases/knative.ts';
import { promtoolTest } from '../cases/promtool.ts';
import { WEIR_CASES } from '../cases/weir.ts';

const FOLDER = path.resolve('overlays/components/monitoring/plain');
const RULE_FILES = ['knative.rules.yaml', 'weir.rules.yaml'].map((name) => path.join(FOLDER, name));

const { promtool } = await providePrometheus();
const folder = mkdtempSync(path.join(tmpdir(), 'weir-promtool-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function tool(...args: string[]): Promise<[code: number, output: string]> {
  const { code, stdout, stderr } = await run(promtool, args, { env: {}, seconds: 60 });
  return [code, `${stdout}${stderr}`];
}

describe('the shipped files', () => {
  it.each(RULE_FILES)('%s is what Prometheus reads', async (file) => {
    expect(await tool('check', 'rules', file)).toEqual([0, expect.stringContaining('SUCCESS')]);
  });

  it('scrape.yaml is a configuration', async () => {
    const file = path.join(FOLDER, 'scrape.yaml');
    expect(await tool('check', 'config', '--syntax-only', file)).toEqual([0, expect.stringContaining('SUCCESS')]);
  });
});

describe('each alert fires and is over', () => {
  const cases = [...KNATIVE_CASES, ...WEIR_CASES].map(
    (each) => [`${each.alert}: ${each.about ?? 'fires'}`, each] as const,
  );

  it.each(cases)('%s', async (_, each) => {
    const file = path.join(folder, 'case.json'); // JSON is YAML
    writeFileSync(file, JSON.stringify(promtoolTest(each, RULE_FILES)));
    expect(await tool('test', 'rules', file)).toEqual([0, expect.stringContaining('SUCCESS')]);
  });
});
