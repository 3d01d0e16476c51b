/** A ScalingSchedule that holds does not make its Service another one than Git's. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { objectAt, stringAt } from '../../src/kubernetes/json.ts';
import { until } from '../../tools/controlplane/process/wait.ts';
import { becomes, compared, comparedByItself, resourcesOf } from './harness/application.ts';
import { makeTeam, serviceReady, type Team } from './harness/team.ts';

const MIN_SCALE = 'autoscaling.knative.dev/min-scale';
/** Two windows that meet: one of them holds, whatever the time is. */
const SCHEDULE = `apiVersion: weir.dev/v1alpha1
kind: ScalingSchedule
metadata: {name: always}
spec:
  scaleTargetRef: {apiVersion: serving.knative.dev/v1, kind: Service, name: cart}
  timeZone: Etc/UTC
  windows:
  - {name: morning, start: "0 0 * * *", end: "0 12 * * *", minScale: 3}
  - {name: evening, start: "0 12 * * *", end: "0 0 * * *", minScale: 3}
`;

let team: Team;

beforeAll(async () => {
  team = await makeTeam({ name: 'hours' });
  team.write('overlays/prod/schedule.yaml', SCHEDULE);
  team.edit('overlays/prod/kustomization.yaml', 'resources: [../../base]', 'resources: [../../base, schedule.yaml]');
});

describe('a schedule that holds', () => {
  it('leaves everything Synced, and makes no Revision', async () => {
    const { api } = team.controlPlane;
    const name = team.applicationOf('prod');
    const revision = await team.push('Open at all hours');
    await becomes(api, name, { revision, sync: 'Synced', phase: 'Succeeded' });
    const service = await serviceReady(team, 'prod', 'cart');
    const ready = stringAt(service, 'status', 'latestReadyRevisionName') ?? '';

    await until('the PodAutoscaler is at three', { seconds: 120 }, async () => {
      const podAutoscaler = await team.get('prod', 'podautoscaler', ready);
      const there = stringAt(podAutoscaler, 'metadata', 'annotations', MIN_SCALE);
      if (there !== '3')
        throw new Error(`${there}, ${JSON.stringify((await team.get('prod', 'schedule', 'always'))?.status)}`);
      return true;
    });
    expect(objectAt(service, 'spec', 'template', 'metadata', 'annotations')).toMatchObject({ [MIN_SCALE]: '2' });

    await becomes(api, name, { sync: 'Synced', health: 'Healthy' });
    expect(await team.list('prod', 'revision')).toHaveLength(1);
  });

  it.each([
    ['by itself, a minute later', comparedByItself],
    ['without anything that it remembers', compared],
  ])('is Synced when Argo CD looks again %s', async (_, look) => {
    const application = await look(team.controlPlane.api, team.applicationOf('prod'));
    expect(stringAt(application, 'status', 'sync', 'status')).toBe('Synced');
    expect(resourcesOf(application)).toMatchObject({ 'Service/cart': 'Synced', 'ScalingSchedule/always': 'Synced' });
    const schedule = await team.get('prod', 'schedule', 'always');
    expect(stringAt(schedule, 'status', 'activeWindow')).toMatch(/^(morning|evening)$/);
    expect(await team.list('prod', 'revision')).toHaveLength(1);
  });
});
