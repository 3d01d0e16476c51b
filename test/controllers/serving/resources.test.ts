import { describe, expect, it } from '@jest/globals';
import { makeConfiguration } from '../../../controllers/serving/resources/configuration.ts';
import { filledSpec } from '../../../controllers/serving/resources/filledSpec.ts';
import { makePodAutoscaler, syncedAnnotations } from '../../../controllers/serving/resources/podAutoscaler.ts';
import { makeRevision } from '../../../controllers/serving/resources/revision.ts';
import { readSettings } from '../../../controllers/serving/settings.ts';
import { type JsonObject, objectAt } from '../../../src/kubernetes/json.ts';
import { aService, aTemplate } from '../../../tools/serving-reference/objects.ts';

const NOW = new Date('2026-05-04T08:00:00Z');

function settings(defaults: Readonly<Record<string, string>> = {}) {
  return readSettings([{ metadata: { name: 'config-defaults' }, data: defaults }], 'localhost').knative;
}

describe('what is filled in', () => {
  const service = aService('cart');

  it('is what Knative would fill in', () => {
    const { template, traffic } = filledSpec(service, undefined, settings({ 'revision-timeout-seconds': '90' }));
    expect(template).toMatchObject({ spec: { timeoutSeconds: 90, containers: [{ name: 'user-container' }] } });
    expect(traffic).toEqual([{ latestRevision: true, percent: 100 }]);
  });

  const seen = { ...service, status: { observedGeneration: 0 } };

  it('stays what it was when config-defaults changes: a new value would be a new Revision', () => {
    const before = filledSpec(seen, undefined, settings({ 'revision-timeout-seconds': '90' }));
    const configuration = makeConfiguration(seen, before.template, undefined);
    const after = filledSpec(seen, configuration, settings({ 'revision-timeout-seconds': '120' }));
    expect(after).toEqual(before);
  });

  it('comes anew for a spec that the Configuration has not got yet, where its author takes something out', () => {
    const before = aService('cart', { template: aTemplate({ spec: { timeoutSeconds: 7 } }) });
    const { template } = filledSpec(before, undefined, settings());
    const configuration = makeConfiguration(before, template, undefined);
    const changed = { ...seen, metadata: { name: 'cart', generation: 2 }, status: { observedGeneration: 1 } };
    expect(filledSpec(changed, configuration, settings()).template).toMatchObject({ spec: { timeoutSeconds: 300 } });
  });

  it('gives way to what the author writes', () => {
    const configuration = makeConfiguration(seen, filledSpec(seen, undefined, settings()).template, undefined);
    const changed = aService('cart', { template: aTemplate({ spec: { timeoutSeconds: 7 } }) });
    expect(filledSpec(changed, configuration, settings()).template).toMatchObject({ spec: { timeoutSeconds: 7 } });
  });
});

describe('labels and annotations', () => {
  const hostile: JsonObject = JSON.parse('{"metadata":{"name":"cart","annotations":{"__proto__":"x","a":"b","c":7}}}');

  it('of any name are copied, but nothing else than text', () => {
    const { metadata } = makeConfiguration({ ...hostile, spec: {} }, {}, undefined);
    const annotations = Object.entries(objectAt(metadata, 'annotations') ?? {});
    expect(annotations).toEqual([
      ['__proto__', 'x'],
      ['a', 'b'],
      ['serving.knative.dev/routes', 'cart'],
    ]);
  });

  it('of a Revision are never those that Knative keeps itself', () => {
    const labels = { 'serving.knative.dev/configurationGeneration': '99', mine: 'x' };
    const configuration = {
      metadata: { name: 'cart', namespace: 'shop', generation: 3, uid: 'u' },
      spec: { template: { metadata: { labels } } },
    };
    expect(makeRevision(configuration, NOW)).toMatchObject({
      metadata: {
        name: 'cart-00003',
        labels: {
          mine: 'x',
          'serving.knative.dev/configurationGeneration': '3',
          'serving.knative.dev/routingState': 'pending',
        },
        annotations: { 'serving.knative.dev/routingStateModified': '2026-05-04T08:00:00Z' },
      },
    });
  });
});

describe('a PodAutoscaler', () => {
  const options = { podAutoscalerClass: 'kpa.autoscaling.knative.dev', hasFailed: false };

  it.each([
    ['kpa.autoscaling.knative.dev', 'concurrency'],
    ['hpa.autoscaling.knative.dev', 'cpu'],
    ['own.example.com', ''],
  ])('of the class %s has the metric %j', (podAutoscalerClass, metric) => {
    const revision = { metadata: { annotations: { 'autoscaling.knative.dev/class': podAutoscalerClass } } };
    expect(makePodAutoscaler(revision, options)).toMatchObject({
      metadata: { annotations: { 'autoscaling.knative.dev/metric': metric } },
    });
  });

  it.each([
    ['active', false, { reachability: 'Reachable' }],
    ['reserve', false, { reachability: 'Unreachable' }],
    ['active', true, { reachability: 'Unreachable' }],
  ])('of a Revision that is %s and has failed: %j', (state, hasFailed, expected) => {
    const revision = { metadata: { labels: { 'serving.knative.dev/routingState': state } } };
    expect(makePodAutoscaler(revision, { ...options, hasFailed }).spec).toMatchObject(expected);
  });

  it('loses what its Revision has no more, and keeps what is not of autoscaling', () => {
    const annotations = {
      'autoscaling.knative.dev/class': 'kpa.autoscaling.knative.dev',
      'autoscaling.knative.dev/min-scale': '3',
      note: 'mine',
      other: 'old',
    };
    const revision = { metadata: { annotations: { 'serving.knative.dev/no-gc': 'true', other: 'new' } } };
    expect(syncedAnnotations({ metadata: { annotations } }, revision)).toEqual({
      'autoscaling.knative.dev/class': 'kpa.autoscaling.knative.dev',
      note: 'mine',
      other: 'new',
    });
  });
});
