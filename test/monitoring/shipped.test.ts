/** What is shipped hangs together: alerts and their runbooks, queries and the metrics that they ask for, targets and ports. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { deploymentOf } from '../../controllers/deadLetters/resources/deployment.ts';
import { networkPolicyOf } from '../../controllers/deadLetters/resources/surroundings.ts';
import { roomOf, volumeOf } from '../../controllers/deadLetters/resources/volume.ts';
import { arrayAt, objectAt, stringAt, textsAt } from '../../src/kubernetes/json.ts';
import { LETTER_METRICS } from '../../src/platform/eventing/letters/metrics.ts';
import { LETTER_LIMITS } from '../../src/platform/eventing/letters/start.ts';
import { DEFAULT_STORAGE } from '../../src/policy/model/deadLetters.ts';
import { METRICS } from '../../src/process/metrics/catalogue.ts';
import { DASHBOARDS, queriesOf } from '../../tools/monitoring/dashboards/all.ts';
import { ALERTS, RULES } from '../../tools/monitoring/rules/all.ts';
import { isAlert, RUNBOOKS, runbookOf } from '../../tools/monitoring/rules/rule.ts';
import { TARGETS } from '../../tools/monitoring/targets.ts';
import { objectsOf } from '../overlays/read.ts';
import { KNATIVE_CASES } from './cases/knative.ts';
import { WEIR_CASES } from './cases/weir.ts';

const FOLDER = 'docs/runbooks';
const NAMES = ALERTS.map(({ alert }) => alert);

describe('alerts', () => {
  it('have names of their own', () => {
    expect(new Set(NAMES).size).toBe(NAMES.length);
    expect(NAMES.length).toBeGreaterThan(15);
  });

  it.each(NAMES)('%s has a runbook, to which its link leads', (alert) => {
    const link = runbookOf(alert);
    expect(link.startsWith(`${RUNBOOKS}/`)).toBe(true);
    const file = path.join(FOLDER, link.slice(RUNBOOKS.length + 1));
    const page = readFileSync(file, 'utf8');
    expect(page).toMatch(new RegExp(`^# ${alert}: `));
    for (const part of ['## Look', '## Do']) expect(page).toContain(`\n${part}\n`);
  });

  it('have all the runbooks that there are', () => {
    expect(readdirSync(FOLDER).sort()).toEqual(NAMES.map((name) => `${name}.md`).sort());
  });

  it.each(NAMES)('%s has a story in which it fires', (alert) => {
    const cases = [...KNATIVE_CASES, ...WEIR_CASES].filter((each) => each.alert === alert);
    expect(cases.filter(({ fires }) => fires !== undefined)).not.toEqual([]);
  });

  it.each(ALERTS.filter(({ expr }) => /knative_(revision|service)/.test(expr)).map(({ alert }) => alert))(
    '%s is told in the metrics of both generations',
    (alert) => {
      const told = KNATIVE_CASES.filter((each) => each.alert === alert).flatMap(({ series }) => Object.keys(series));
      expect(told.some((name) => /^(kn_|http_server_)/.test(name))).toBe(true);
      expect(told.some((name) => /^(revision|activator|autoscaler)_/.test(name))).toBe(true);
    },
  );
});

describe('runbooks', () => {
  const links = readdirSync(FOLDER).flatMap((name) => {
    const page = readFileSync(path.join(FOLDER, name), 'utf8');
    return [...page.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, link = '']) => [name, link] as const);
  });

  it.each(links)('%s links to %s, which is there', (_, link) => {
    expect(existsSync(path.join(FOLDER, link))).toBe(true);
  });
});

describe('the runbook of dead-letter sinks that are full', () => {
  const page = readFileSync(path.join(FOLDER, 'WeirDeadLettersPileUp.md'), 'utf8');
  const room = roomOf(volumeOf('prod', {}));
  const number = LETTER_LIMITS.letters.toLocaleString('en');

  it('says which bound a larger storage moves, and which it leaves', () => {
    const program = { image: 'registry.example.com/weir:1', pod: {} };
    const [container] = arrayAt(
      deploymentOf('prod', program, { bytes: room, age: '1h' }),
      ...['spec', 'template', 'spec', 'containers'],
    );
    const bounds = textsAt(container, 'args').flatMap((arg) => /^--(?:most|bytes|age)/.exec(arg) ?? []);
    expect(bounds).toEqual(['--bytes', '--age']);
    expect(page).toContain(`by number (${number}, whatever the storage)`);
    expect(page).toContain(`no storage makes room for more than ${number}`);
  });

  it('says for which letters that is the number, with the storage that a policy does not name', () => {
    const bytes = Math.floor(room / LETTER_LIMITS.letters / 1000);
    expect(page).toContain(
      `the number, if letters have less than ${bytes} KB on average with a storage of ${DEFAULT_STORAGE}`,
    );
  });
});

/** Names of series in an expression: of records, of Weir's metrics, and of others. */
function namesIn(expr: string): string[] {
  const plain = expr.replace(/"[^"]*"/g, '""');
  return [...plain.matchAll(/\b(?:weir|knative_(?:pod|revision|service|broker|trigger))[:_][\w:]+/g)].map(
    ([name]) => name,
  );
}

describe('expressions', () => {
  const groups = Object.values(RULES).flat();
  const records = new Set(groups.flatMap(({ rules }) => rules.flatMap((rule) => (isAlert(rule) ? [] : [rule.record]))));
  const catalogue = new Set(
    Object.entries<{ readonly type: string }>({ ...METRICS, ...LETTER_METRICS }).flatMap(([name, { type }]) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  );
  const expressions = [
    ...groups.flatMap(({ rules }) =>
      rules.map((rule) => [isAlert(rule) ? rule.alert : rule.record, rule.expr] as const),
    ),
    ...DASHBOARDS.flatMap((dashboard) => queriesOf(dashboard).map(({ where, expr }) => [where, expr] as const)),
  ];

  it.each(expressions)('%s asks for what somebody writes', (_, expr) => {
    const unknown = namesIn(expr).filter((name) => !records.has(name) && !catalogue.has(name));
    expect(unknown).toEqual([]);
  });

  // an hour of all queue-proxies took a third of a second at each evaluation: docs/monitoring.md
  it.each(expressions)('%s reads no counter of every service for hours', (_, expr) => {
    expect(expr).not.toMatch(/http_server_request_duration_seconds\w*(?:\{[^}]*\})?\[\d+[hdwy]/);
  });

  it('use every record', () => {
    const used = new Set(expressions.flatMap(([, expr]) => namesIn(expr)));
    const matched = expressions.flatMap(([, expr]) => [...expr.matchAll(/__name__=~"([^"]+)"/g)]);
    for (const [, names = ''] of matched) for (const name of names.split('|')) used.add(name);
    expect([...records].filter((record) => !used.has(record))).toEqual([]);
  });
});

describe('dashboards', () => {
  it.each(DASHBOARDS.map((dashboard) => [dashboard.name, dashboard] as const))('%s fits its page', (name) => {
    const file = `overlays/components/monitoring/dashboards/${name}.json`;
    const { panels, uid } = JSON.parse(readFileSync(file, 'utf8'));
    expect(uid).toBe(`weir-${name}`);
    const taken = new Set<string>();
    for (const { gridPos } of panels) {
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.has(`${x},${y}`)).toBe(false);
          taken.add(`${x},${y}`);
        }
      }
    }
    expect(new Set(panels.map(({ id }: { id: number }) => id)).size).toBe(panels.length);
  });
});

describe('targets', () => {
  const labelsOf = (file: string) => {
    const [deployment] = objectsOf(`overlays/base/${file}`);
    const [container] = arrayAt(deployment, 'spec', 'template', 'spec', 'containers');
    const ports = arrayAt(container, 'ports').map((port) => stringAt(port, 'name'));
    return { labels: objectAt(deployment, 'spec', 'template', 'metadata', 'labels') ?? {}, ports };
  };

  it.each(['deployment.yaml', 'controller-deployment.yaml'])('find the pods of overlays/base/%s', (file) => {
    const { labels, ports } = labelsOf(file);
    const target = TARGETS.find(({ name }) => name === 'weir');
    expect(target?.selects.values).toContain(labels[target?.selects.label ?? '']);
    expect(ports).toContain(target?.port);
  });

  it('find the pods of dead-letter sinks, and of which environment each is', () => {
    const program = { image: 'registry.example.com/weir:1', pod: {} };
    const deployment = deploymentOf('prod', program, { bytes: 1, age: '1h' });
    const labels = objectAt(deployment, 'spec', 'template', 'metadata', 'labels') ?? {};
    const [container] = arrayAt(deployment, 'spec', 'template', 'spec', 'containers');
    const target = TARGETS.find(({ name }) => name === 'weir-dead-letters');
    expect(target?.namespaces).toEqual([stringAt(deployment, 'metadata', 'namespace')]);
    expect(target?.selects.values).toContain(labels[target?.selects.label ?? '']);
    expect(arrayAt(container, 'ports').map((port) => stringAt(port, 'name'))).toContain(target?.port);
    expect(labels[target?.labels?.environment ?? '']).toBe('prod');
  });

  it('are let in to dead-letter sinks', () => {
    const from = { namespaceSelector: {} };
    expect(arrayAt(networkPolicyOf('prod'), 'spec', 'ingress')).toEqual([
      { from: [from], ports: [{ protocol: 'TCP', port: 8080 }] },
    ]);
  });

  it('are all that is installed', () => {
    const folder = 'overlays/components/monitoring';
    const [kustomization] = objectsOf(`${folder}/kustomization.yaml`);
    const files = readdirSync(folder).filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml');
    expect(textsAt(kustomization, 'resources').toSorted()).toEqual(files.toSorted());
    const dashboards = readdirSync(`${folder}/dashboards`).map((name) => `dashboards/${name}`);
    const [generator] = arrayAt(kustomization, 'configMapGenerator');
    expect(textsAt(generator, 'files').toSorted()).toEqual(dashboards.toSorted());
  });
});
