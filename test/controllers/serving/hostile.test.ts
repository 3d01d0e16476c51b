/** Objects of any shape: a cache holds what a CRD let in, and nothing of it may end a controller. */
import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import { findLatestReady } from '../../../controllers/serving/configuration/latestReady.ts';
import { collectionOf } from '../../../controllers/serving/gc/reconcile.ts';
import { podAutoscalerStatus, propagateInstances } from '../../../controllers/serving/lifecycle/podAutoscaler.ts';
import {
  propagateAutoscaler,
  revisionStatus,
  setContainerStatuses,
} from '../../../controllers/serving/lifecycle/revision.ts';
import {
  propagateConfiguration,
  propagateRoute,
  serviceStatus,
} from '../../../controllers/serving/lifecycle/service.ts';
import { makeConfiguration } from '../../../controllers/serving/resources/configuration.ts';
import { filledSpec } from '../../../controllers/serving/resources/filledSpec.ts';
import { makePlaceholder } from '../../../controllers/serving/resources/placeholder.ts';
import { makePodAutoscaler, syncedAnnotations } from '../../../controllers/serving/resources/podAutoscaler.ts';
import { makeRevision } from '../../../controllers/serving/resources/revision.ts';
import { makeRoute } from '../../../controllers/serving/resources/route.ts';
import { trafficOf } from '../../../controllers/serving/route/traffic.ts';
import { readyAtOnce } from '../../../controllers/serving/runtime.ts';
import { readSettings } from '../../../controllers/serving/settings.ts';
import { isObject, type JsonObject } from '../../../src/kubernetes/json.ts';

const NOW = new Date('2026-05-04T08:00:00Z');

/** With the words that the controllers look for, and anything behind them. */
const anything = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, fc.jsonValue(), tie('object'), fc.array(tie('value'), { maxLength: 3 })),
  object: fc.dictionary(
    fc.constantFrom(
      ...['metadata', 'spec', 'status', 'name', 'namespace', 'labels', 'annotations', 'ownerReferences', 'generation'],
      ...['template', 'traffic', 'containers', 'ports', 'conditions', 'type', 'revisionName', 'percent', 'tag', 'data'],
      ...['__proto__', 'constructor', 'serving.knative.dev/routes', 'serving.knative.dev/configuration', 'controller'],
    ),
    tie('value'),
    { maxKeys: 6 },
  ),
})).object;

function asObject(value: unknown): JsonObject {
  const plain: unknown = JSON.parse(JSON.stringify(value));
  return isObject(plain) ? plain : {};
}

describe('objects of any shape', () => {
  it('end nothing', () => {
    fc.assert(
      fc.property(anything, anything, (first, second) => {
        const [one, other] = [asObject(first), asObject(second)];
        const settings = readSettings([one, other], 'localhost');
        const { template, traffic } = filledSpec(one, other, settings.knative);
        makeConfiguration(one, template, other);
        makeRoute(one, traffic);
        makeRevision(one, NOW);
        makePlaceholder(one, 'cart', 'cart.example.com');
        makePodAutoscaler(one, { podAutoscalerClass: '', hasFailed: false });
        syncedAnnotations(one, other);
        trafficOf(one, { configuration: () => other, revision: () => other });
        findLatestReady(one, { latestCreated: other, latestReadyName: '', revisions: [one, other] });
        collectionOf({ configuration: one, revisions: [one, other] }, settings.gc, NOW);

        const service = serviceStatus(one);
        propagateConfiguration(service, other);
        propagateRoute(service, one, other);
        const revision = revisionStatus(one);
        setContainerStatuses(revision, one);
        propagateAutoscaler(revision, other);
        const podAutoscaler = podAutoscalerStatus(one);
        const instances = readyAtOnce.instancesOf(other, one, settings.autoscaler);
        propagateInstances(podAutoscaler, one, instances, settings.autoscaler);
        for (const status of [service, revision, podAutoscaler]) JSON.stringify(status.toJson(NOW));
      }),
      { numRuns: 500 },
    );
  });
});
