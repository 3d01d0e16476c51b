/** A commit that dev takes and prod's policy denies. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { arrayAt, type JsonValue, objectAt, stringAt, valueAt } from '../../src/kubernetes/json.ts';
import { run } from '../../tools/controlplane/process/run.ts';
import { until } from '../../tools/controlplane/process/wait.ts';
import { becomes, compared, said, syncNow } from './harness/application.ts';
import { place } from './harness/shared.ts';
import { type Sink, startSink } from './harness/sink.ts';
import { makeTeam, type Team } from './harness/team.ts';

const RULE = 'network/allow-all';
const NARROW = '- from: [';
const OPEN = '- {}\n  - from: [';
const BAD = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'open' },
  spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] },
};

let team: Team;
let sink: Sink;

beforeAll(async () => {
  team = await makeTeam({ name: 'denied' });
  sink = await startSink(team.controlPlane.api);
  const revision = await team.push('Begin');
  for (const environment of ['dev', 'prod']) {
    await becomes(team.controlPlane.api, team.applicationOf(environment), { revision, sync: 'Synced' });
  }
});

afterAll(() => sink?.stop());

async function isReported(environment: string, rule: string): Promise<void> {
  await until(`${rule} stands in the PolicyReport of ${environment}`, { seconds: 120 }, async () => {
    const report = await team.get(environment, 'report', 'weir');
    const rules = arrayAt(report, 'results').map((result) =>
      [stringAt(result, 'rule'), stringAt(result, 'policy'), stringAt(result, 'result')].join(' '),
    );
    if (!rules.some((each) => each.includes(rule) && each.endsWith('warn'))) throw new Error(rules.join(', '));
    return true;
  });
}

/** Waits until the webhook, which watches exceptions, would let the object in that it has denied. */
async function isAllowed(environment: string): Promise<void> {
  const policies = `/apis/networking.k8s.io/v1/namespaces/${team.namespaceOf(environment)}/networkpolicies`;
  await until(`${environment} allows what is excepted`, { seconds: 60 }, async () => {
    const { status, body } = await team.controlPlane.api.ask('POST', `${policies}?dryRun=All`, BAD);
    if (status !== 201) throw new Error(JSON.stringify(body));
    return true;
  });
}

/** What it is compared with and how, and how its last operation ended. */
function phaseOf(application: JsonValue): (string | undefined)[] {
  const status = objectAt(application, 'status');
  return [
    stringAt(status, 'sync', 'revision'),
    stringAt(status, 'sync', 'status'),
    stringAt(status, 'operationState', 'phase'),
  ];
}

/** The message of argocd/settings for who reads it in a chat; a sentence where its trigger stays silent. */
async function notificationOf(application: JsonValue): Promise<string> {
  const { argocd, environment } = place();
  const file = path.join(environment.TMPDIR ?? '', `${stringAt(application, 'metadata', 'name')}.yaml`);
  writeFileSync(file, JSON.stringify(application));
  const env = { ...environment, ARGOCD_BINARY_NAME: 'argocd' };
  const ask = async (...args: readonly string[]) => {
    const { stdout, stderr } = await run(argocd, ['admin', 'notifications', ...args, file, '--secret', ':empty'], {
      env,
      seconds: 60,
    });
    return { stdout, stderr };
  };
  const triggered = await ask('trigger', 'run', 'on-sync-denied');
  if (!/\strue\s*$/.test(triggered.stdout)) return `not triggered: ${triggered.stdout}${triggered.stderr}`;
  const { stdout, stderr } = await ask('template', 'notify', 'sync-denied');
  return stdout === '' ? stderr : stdout;
}

describe('a change of what is there', () => {
  it('syncs in dev and warns, and in prod nothing syncs', async () => {
    const { api } = team.controlPlane;
    team.edit('base/network.yaml', NARROW, OPEN);
    team.edit('base/settings.yaml', 'currency: EUR', 'currency: CHF');
    const revision = await team.push('Let everybody in');
    await becomes(api, team.applicationOf('dev'), { revision, sync: 'Synced' });
    await isReported('dev', RULE);

    const application = await becomes(api, team.applicationOf('prod'), { sync: 'Unknown', words: RULE });
    expect(said(application)).toContain('ComparisonError');
    expect(await notificationOf(application)).toContain(RULE);
    expect(stringAt(await team.get('prod', 'configmap', 'settings'), 'data', 'currency')).toBe('EUR');

    const message = await sink.messageOf(team.applicationOf('prod'), revision);
    expect(JSON.stringify(valueAt(message, 'conditions'))).toContain(RULE);
  });

  it('syncs once it is mended', async () => {
    const { api } = team.controlPlane;
    team.edit('base/network.yaml', OPEN, NARROW);
    const revision = await team.push('Let nobody in');
    await becomes(api, team.applicationOf('prod'), { revision, sync: 'Synced', phase: 'Succeeded' });
    expect(stringAt(await team.get('prod', 'configmap', 'settings'), 'data', 'currency')).toBe('CHF');
  });
});

describe('a new object', () => {
  let revision: string;

  it('is denied by itself, and what is beside it is applied', async () => {
    const { api } = team.controlPlane;
    team.write('overlays/prod/open.yaml', JSON.stringify(BAD));
    team.edit('overlays/prod/kustomization.yaml', 'resources: [../../base]', 'resources: [../../base, open.yaml]');
    team.edit('base/settings.yaml', 'currency: CHF', 'currency: USD');
    revision = await team.push('Open prod');
    const application = await becomes(api, team.applicationOf('prod'), {
      revision,
      phase: 'Failed',
      words: RULE,
      seconds: 240,
    });
    expect(said(application)).toContain('NetworkPolicy/open SyncFailed');
    expect(stringAt(await team.get('prod', 'configmap', 'settings'), 'data', 'currency')).toBe('USD');
    expect(await team.get('prod', 'networkpolicy', 'open')).toBeUndefined();
    expect(await notificationOf(application)).toContain(RULE);

    const message = await sink.messageOf(team.applicationOf('prod'), revision);
    expect(JSON.stringify(valueAt(message, 'operation', 'syncResult'))).toContain(RULE);
  });

  it('was told once a commit, and of no environment that took it', () => {
    const told = sink.about(team.applicationOf('prod')).map((each) => stringAt(each, 'revision'));
    expect(told).toEqual([...new Set(told)]);
    expect(sink.about(team.applicationOf('dev'))).toEqual([]);
  });

  it('is not tried again by itself after an exception, and syncs when asked to', async () => {
    const { api, kubectl } = team.controlPlane;
    const day = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    const exception = {
      apiVersion: 'weir.dev/v1alpha1',
      kind: 'PolicyException',
      metadata: { name: 'open', namespace: team.namespaceOf('prod') },
      spec: {
        rules: [RULE],
        match: { kinds: ['networking.k8s.io/NetworkPolicy'], names: ['open'] },
        reason: 'the gateway moves this week',
        owner: 'team-shop',
        until: day,
      },
    };
    const { code, stderr } = await kubectl(['apply', '--server-side', '-f', '-'], JSON.stringify(exception));
    expect([code, stderr]).toEqual([0, '']);
    await isAllowed('prod');
    const before = await compared(api, team.applicationOf('prod'));
    expect(phaseOf(before)).toEqual([revision, 'OutOfSync', 'Failed']);
    expect(said(before)).toContain(RULE);
    expect(await team.get('prod', 'networkpolicy', 'open')).toBeUndefined();

    const application = await syncNow(api, team.applicationOf('prod'));
    expect([stringAt(application, 'status', 'operationState', 'phase'), said(application)]).toEqual([
      'Succeeded',
      expect.any(String),
    ]);
    expect(await team.get('prod', 'networkpolicy', 'open')).toBeDefined();
  });
});

describe('a namespace', () => {
  it('does not leave its environment by what its team writes into Git', async () => {
    const { api } = team.controlPlane;
    const namespace = team.namespaceOf('staging');
    await becomes(api, team.applicationOf('staging'), { sync: 'Synced' });
    const text = `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${namespace}, labels: {weir.dev/environment: dev}}\n`;
    team.write('overlays/staging/namespace.yaml', text);
    team.edit('overlays/staging/kustomization.yaml', '[../../base]', '[../../base, namespace.yaml]');
    await team.push('Prefer dev');
    await becomes(api, team.applicationOf('staging'), { words: 'namespace/environment-label' });
    const there = await api.get(`/api/v1/namespaces/${namespace}`);
    expect(stringAt(there, 'metadata', 'labels', 'weir.dev/environment')).toBe('staging');
  });
});
