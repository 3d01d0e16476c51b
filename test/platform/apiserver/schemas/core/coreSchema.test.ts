import { describe, expect, it } from '@jest/globals';
import { coreKinds, coreSchema } from '../../../../../src/platform/apiserver/schemas/core/coreSchema.ts';
import { GROUP_VERSION_ROOTS } from '../../../../../src/platform/apiserver/schemas/core/definitions.generated.ts';
import { openApiSchemas } from '../../../../../src/platform/apiserver/schemas/core/openApi.ts';

describe('the types of core kinds', () => {
  it.each<{ group: string; version: string; kind: string }>`
    group                          | version | kind
    ${''}                          | ${'v1'} | ${'Pod'}
    ${''}                          | ${'v1'} | ${'PodList'}
    ${'apps'}                      | ${'v1'} | ${'Deployment'}
    ${'apps'}                      | ${'v1'} | ${'DeleteOptions'}
    ${'autoscaling'}               | ${'v1'} | ${'Scale'}
    ${'autoscaling'}               | ${'v2'} | ${'HorizontalPodAutoscaler'}
    ${'apiextensions.k8s.io'}      | ${'v1'} | ${'CustomResourceDefinition'}
    ${'authorization.k8s.io'}      | ${'v1'} | ${'SelfSubjectAccessReview'}
    ${'rbac.authorization.k8s.io'} | ${'v1'} | ${'ClusterRole'}
  `('knows $kind of $group/$version', ({ group, version, kind }) => {
    expect(coreSchema(group, version, kind)).toMatchObject({
      type: 'object',
      properties: { kind: { type: 'string' } },
    });
  });

  it.each<{ group: string; version: string; kind: string }>`
    group     | version | kind
    ${''}     | ${'v1'} | ${'Deployment'}
    ${'apps'} | ${'v2'} | ${'Deployment'}
    ${''}     | ${''}   | ${'__proto__'}
  `('knows no $group/$version/$kind', ({ group, version, kind }) => {
    expect(coreSchema(group, version, kind)).toBeUndefined();
  });

  it('shares one type between all who name it', () => {
    const template = coreSchema('apps', 'v1', 'Deployment')?.properties?.spec?.properties?.template;
    expect(template?.name).toBe('io.k8s.api.core.v1.PodTemplateSpec');
    expect(coreSchema('batch', 'v1', 'Job')?.properties?.spec?.properties?.template).toBe(template);
  });

  it('follows a type that contains itself', () => {
    const spec = coreSchema('apiextensions.k8s.io', 'v1', 'CustomResourceDefinition')?.properties?.spec;
    const schema = spec?.properties?.versions?.items?.properties?.schema?.properties?.openAPIV3Schema;
    expect(schema?.properties?.not).toBe(schema);
  });

  it('keeps what apply and patches are made by, and the defaults that are values', () => {
    const pod = coreSchema('', 'v1', 'Pod')?.properties?.spec;
    const ports = pod?.properties?.containers?.items?.properties?.ports;
    expect(ports).toMatchObject({
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['containerPort', 'protocol'],
      'x-kubernetes-patch-merge-key': 'containerPort',
      'x-kubernetes-patch-strategy': 'merge',
    });
    expect(ports?.items?.properties?.protocol).toMatchObject({ default: 'TCP' });
    expect(coreSchema('', 'v1', 'Pod')?.properties?.status).not.toHaveProperty('default');
  });

  it('lists the kinds of a version', () => {
    expect(coreKinds('apps', 'v1')).toContain('StatefulSet');
    expect(coreKinds('apps', 'v1beta1')).toEqual([]);
  });
});

describe('the OpenAPI of core kinds', () => {
  it('names nothing that is not in the same document', async () => {
    for (const key of Object.keys(GROUP_VERSION_ROOTS)) {
      const [first = '', second] = key.split('/');
      const schemas = await openApiSchemas(second === undefined ? '' : first, second ?? first);
      const named = [...JSON.stringify(schemas).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name);
      expect(Object.keys(schemas ?? {})).toEqual(expect.arrayContaining([...new Set(named)]));
    }
  });

  it('is written as Kubernetes writes it', async () => {
    const schemas = await openApiSchemas('policy', 'v1');
    expect(schemas?.['io.k8s.api.policy.v1.PodDisruptionBudgetSpec']).toEqual({
      description: 'PodDisruptionBudgetSpec is a description of a PodDisruptionBudget.',
      type: 'object',
      properties: expect.objectContaining({
        maxUnavailable: {
          allOf: [{ $ref: '#/components/schemas/io.k8s.apimachinery.pkg.util.intstr.IntOrString' }],
          description: expect.stringContaining('An eviction is allowed'),
        },
      }),
    });
    expect(schemas?.['io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions']).toMatchObject({
      'x-kubernetes-group-version-kind': [
        { group: '', kind: 'DeleteOptions', version: 'v1' },
        { group: 'policy', kind: 'DeleteOptions', version: 'v1' },
      ],
    });
    expect(schemas?.['io.k8s.api.policy.v1.PodDisruptionBudget']).toMatchObject({
      'x-kubernetes-group-version-kind': [{ group: 'policy', kind: 'PodDisruptionBudget', version: 'v1' }],
    });
  });

  it('has no document for a version without kinds', async () => {
    expect(await openApiSchemas('example.com', 'v1')).toBeUndefined();
  });
});
