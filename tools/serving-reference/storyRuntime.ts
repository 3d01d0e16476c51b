/** What runs the Revisions of stories in Knative's place: its autoscaler as it is without any metrics, and world.ts' pods. */
import { type Runtime, readyAtOnce } from '../../controllers/serving/controllers.ts';
import { conditionStatus } from '../../controllers/serving/read.ts';
import { initialScaleOf, scaleBounds } from '../../controllers/serving/scale.ts';
import { arrayAt, numberAt, stringAt } from '../../src/kubernetes/json.ts';

const FAILURE = { of: 'container', reason: 'ExitCode3', message: 'Container failed with: no such file' } as const;

export const storyRuntime: Runtime = {
  ...readyAtOnce,
  instancesOf(revision, podAutoscaler, config) {
    const isBroken = arrayAt(revision, 'spec', 'containers').some((each) =>
      stringAt(each, 'image')?.includes('broken'),
    );
    if (isBroken) return { wanted: -1, ready: 0, failure: FAILURE };

    const isNew = conditionStatus(podAutoscaler, 'ScaleTargetInitialized') !== 'True';
    const { min } = scaleBounds(podAutoscaler, config);
    const initial = isNew ? initialScaleOf(podAutoscaler, config) : 1;
    const least = Math.max(min, initial > 1 ? initial : 0);
    // without metrics there is no reason to go below what there was
    return {
      wanted: Math.max(numberAt(podAutoscaler, 'status', 'desiredScale') ?? -1, least === 0 ? -1 : least),
      ready: Math.max(numberAt(podAutoscaler, 'status', 'actualScale') ?? 1, least, 1),
    };
  },
};
