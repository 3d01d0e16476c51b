/** The shipped rules in Prometheus' own hands: promtool reads them, and plays each alert's story. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { arrayAt, isObject, type JsonObject } from '../../../src/kubernetes/json.ts';
import { run } from '../../../tools/controlplane/process/run.ts';
import { providePrometheus } from '../../../tools/monitoring/prometheus/provide.ts';
import { RULES } from '../../../tools/monitoring/rules/all.ts';
import { isAlert } from '../../../tools/monitoring/rules/rule.ts';
import { KNATIVE_CASES } from '../cases/knative.ts';
import { promtoolTest } from '../cases/promtool.ts';
import { WEIR_CASES } from '../cases/weir.ts';
import { PODS, withPods } from '../pods.ts';

const FOLDER = path.resolve('overlays/components/monitoring/plain');
const RULE_FILES = Object.keys(RULES).map(ruleFile);

function ruleFile(name: string): string {
  return path.join(FOLDER, `${name}.rules.yaml`);
}

/** Promtool evaluates whatever it is given: the file that the alert is in is enough. */
function ruleFileOf(name: string): string {
  const [file = ''] =
    Object.entries(RULES).find(([, groups]) =>
      groups.some(({ rules }) => rules.some((rule) => isAlert(rule) && rule.alert === name)),
    ) ?? [];
  return ruleFile(file);
}

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

  // Debian's Prometheus is built without Kubernetes: pods that are known stand in the place of a search for them
  it('scrape.yaml is a configuration', async () => {
    const shipped: JsonObject = parse(readFileSync(path.join(FOLDER, 'scrape.yaml'), 'utf8'));
    const jobs = arrayAt(shipped, 'scrape_configs').filter(isObject);
    expect(jobs.length).toBeGreaterThan(3);
    const file = path.join(folder, 'prometheus.json');
    writeFileSync(
      file,
      JSON.stringify({ scrape_configs: jobs.map((job) => withPods(job, PODS, () => '127.0.0.1:9')) }),
    );
    expect(await tool('check', 'config', file)).toEqual([0, expect.stringContaining('SUCCESS')]);
  });
});

describe('each alert fires and is over', () => {
  const cases = [...KNATIVE_CASES, ...WEIR_CASES].map(
    (each) => [`${each.alert}: ${each.about ?? 'fires'}`, each] as const,
  );

  it.each(cases)('%s', async (_, each) => {
    const file = path.join(folder, 'case.json'); // JSON is YAML
    writeFileSync(file, JSON.stringify(promtoolTest(each, [ruleFileOf(each.alert)])));
    expect(await tool('test', 'rules', file)).toEqual([0, expect.stringContaining('SUCCESS')]);
  });
});
