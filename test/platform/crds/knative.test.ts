import { expect, it } from '@jest/globals';
import { isObject, stringAt } from '../../../src/kubernetes/json.ts';
import { knativeServingCrds } from '../../../src/platform/crds/knative.ts';

it('serves what people write for Knative Serving, and says whose version it is', async () => {
  const definitions = await knativeServingCrds();
  const names = definitions.map((definition) => stringAt(definition, 'metadata', 'name'));
  expect(names).toEqual(
    expect.arrayContaining([
      'services.serving.knative.dev',
      'configurations.serving.knative.dev',
      'revisions.serving.knative.dev',
      'routes.serving.knative.dev',
      'domainmappings.serving.knative.dev',
      'podautoscalers.autoscaling.internal.knative.dev',
    ]),
  );
  expect(definitions.filter((definition) => !isObject(definition.spec))).toEqual([]);
  const service = definitions[names.indexOf('services.serving.knative.dev')];
  expect(stringAt(service, 'metadata', 'labels', 'app.kubernetes.io/version')).toBe('1.23.0');
});
