/** Wires the controller of Deployments, and brings one of them on: a key is its namespace and name. */
import { isNotFound } from '../../src/kubernetes/client/errors.ts';
import { deployments, pods } from '../../src/kubernetes/client/resources.ts';
import type { Store } from '../../src/kubernetes/client/store.ts';
import { equals, type JsonObject, objectAt } from '../../src/kubernetes/json.ts';
import { isBeingDeleted, nameOf, referenceTo, uidOf } from '../../src/kubernetes/object.ts';
import { ownedBy, ownersKey, ownKey } from '../jobs/owned.ts';
import type { MakeController, Round, Tools } from '../manager/controller.ts';
import { decide, podFor, standingOf } from './decide.ts';
import { statusOf } from './status.ts';

const WORKERS = 4;

export const deploymentController: MakeController = (tools) => {
  const store = tools.follow({ resource: deployments, keysOf: ownKey }).store;
  const podStore = tools.follow({ resource: pods, keysOf: (change) => ownersKey('Deployment', change) }).store;
  return {
    name: 'deployments',
    workers: WORKERS,
    rights: [
      { resource: deployments, subresource: 'status', verbs: ['patch'] },
      { resource: pods, verbs: ['create', 'delete'] },
    ],
    async reconcile(key, round) {
      const [namespace = '', name = ''] = key.split('/');
      const deployment = store.find(namespace, name);
      if (deployment !== undefined && !isBeingDeleted(deployment)) await reconcile(deployment, round, podStore, tools);
      return undefined;
    },
  };
};

async function reconcile(deployment: JsonObject, { client }: Round, podStore: Store, tools: Tools): Promise<void> {
  const { namespace, name } = referenceTo(deployment);
  const { create, remove } = decide(deployment, standingOf(deployment, ownedBy(deployment, podStore)));
  for (let made = 0; made < create; made++) {
    const pod = await client.create(pods, podFor(deployment, tools.random));
    tell(deployment, 'SuccessfulCreate', `Created pod: ${nameOf(pod)}`, tools);
  }
  for (const pod of remove) {
    const options = { preconditions: { uid: uidOf(pod) } };
    await client.delete(pods, { namespace, name: nameOf(pod) }, options).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
    tell(deployment, 'SuccessfulDelete', `Deleted pod: ${nameOf(pod)}`, tools);
  }
  const status = statusOf(deployment, standingOf(deployment, ownedBy(deployment, podStore)), tools.clock.now());
  const there = objectAt(deployment, 'status');
  const isSame = Object.entries(status).every(([field, value]) => equals(value ?? 0, there?.[field] ?? 0));
  if (isSame) return;
  const body = { metadata: { uid: uidOf(deployment) }, status };
  await client.patch(deployments, { namespace, name, subresource: 'status' }, { type: 'merge', body });
}

function tell(deployment: JsonObject, reason: string, note: string, { record }: Tools): void {
  const { namespace, name } = referenceTo(deployment);
  const regarding = { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name, uid: uidOf(deployment) };
  record({ regarding, type: 'Normal', reason, action: reason, note });
}
