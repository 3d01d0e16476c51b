/**
 * The shipped targets, rules and dashboards in a real Prometheus. It asks a running Weir (`weir up` under the example
 * load) and a Knative that was written down: every target is found under its job, every query of every dashboard has
 * data, in the metrics of both generations.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { parse } from 'yaml';
import { arrayAt, isObject, type JsonObject, stringAt } from '../../../src/kubernetes/json.ts';
import { type StartedLetters, startLetters } from '../../../src/platform/eventing/letters/start.ts';
import { provideKubectl } from '../../../tools/controlplane/build/kubectl.ts';
import { familyIn } from '../../../tools/controlplane/process/family.ts';
import { type RunResult, run } from '../../../tools/controlplane/process/run.ts';
import { until } from '../../../tools/controlplane/process/wait.ts';
import { providePrometheus } from '../../../tools/monitoring/prometheus/provide.ts';
import { type Prometheus, startPrometheus } from '../../../tools/monitoring/prometheus/start.ts';
import { replayed } from '../../../tools/monitoring/replay/page.ts';
import { type Pages, servePages } from '../pages.ts';
import { PODS, withPods } from '../pods.ts';
import { type WeirUp, weirUp } from '../weirUp.ts';

jest.setTimeout(240_000);

const SHIPPED = path.resolve('overlays/components/monitoring');
const EXPOSITION = path.resolve('test/monitoring/exposition');
/** What is in the cluster: a Service with defaults, one with warnings, and a schedule for it. */
const APPLIED = [
  ['shop-dev', 'examples/first-look/hello.yaml'],
  ['shop-prod', 'examples/first-look/hello.yaml'],
  ['shop-prod', 'test/monitoring/every-other-minute.yaml'],
] as const;
const LOAD_SECONDS = 8;
const DATA_SECONDS = 90;

const folder = mkdtempSync(path.join(tmpdir(), 'weir-monitoring-'));
const family = familyIn(folder);
/** Where kubectl keeps what it learned; the checkout otherwise. */
const HOME = { HOME: folder };
let pages: Pages;
let weir: WeirUp;
let letters: StartedLetters;
let prometheus: Prometheus;
let kubectl: string;

/** By kubectl, in the namespace. */
function apply(namespace: string, file: string): Promise<RunResult> {
  const args = ['--kubeconfig', weir.kubeconfig, '--namespace', namespace, 'apply', '-f', file];
  return run(kubectl, args, { env: HOME, seconds: 60 });
}

async function metricsOf(port: number): Promise<string> {
  return (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
}

function load(seconds: number): Promise<RunResult> {
  const PATH = `${path.dirname(kubectl)}${path.delimiter}${process.env.PATH}`;
  const args = ['shop-prod', String(seconds)];
  return run('examples/load/admissions.sh', args, {
    env: { ...HOME, PATH, KUBECONFIG: weir.kubeconfig },
    seconds: 120,
  });
}

beforeAll(async () => {
  const { prometheus: binary } = await providePrometheus();
  kubectl = await provideKubectl();
  weir = await weirUp(family, path.join(folder, 'weir'));
  letters = await startLetters({ file: path.join(folder, 'letters.db'), port: 0, askPort: 0, bind: '127.0.0.1' });
  const began = Date.now();
  const names = PODS.flatMap(({ ports }) => Object.values(ports)).filter(
    (page) => page !== undefined && page !== 'nowhere',
  );
  pages = await servePages(
    names.filter((name) => name !== undefined),
    (page) => {
      if (page.startsWith('weir-')) return weir.metrics(page);
      if (page === 'dead-letters') return metricsOf(letters.port);
      return replayed(readFileSync(path.join(EXPOSITION, page), 'utf8'), 1 + (Date.now() - began) / 5000);
    },
  );
  const shipped: JsonObject = parse(readFileSync(path.join(SHIPPED, 'plain/scrape.yaml'), 'utf8'));
  const jobs = arrayAt(shipped, 'scrape_configs').filter(isObject);
  prometheus = await startPrometheus({
    family,
    binary,
    folder: path.join(folder, 'prometheus'),
    config: {
      global: { evaluation_interval: '1s' },
      rule_files: ['knative', 'weir'].map((name) => path.join(SHIPPED, `plain/${name}.rules.yaml`)),
      scrape_configs: jobs.map((job) => ({
        ...withPods(job, PODS, pages.addressOf),
        scrape_interval: '2s',
        scrape_timeout: '2s',
      })),
    },
  });
  for (const [namespace, file] of APPLIED) expect(await apply(namespace, file)).toMatchObject({ code: 0 });
});

afterAll(async () => {
  await family.end();
  await pages.close();
  await letters.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the scrape configuration', () => {
  it('finds each pod under its job, and no other', async () => {
    const found = await until('each target was asked', { seconds: 60 }, async () => {
      const { activeTargets } = await prometheus.get('targets?state=active');
      const targets = Array.isArray(activeTargets) ? activeTargets.filter(isObject) : [];
      return targets.length > 0 && targets.every(({ health }) => health === 'up') && targets;
    });
    const jobs = found.map(
      (target) => `${stringAt(target, 'labels', 'namespace')} ${stringAt(target, 'labels', 'job')}`,
    );
    expect(jobs.toSorted()).toEqual([
      'knative-eventing knative-broker-filter',
      'knative-eventing knative-broker-filter',
      'knative-eventing knative-broker-ingress',
      'knative-eventing knative-broker-ingress',
      'knative-serving knative-activator',
      'knative-serving knative-activator',
      'knative-serving knative-autoscaler',
      'knative-serving knative-autoscaler',
      'knative-serving knative-controller',
      'shop-legacy knative-queue-proxy',
      'shop-legacy knative-queue-proxy',
      'shop-prod knative-queue-proxy',
      'shop-prod knative-queue-proxy',
      'weir-system weir-controller',
      'weir-system weir-dead-letters',
      'weir-system weir-webhook',
    ]);
  });
});

describe('the example load', () => {
  it('is let in, warned of and denied', async () => {
    const { code, stdout } = await load(LOAD_SECONDS);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^\d+ applied as dry runs to shop-prod: [1-9]\d* let in, [1-9]\d* refused\n$/),
    ]);
  });

  it.each([
    ['reviews', 'sum(rate(weir_admission_reviews_total{environment="prod",verdict="denied"}[1m]))'],
    ['denials', 'sum(increase(weir_admission_findings_total{rule="autoscaling/max-scale",action="deny"}[1m]))'],
    ['warnings', 'sum(increase(weir_admission_findings_total{environment="prod",action="warn"}[1m]))'],
  ])('moves %s', async (_, expr) => {
    await until(`${expr} is above 0`, { seconds: 60 }, async () => {
      const [sample] = await prometheus.query(expr);
      return sample !== undefined && sample.value > 0;
    });
  });
});

/** Every query of a shipped dashboard, as Grafana would send it for one namespace. */
function queriesOf(name: string, namespace: string): [where: string, expr: string][] {
  const dashboard: JsonObject = JSON.parse(readFileSync(path.join(SHIPPED, 'dashboards', name), 'utf8'));
  return arrayAt(dashboard, 'panels').flatMap((panel) =>
    arrayAt(panel, 'targets').map((target): [string, string] => [
      `${stringAt(panel, 'title')} ${stringAt(target, 'legendFormat')}`,
      (stringAt(target, 'expr') ?? '')
        .replaceAll('$__rate_interval', '1m')
        .replaceAll('$__range', '10m')
        .replaceAll('$namespace', namespace)
        .replaceAll(/\$(service|broker|environment)/g, '.*'),
    ]),
  );
}

/** Where the older metrics have nothing to show. */
const SINCE_1_19 = ['Waiting in the activator {{revision}}'];

describe.each(readdirSync(path.join(SHIPPED, 'dashboards')))('every query of %s has data', (name) => {
  const isOfWeir = name === 'weir.json';
  const namespaces = isOfWeir ? ['.*'] : ['shop-prod', 'shop-legacy'];
  const queries = namespaces.flatMap((namespace) =>
    queriesOf(name, namespace)
      .filter(([where]) => namespace !== 'shop-legacy' || !SINCE_1_19.includes(where))
      .map(([where, expr]) => [`${namespace}: ${where}`, expr] as const),
  );

  it.each(queries)('%s', async (_, expr) => {
    expect(expr).not.toContain('$');
    const samples = await until(`there is data for ${expr}`, { seconds: DATA_SECONDS }, async () => {
      const found = await prometheus.query(expr);
      return found.length > 0 && found;
    });
    expect(samples.length).toBeLessThan(50);
  });

  it('finds its choices', async () => {
    const dashboard: JsonObject = JSON.parse(readFileSync(path.join(SHIPPED, 'dashboards', name), 'utf8'));
    const definitions = arrayAt(dashboard, 'templating', 'list').flatMap((each) => stringAt(each, 'definition') ?? []);
    expect(definitions.length).toBeGreaterThan(0);
    for (const definition of definitions) {
      const [, series = '', label = ''] = /^label_values\((.+), (\w+)\)$/.exec(definition) ?? [];
      const samples = await prometheus.query(`count by (${label}) (${series.replaceAll('$namespace', '.*')})`);
      expect(samples.map(({ labels }) => labels[label]).filter((value) => value !== undefined)).not.toEqual([]);
    }
  });
});

describe('the rules', () => {
  it('are all evaluated without a mistake', async () => {
    const { groups } = await prometheus.get('rules');
    const rules = (Array.isArray(groups) ? groups : []).flatMap((group) => arrayAt(group, 'rules').filter(isObject));
    expect(rules.length).toBeGreaterThan(50);
    expect(rules.filter(({ health }) => health !== 'ok').map(({ name, lastError }) => [name, lastError])).toEqual([]);
  });

  it('bring both generations of metrics to the same numbers', async () => {
    const of = async (namespace: string, expr: string) => {
      const [sample] = await prometheus.query(expr.replace('NAMESPACE', namespace));
      return sample?.value;
    };
    const p95 =
      'histogram_quantile(0.95, sum by (le) (knative_revision:request_seconds_bucket:rate5m{namespace="NAMESPACE",service="cart"}))';
    const failed = 'knative_service:error_ratio:rate5m{namespace="NAMESPACE",service="cart",seen_by="queue-proxy"}';
    expect(await of('shop-prod', failed)).toBeCloseTo((await of('shop-legacy', failed)) ?? 0, 2);
    const [today = 0, before = 0] = [await of('shop-prod', p95), await of('shop-legacy', p95)];
    // the bounds of their buckets differ, and not by a thousand
    expect(today / before).toBeGreaterThan(0.5);
    expect(today / before).toBeLessThan(2);
  });

  it('tell what is wrong in what was recorded, and nothing of Weir', async () => {
    const { alerts } = await prometheus.get('alerts');
    const told = (Array.isArray(alerts) ? alerts : []).filter(isObject);
    const nameOf = (alert: JsonObject) => stringAt(alert, 'labels', 'alertname') ?? '';
    const names = told.map(nameOf);
    const fires = told.filter(({ state }) => state === 'firing').map(nameOf);
    expect(fires.filter((name) => name.startsWith('Weir'))).toEqual([]);
    expect(names).toContain('KnativeDeadLettersGrow');
  });
});
