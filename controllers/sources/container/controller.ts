/** ContainerSources: a Deployment of their template and a SinkBinding for it, as Knative makes them (pkg/reconciler/containersource). */
import { deploymentOf, isDerivative, sinkBindingOf } from '../../../src/knative/eventing/sources/container.ts';
import type { Client } from '../../../src/kubernetes/client/client.ts';
import type { Resource } from '../../../src/kubernetes/client/resource.ts';
import { deployments } from '../../../src/kubernetes/client/resources.ts';
import type { Change, Store } from '../../../src/kubernetes/client/store.ts';
import { type JsonObject, type JsonValue, objectAt } from '../../../src/kubernetes/json.ts';
import { isBeingDeleted, nameOf, referenceTo } from '../../../src/kubernetes/object.ts';
import { conditionOf } from '../../eventing/conditions.ts';
import { ownKey } from '../../eventing/keys.ts';
import { containerSources, sinkBindings } from '../../eventing/resources.ts';
import { ownerReference } from '../../jobs/owned.ts';
import type { MakeController, Tools } from '../../manager/controller.ts';
import { childName } from '../../serving/names.ts';
import { isControlledBy, ownerKey, placeOf } from '../../serving/read.ts';
import { happening, writeStatus } from '../../serving/write.ts';
import { StatusDraft } from '../../status/draft.ts';
import { specProblem } from '../status.ts';

const BINDING_READY = 'SinkBindingReady';
const ADAPTER_READY = 'ReceiveAdapterReady';
const DEPENDENTS = [BINDING_READY, ADAPTER_READY];
const KIND = 'ContainerSource';
/** What a source has of its SinkBinding's status. */
const TAKEN_OVER = ['sinkUri', 'sinkCACerts', 'sinkAudience', 'ceAttributes'];

interface Stores {
  readonly store: Store;
  readonly deploymentStore: Store;
  readonly bindingStore: Store;
}

export const containerSourceController: MakeController = (tools) => {
  const keysOf = ({ object, old }: Change) => ownerKey(object ?? old, KIND);
  const stores = {
    store: tools.follow({ resource: containerSources, keysOf: ownKey }).store,
    deploymentStore: tools.follow({ resource: deployments, keysOf }).store,
    bindingStore: tools.follow({ resource: sinkBindings, keysOf }).store,
  };
  return {
    name: 'containersources',
    rights: [
      { resource: containerSources, subresource: 'status', verbs: ['update'] },
      { resource: deployments, verbs: ['create', 'patch'] },
      { resource: sinkBindings, verbs: ['create', 'patch'] },
    ],
    async reconcile(key, { client }) {
      await reconcile(key, client, { ...tools, ...stores });
      return undefined;
    },
  };
};

async function reconcile(key: string, client: Client, tools: Tools & Stores): Promise<void> {
  const { namespace, name } = placeOf(key);
  const source = tools.store.find(namespace, name);
  if (source === undefined || isBeingDeleted(source)) return;

  const status = new StatusDraft(source, DEPENDENTS);
  const problem = specProblem(source);
  if (problem === undefined) await make(source, status, client, tools);
  else status.conditions.markFalse(ADAPTER_READY, 'InvalidSource', problem);
  await writeStatus(client, containerSources, source, status.toJson(tools.clock.now()));
}

async function make(source: JsonObject, status: StatusDraft, client: Client, tools: Tools & Stores): Promise<void> {
  const owner = ownerReference(source);
  const deployment = deploymentOf(source, { name: childName(nameOf(source), '-deployment'), ownerReference: owner });
  const bindingName = childName(nameOf(source), '-sinkbinding');
  const binding = sinkBindingOf(source, nameOf(deployment), { name: bindingName, ownerReference: owner });
  const keep = { source, client, tools };
  propagateBinding(status, await kept(binding, sinkBindings, tools.bindingStore, specOf, keep));
  propagateDeployment(status, await kept(deployment, deployments, tools.deploymentStore, templateOf, keep));
}

function specOf(object: JsonObject): JsonObject {
  return { spec: objectAt(object, 'spec') ?? {} };
}

function templateOf(object: JsonObject): JsonObject {
  return { spec: { template: objectAt(object, 'spec', 'template') ?? {} } };
}

/** @param part what is compared, and written where it differs @returns what is there then */
async function kept(
  wanted: JsonObject,
  resource: Resource,
  store: Store,
  part: (object: JsonObject) => JsonObject,
  { source, client, tools }: { source: JsonObject; client: Client; tools: Tools },
): Promise<JsonObject> {
  const { namespace, name, kind } = referenceTo(wanted);
  const tell = (what: 'Created' | 'Updated') => {
    const note = `${kind} ${what.toLowerCase()} ${JSON.stringify(name)}`;
    tools.record(happening(source, 'Normal', `${KIND}${kind}${what}`, what, note));
  };
  const there = store.find(namespace, name);
  if (there === undefined) {
    const created = await client.create(resource, wanted);
    tell('Created');
    return created;
  }
  if (!isControlledBy(there, source)) {
    throw new Error(`${kind} ${JSON.stringify(name)} is not owned by ${KIND} ${JSON.stringify(nameOf(source))}`);
  }
  if (isDerivative(part(wanted), part(there))) return there;
  const resourceVersion = objectAt(there, 'metadata')?.resourceVersion ?? '';
  const body: JsonValue[] = [
    { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
    resource === deployments
      ? { op: 'replace', path: '/spec/template', value: objectAt(wanted, 'spec', 'template') ?? {} }
      : { op: 'replace', path: '/spec', value: objectAt(wanted, 'spec') ?? {} },
  ];
  const patched = await client.patch(resource, { namespace, name }, { type: 'json', body });
  tell('Updated');
  return patched;
}

function propagateBinding(status: StatusDraft, binding: JsonObject): void {
  status.copy(TAKEN_OVER, binding);
  const ready = conditionOf(binding, 'Ready');
  if (ready === undefined) status.conditions.markUnknown(BINDING_READY, '', '');
  else status.conditions.mark({ ...ready, type: BINDING_READY });
}

function propagateDeployment(status: StatusDraft, deployment: JsonObject): void {
  const available = conditionOf(deployment, 'Available');
  const message = `The Deployment '${nameOf(deployment)}' is unavailable.`;
  if (available === undefined) status.conditions.markUnknown(ADAPTER_READY, 'DeploymentUnavailable', message);
  else status.conditions.mark({ ...available, type: ADAPTER_READY });
}
