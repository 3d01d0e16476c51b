import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import { namespaceEnvironment } from '../../../../src/policy/rules/namespace/environment.ts';
import { judgeBy } from '../../builders.ts';

function aNamespace(labels?: JsonObject): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'shop', ...(labels === undefined ? {} : { labels }) },
  };
}

describe('namespace/environment', () => {
  it('is content with the label of the environment', () => {
    expect(judgeBy(namespaceEnvironment, aNamespace({ 'weir.dev/environment': 'prod' }))).toEqual([]);
  });

  it.each([[undefined], [{}], [{ team: 'shop' }], [{ 'weir.dev/environment': 7 }]])(
    'misses it among %j, and sets it',
    (labels) => {
      const [finding] = judgeBy(namespaceEnvironment, aNamespace(labels));
      expect(finding).toMatchObject({ path: '/metadata/labels', message: expect.stringContaining('set it to prod') });
      expect(JSON.stringify(finding?.fix)).toContain('"prod"');
    },
  );

  it('points at the whole where there is no metadata', () => {
    expect(judgeBy(namespaceEnvironment, { apiVersion: 'v1', kind: 'Namespace' })).toMatchObject([{ path: '' }]);
  });

  it('tells another environment, and leaves it to a person which of the two is meant', () => {
    const [finding, ...others] = judgeBy(namespaceEnvironment, aNamespace({ 'weir.dev/environment': 'dev' }));
    expect(others).toEqual([]);
    expect(finding?.message).toContain('Namespace shop is in dev');
    expect(finding?.fix).toBeUndefined();
  });
});
