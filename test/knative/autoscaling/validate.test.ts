import { describe, expect, it } from '@jest/globals';
import { type AutoscalerConfig, DEFAULT_AUTOSCALER_CONFIG } from '../../../src/knative/autoscaling/config.ts';
import { validateAnnotations, validateObjectMetadataAnnotations } from '../../../src/knative/autoscaling/validate.ts';

const PATH = '/spec/template/metadata/annotations';
const KEY = 'autoscaling.knative.dev';

describe('validateAnnotations', () => {
  it.each<{ annotations: Record<string, string>; config: Partial<AutoscalerConfig>; message: string | undefined }>`
    annotations                                       | config                             | message
    ${{ 'min-scale': '1', 'max-scale': '3' }}         | ${{}}                              | ${undefined}
    ${{ 'min-scale': '-1' }}                          | ${{}}                              | ${'expected 0 <= -1 <= 2147483647'}
    ${{ maxScale: '2147483648' }}                     | ${{}}                              | ${'expected 0 <= 2147483648 <= 2147483647'}
    ${{ 'min-scale': '1.0' }}                         | ${{}}                              | ${'invalid value: 1.0'}
    ${{ minScale: '5', 'max-scale': '3' }}            | ${{}}                              | ${'max-scale=3 is less than min-scale=5'}
    ${{ 'max-scale': '0' }}                           | ${{ maxScaleLimit: 9 }}            | ${'max-scale=0 (unlimited), must be less than 9'}
    ${{ 'max-scale': '10' }}                          | ${{ maxScaleLimit: 9 }}            | ${'expected 1 <= 10 <= 9'}
    ${{ 'activation-scale': '1' }}                    | ${{}}                              | ${'activation-scale=1 must be greater than 1'}
    ${{ target: '0.001' }}                            | ${{}}                              | ${'target 0.001 should be at least 0.01'}
    ${{ target: '0.5' }}                              | ${{}}                              | ${undefined}
    ${{ 'target-utilization-percentage': '101' }}     | ${{}}                              | ${'expected 1 <= 101 <= 100'}
    ${{ 'target-burst-capacity': '-2' }}              | ${{}}                              | ${'invalid value: -2'}
    ${{ 'panic-window-percentage': '0.5' }}           | ${{}}                              | ${'expected 1 <= 0.5 <= 100'}
    ${{ 'panic-threshold-percentage': '100' }}        | ${{}}                              | ${'expected 110 <= 100 <= 1000'}
    ${{ window: '5s' }}                               | ${{}}                              | ${'expected 6s <= 5s <= 1h0m0s'}
    ${{ window: '60' }}                               | ${{}}                              | ${'invalid value: 60'}
    ${{ 'scale-down-delay': '1.5s' }}                 | ${{}}                              | ${'must be specified with at most second precision'}
    ${{ 'scale-to-zero-pod-retention-period': '2h' }} | ${{}}                              | ${'expected 0s <= 2h <= 1h0m0s'}
    ${{ class: 'keda.autoscaling.knative.dev' }}      | ${{}}                              | ${'invalid value: keda.autoscaling.knative.dev'}
    ${{ class: 'mine.example.com', metric: 'x' }}     | ${{}}                              | ${undefined}
    ${{ metric: 'cpu' }}                              | ${{}}                              | ${'invalid value: cpu'}
    ${{ 'initial-scale': '0' }}                       | ${{ allowZeroInitialScale: true }} | ${undefined}
    ${{ 'stable-window': 'x' }}                       | ${{}}                              | ${undefined}
  `('of $annotations under $config says $message', ({ annotations, config, message }) => {
    const found = validateAnnotations(keyed(annotations), PATH, { ...DEFAULT_AUTOSCALER_CONFIG, ...config });
    expect(found.map((one) => one.message)).toEqual(message === undefined ? [] : [message]);
  });

  it('leads to the annotation as it is spelt, where Knative names its own spelling', () => {
    expect(validateAnnotations(keyed({ minScale: '5', maxScale: '3' }), PATH, DEFAULT_AUTOSCALER_CONFIG)).toEqual([
      { path: `${PATH}/autoscaling.knative.dev~1maxScale`, message: 'max-scale=3 is less than min-scale=5' },
    ]);
  });

  it('says as details what Knative hides in the path', () => {
    expect(validateAnnotations(keyed({ initialScale: '0' }), PATH, DEFAULT_AUTOSCALER_CONFIG)).toEqual([
      {
        path: `${PATH}/autoscaling.knative.dev~1initialScale`,
        message: 'invalid value: 0',
        details: 'initialScale=0 not allowed by cluster',
      },
    ]);
  });

  it.each([[undefined], [{}], [{ [`${KEY}/min-scale`]: 5 }], [{ [`${KEY}/min-scale`]: { a: [] } }]])(
    'finds nothing in %p',
    (annotations) => {
      expect(validateAnnotations(annotations, PATH, DEFAULT_AUTOSCALER_CONFIG)).toEqual([]);
    },
  );
});

it("denies every autoscaling annotation on an object's own metadata", () => {
  const annotations = { [`${KEY}/min-scale`]: '1', [`${KEY}/made-up`]: '', 'example.com/x': '' };
  const details = 'autoscaling annotations must be put under "spec.template.metadata.annotations" to work';
  expect(validateObjectMetadataAnnotations(annotations, '/metadata/annotations')).toEqual([
    {
      path: '/metadata/annotations/autoscaling.knative.dev~1min-scale',
      message: 'invalid key name "autoscaling.knative.dev/min-scale"',
      details,
    },
    {
      path: '/metadata/annotations/autoscaling.knative.dev~1made-up',
      message: 'invalid key name "autoscaling.knative.dev/made-up"',
      details,
    },
  ]);
});

function keyed(annotations: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(annotations).map(([name, value]) => [`${KEY}/${name}`, value]));
}
