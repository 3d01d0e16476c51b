/** Dry runs, as `kubectl diff` and `kubectl apply --dry-run=server` ask for them, and what `kubectl apply` itself sends. */
import type { JsonObject } from '../../../../../src/kubernetes/json.ts';
import {
  APPLY,
  CONFIG_MAPS,
  configMap,
  get,
  MERGE,
  patch,
  post,
  put,
  remove,
  type Scenario,
  STRATEGIC,
} from '../scenario.ts';

const ONE = `${CONFIG_MAPS}/one`;
const DEPLOYMENTS = '/apis/apps/v1/namespaces/:ns/deployments';
const SERVICES = '/api/v1/namespaces/:ns/services';
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

function deployment(image: string, more: object = {}): JsonObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', labels: { app: 'web' } },
    spec: {
      replicas: 0,
      paused: true,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'web', image, ports: [{ containerPort: 8080 }] }] },
      },
      ...more,
    },
  };
}

function service(spec: object): JsonObject {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { ...spec } } as JsonObject;
}

const asApplied = (object: JsonObject): JsonObject => ({
  ...object,
  metadata: { ...(object.metadata as JsonObject), annotations: { [LAST_APPLIED]: `${JSON.stringify(object)}\n` } },
});

const FIRST = deployment('registry.example.com/web:1');
const APPLIED = 'fieldManager=kubectl&fieldValidation=Strict';
const CLIENT_SIDE = 'fieldManager=kubectl-client-side-apply&fieldValidation=Strict';

export const rehearsals: readonly Scenario[] = [
  {
    name: 'dry runs of an apply',
    steps: [
      patch(`${ONE}?${APPLIED}&dryRun=All&force=true`, APPLY, configMap('one')),
      get(ONE),
      patch(`${ONE}?${APPLIED}`, APPLY, configMap('one', { a: '1' })),
      patch(`${ONE}?${APPLIED}&dryRun=All&force=true`, APPLY, configMap('one', { a: '2', b: '3' })),
      patch(`${ONE}?${APPLIED}&dryRun=All`, APPLY, configMap('one', { a: '1' })),
      patch(`${ONE}?fieldManager=other&dryRun=All`, APPLY, configMap('one', { a: '9' })),
      patch(`${ONE}?${APPLIED}&dryRun=All`, MERGE, { data: { c: '4' } }),
      put(`${ONE}?dryRun=All`, configMap('one', { only: 'this' })),
      remove(`${ONE}?dryRun=All`),
      remove(ONE, { dryRun: ['All'] }),
      remove(ONE, { dryRun: ['Some'] }),
      get(ONE),
      patch(`${ONE}?${APPLIED}`, APPLY, { ...(configMap('one') as JsonObject), dota: {} }),
    ],
  },
  {
    name: 'what kubectl apply sends',
    steps: [
      post(`${DEPLOYMENTS}?${CLIENT_SIDE}`, asApplied(FIRST), { only: withoutStatus }),
      patch(
        `${DEPLOYMENTS}/web?${CLIENT_SIDE}`,
        STRATEGIC,
        {
          metadata: {
            annotations: { [LAST_APPLIED]: `${JSON.stringify(deployment('registry.example.com/web:2'))}\n` },
          },
          spec: {
            template: {
              spec: {
                '$setElementOrder/containers': [{ name: 'web' }],
                containers: [{ name: 'web', image: 'registry.example.com/web:2' }],
              },
            },
          },
        },
        { only: withoutStatus },
      ),
      patch(
        `${DEPLOYMENTS}/web?${CLIENT_SIDE}`,
        STRATEGIC,
        {
          spec: {
            template: {
              spec: {
                '$setElementOrder/containers': [{ name: 'web' }],
                containers: [
                  {
                    name: 'web',
                    '$setElementOrder/ports': [{ containerPort: 9090 }],
                    ports: [{ containerPort: 9090 }, { $patch: 'delete', containerPort: 8080 }],
                  },
                ],
              },
            },
          },
        },
        { only: withoutStatus },
      ),
      patch(`${DEPLOYMENTS}/web?${APPLIED}&dryRun=All&force=true`, APPLY, deployment('registry.example.com/web:3'), {
        only: withoutStatus,
      }),
      patch(`${DEPLOYMENTS}/web?${APPLIED}`, APPLY, deployment('registry.example.com/web:3'), { only: withoutStatus }),
      patch(`${DEPLOYMENTS}/web?${APPLIED}&force=true`, APPLY, deployment('registry.example.com/web:3'), {
        only: withoutStatus,
      }),
      remove(`${DEPLOYMENTS}/web`, undefined, { only: () => null }),
    ],
  },
  {
    name: 'services by apply',
    steps: [
      patch(`${SERVICES}/web?${APPLIED}`, APPLY, service({ selector: { app: 'web' }, ports: [{ port: 80 }] })),
      patch(
        `${SERVICES}/web?${APPLIED}&dryRun=All`,
        APPLY,
        service({ selector: { app: 'web' }, ports: [{ port: 81 }] }),
      ),
      patch(
        `${SERVICES}/web?${APPLIED}`,
        APPLY,
        service({
          selector: { app: 'web' },
          ports: [
            { name: 'a', port: 80 },
            { name: 'b', port: 80, protocol: 'UDP' },
          ],
        }),
      ),
      patch(`${SERVICES}/web?fieldManager=other`, APPLY, service({ ports: [{ port: 80, targetPort: 8080 }] })),
      patch(`${SERVICES}/web`, MERGE, { spec: { clusterIP: '1.2.3.4' } }),
      patch(`${SERVICES}/web`, MERGE, { spec: { type: 'ExternalName', externalName: 'example.com' } }),
      remove(`${SERVICES}/web`, undefined, { only: () => null }),
    ],
  },
];

/** What controllers write is another matter. */
function withoutStatus(body: unknown) {
  const { status, ...rest } = body as { status?: unknown };
  const { resourceVersion: _, managedFields: __, ...metadata } = ((rest as JsonObject).metadata ?? {}) as JsonObject;
  return (typeof status === 'string' ? body : { ...rest, metadata }) as JsonObject;
}
