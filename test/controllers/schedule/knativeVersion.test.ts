import { describe, expect, it } from '@jest/globals';
import { knativeOf } from '../../../controllers/schedule/controller.ts';

describe("the cluster's Knative", () => {
  it.each<{ label: string | undefined; told: string | undefined; home: string | undefined }>`
    label        | told         | home
    ${'1.23.0'}  | ${undefined} | ${'revision'}
    ${'1.20.0'}  | ${undefined} | ${'podAutoscaler'}
    ${'1.23.0'}  | ${'1.20'}    | ${'revision'}
    ${'1.20.0'}  | ${'1.23'}    | ${'podAutoscaler'}
    ${'devel'}   | ${'1.20'}    | ${'podAutoscaler'}
    ${undefined} | ${'1.23'}    | ${'revision'}
    ${'devel'}   | ${undefined} | ${undefined}
    ${undefined} | ${'newest'}  | ${undefined}
  `('labelled $label and told to be $told: scaling is written on the $home', ({ label, told, home }) => {
    const labels = label === undefined ? {} : { 'app.kubernetes.io/version': label };
    expect(knativeOf({ metadata: { labels } }, told).home).toBe(home);
  });

  it('is told how to be named where nothing says it', () => {
    expect(knativeOf(undefined, undefined).obstacle).toBe(
      'the version of Knative Serving is not known, which decides where a value is written: the CustomResourceDefinition revisions.serving.knative.dev has no label app.kubernetes.io/version; nothing is written until --knative-version names it, as in --knative-version=1.23',
    );
  });
});
