/** What `weir schedule` says of the Service behind a schedule: whose it is, what the policy fills in, what it holds back. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { type EmbeddedCluster, startCluster } from '../../controllers/kit/cluster.ts';
import { folderWith, weir } from '../harness.ts';

const HOURS = `apiVersion: weir.dev/v1alpha1
kind: ScalingSchedule
metadata: {name: hours, namespace: shop-prod}
spec:
  scaleTargetRef: {apiVersion: serving.knative.dev/v1, kind: Service, name: api-service}
  timeZone: Etc/UTC
  windows:
  - {name: day, start: "0 8 * * *", end: "0 18 * * *", minScale: 10}
`;

/** A document with the annotations of `autoscaling.knative.dev` on its template. */
function service(namespace: string, scaling: Readonly<Record<string, string>>, kind = 'Service'): string {
  const annotations = Object.entries(scaling).map(([key, value]) => `autoscaling.knative.dev/${key}: "${value}"`);
  return `---
apiVersion: serving.knative.dev/v1
kind: ${kind}
metadata: {name: api-service${namespace === '' ? '' : `, namespace: ${namespace}`}}
spec:
  template:
    metadata: {annotations: {${annotations.join(', ')}}}
    spec: {containers: [{image: registry.example.com/shop/api:1.4.2}]}
`;
}

const DEV = service('shop-dev', { 'min-scale': '0', 'max-scale': '3' });
const PROD = service('shop-prod', { 'min-scale': '4', 'max-scale': '8' });
const CORE = '---\napiVersion: v1\nkind: Service\nmetadata: {name: api-service, namespace: shop-prod}\nspec: {}\n';

const cwd = folderWith({
  'two.yaml': `${HOURS}${DEV}${CORE}${PROD}`,
  'dev.yaml': `${HOURS}${DEV}`,
  'nowhere.yaml': `${HOURS.replace(', namespace: shop-prod', '')}${DEV}${PROD}`,
  'configuration.yaml': `${HOURS.replace('kind: Service', 'kind: Configuration')}${service('shop-prod', { 'min-scale': '3' }, 'Configuration')}`,
  'bare.yaml': `${HOURS}${service('shop-prod', {})}`,
  'low.yaml': `${HOURS}${service('shop-prod', { 'max-scale': '8' })}`,
  'labelled.yaml': `${HOURS.replace('minScale: 10', 'minScale: 30')}---
apiVersion: v1
kind: Namespace
metadata: {name: shop-prod, labels: {weir.dev/environment: prod}}
`,
});

interface Entry {
  readonly from: string;
  readonly minScale: number | null;
  readonly maxScale: number | null;
}

const run = (...args: string[]) => weir(['schedule', ...args], { cwd });

async function valuesOf(...args: string[]): Promise<string[]> {
  const { stdout } = await run('preview', '--from', '2026-11-23', '--to', '2026-11-23', '-o', 'json', ...args);
  const entries: readonly Entry[] = JSON.parse(stdout);
  return entries.map(({ from, minScale, maxScale }) => `${from.slice(11, 16)} ${minScale} to ${maxScale}`);
}

const explained = async (...args: string[]) => (await run('explain', ...args)).stdout;

describe('the author', () => {
  it.each([
    ['of the Service of the schedule’s own namespace', 'two.yaml', ['00:00 4 to 8', '08:00 8 to 8', '18:00 4 to 8']],
    ['of no other namespace', 'dev.yaml', ['00:00 null to null', '08:00 10 to null', '18:00 null to null']],
    [
      'of nothing where it may be one of two',
      'nowhere.yaml',
      ['00:00 null to null', '08:00 10 to null', '18:00 null to null'],
    ],
    ['of a Configuration', 'configuration.yaml', ['00:00 3 to 0', '08:00 10 to 0', '18:00 3 to 0']],
  ])('is %s', async (_, file, values) => {
    expect(await valuesOf(file)).toEqual(values);
  });

  it('is the same in the drawing and in the explanation', async () => {
    expect((await run('preview', 'two.yaml')).stdout).toContain("the author's min-scale 4");
    expect(await explained('two.yaml', '--at', '2026-11-23T20:00:00Z')).toContain(
      'what the author wrote (min-scale 4)',
    );
  });
});

describe('the Service', () => {
  it('has what the policy of its environment fills in', async () => {
    expect(await valuesOf('bare.yaml', '--env', 'prod')).toEqual(['00:00 2 to 20', '08:00 10 to 20', '18:00 2 to 20']);
    expect((await run('preview', 'bare.yaml', '--env', 'prod')).stdout).toContain('min-scale 2, which prod fills in');
    expect(await explained('bare.yaml', '--at', '2026-11-23T20:00:00Z', '--env', 'prod')).toContain(
      'holds   what the author wrote (min-scale 2, which prod fills in): no window is active',
    );
    expect(await valuesOf('bare.yaml')).toEqual(['00:00 0 to 0', '08:00 10 to 0', '18:00 0 to 0']);
  });

  it.each([[[]], [['--env', 'prod']]])('holds a window at its own max-scale with %j', async (args) => {
    expect((await valuesOf('low.yaml', ...args))[1]).toBe('08:00 8 to 8');
    const { stdout } = await run('preview', 'low.yaml', ...args);
    expect(stdout).toContain("\nwindow day: min-scale 10 is cut to 8, the Revision's max-scale\n");
    const text = await explained('low.yaml', '--at', '2026-11-23T10:00:00Z', ...args);
    expect(text).toContain('min-scale 8: window day is active');
    expect(text).toContain("min-scale 10 is cut to 8, the Revision's max-scale");
  });
});

describe('a target', () => {
  it.each([
    ['concurrency', {}, '1000'],
    ['rps', { metric: 'rps' }, '10000'],
  ])('is cut by the bound of the metric %s', async (metric, scaling, most) => {
    const folder = folderWith({
      'high.yaml': `${HOURS.replace('minScale: 10', 'target: 20000')}${service('shop-prod', scaling)}`,
    });
    const told = `target 20000 is cut to ${most}, the most that prod allows`;
    const drawn = await weir(['schedule', 'preview', 'high.yaml', '--env', 'prod'], { cwd: folder });
    expect(drawn.stdout).toContain(`\nwindow day: ${told}\n`);
    const args = ['schedule', 'explain', 'high.yaml', '--env', 'prod', '--at', '2026-11-23T10:00:00Z'];
    const { stdout } = await weir(args, { cwd: folder });
    expect(stdout).toContain(`holds   target ${most}: window day is active\n`);
    expect(stdout).toContain(`cut     ${told}\n`);
    expect(stdout).toContain(
      `policy  window day: target is 20000, and prod allows at most ${most} for the metric ${metric} (schedule/bounds)\n`,
    );
  });
});

describe('the environment', () => {
  it('is that of the Namespace in the same file, as for weir check', async () => {
    expect((await valuesOf('labelled.yaml'))[1]).toBe('08:00 20 to null');
  });

  describe('of a cluster', () => {
    let cluster: EmbeddedCluster;
    beforeAll(async () => {
      cluster = await startCluster();
      await cluster.namespace('shop', 'prod');
      await cluster.namespace('elsewhere');
      await cluster.apply(scheduleIn('shop'), scheduleIn('elsewhere'));
    }, 60_000);
    afterAll(() => cluster.stop());

    it("is that of the namespace's label, unless --env names another", async () => {
      const from = ['hours', '--kubeconfig', cluster.kubeconfig, '-n'];
      expect((await valuesOf(...from, 'shop'))[1]).toBe('08:00 20 to null');
      expect((await valuesOf(...from, 'shop', '--env', 'dev'))[1]).not.toBe('08:00 20 to null');
      expect((await valuesOf(...from, 'elsewhere'))[1]).toBe('08:00 30 to null');
    });

    it('need not be known here', async () => {
      await cluster.namespace('strange', 'qa');
      await cluster.apply(scheduleIn('strange'));
      const { code, stdout, stderr } = await run(
        'preview',
        'hours',
        '--kubeconfig',
        cluster.kubeconfig,
        '-n',
        'strange',
      );
      expect([code, stdout]).toEqual([0, expect.stringContaining('min-scale 30')]);
      expect(stderr).toBe(
        'weir: warning: the environment qa has no policy in policies of weir, so that none counts here; --policies FOLDER names others\n',
      );
    });
  });
});

function scheduleIn(namespace: string): JsonObject {
  return {
    apiVersion: 'weir.dev/v1alpha1',
    kind: 'ScalingSchedule',
    metadata: { name: 'hours', namespace },
    spec: {
      scaleTargetRef: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'api-service' },
      timeZone: 'Etc/UTC',
      windows: [{ name: 'day', start: '0 8 * * *', end: '0 18 * * *', minScale: 30 }],
    },
  };
}
