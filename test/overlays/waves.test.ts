/** In which order Argo CD applies Weir and what stands beside it: the annotations of the built objects. */
import { describe, expect, jest } from '@jest/globals';
import { type JsonObject, stringAt } from '../../src/kubernetes/json.ts';
import { groupOf } from '../../src/kubernetes/kinds.ts';
import { withKustomize } from '../cli/withKustomize.ts';
import { built, over, withComponents } from './kustomize.ts';
import { only } from './read.ts';

jest.setTimeout(60_000);

const WAVE = 'argocd.argoproj.io/sync-wave';
const COMPONENTS = ['break-glass', 'cert-manager', 'openreports'].map((name) => `overlays/components/${name}`);

/** Earlier ones are healthy before later ones are applied. Custom resources come last. */
const WAVES: Readonly<Record<string, readonly string[]>> = {
  '-2': ['Namespace', 'CustomResourceDefinition'],
  '-1': [
    'ClusterRole',
    'ClusterRoleBinding',
    'ConfigMap',
    'NetworkPolicy',
    'PodDisruptionBudget',
    'PriorityClass',
    'Role',
    'RoleBinding',
    'Service',
    'ServiceAccount',
    'Certificate',
    'Issuer',
  ],
  '1': ['Deployment'],
  '2': ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'],
};

function waveOf(object: JsonObject): string | undefined {
  return stringAt(object, 'metadata', 'annotations', WAVE);
}

function wanted(object: JsonObject): string | undefined {
  return Object.entries(WAVES).find(([, kinds]) => kinds.includes(stringAt(object, 'kind') ?? ''))?.[0];
}

describe('sync waves', () => {
  withKustomize('bring up Weir in the order in which its parts need each other', async () => {
    const objects = [
      ...['dev', 'staging', 'prod', 'edge'].flatMap((grade) => built(`overlays/${grade}`)),
      ...withComponents('overlays/prod', ...COMPONENTS),
    ];
    const told = (wave: (object: JsonObject) => string | undefined) =>
      objects.map((object) => `${stringAt(object, 'kind')} ${stringAt(object, 'metadata', 'name')}: ${wave(object)}`);
    expect(told(waveOf)).toEqual(told(wanted));
  });

  withKustomize('stay where the policies become one’s own', async () => {
    const objects = over(
      (at) =>
        `resources: [${at('overlays/prod')}]\nconfigMapGenerator:\n- {name: weir-policies, namespace: weir-system, behavior: merge, files: [policies/base.yaml]}\n`,
      { 'policies/base.yaml': 'mine\n' },
    );
    expect(waveOf(only(objects, 'ConfigMap'))).toBe('-1');
  });

  withKustomize('bring up Knative’s namespaces before Knative, and its operator before both', async () => {
    for (const environment of ['dev', 'staging', 'prod', 'edge']) {
      for (const object of withComponents(`overlays/platform/${environment}`, 'overlays/components/istio')) {
        const isKnative = groupOf(stringAt(object, 'apiVersion') ?? '') === 'operator.knative.dev';
        const wave = Number(waveOf(object));
        expect([stringAt(object, 'kind'), isKnative ? wave > 0 : wave < 0]).toEqual([stringAt(object, 'kind'), true]);
        const options = stringAt(object, 'metadata', 'annotations', 'argocd.argoproj.io/sync-options');
        if (isKnative) expect(options).toBe('SkipDryRunOnMissingResource=true');
      }
    }
  });
});
