/** Where sequences are sent to: a namespace with the custom kind and with owners. */
import { objectAt, stringAt } from '../../../../src/kubernetes/json.ts';
import type { Api } from '../../../../tools/controlplane/kubernetes/api.ts';
import { until } from '../../../../tools/controlplane/process/wait.ts';
import { CRD, collectionPath } from '../../../platform/apiserver/patch/sequences/kinds.ts';
import type { Site } from './record.ts';

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const NAME = stringAt(CRD, 'metadata', 'name') ?? '';

export async function makeSite(api: Api, namespace: string): Promise<Site> {
  await until('the custom kind is served', { seconds: 30 }, async () => {
    await api.ask('POST', DEFINITIONS, CRD);
    const definition = await api.get(`${DEFINITIONS}/${NAME}`);
    if (objectAt(definition, 'metadata')?.deletionTimestamp !== undefined) throw new Error('the last one goes still');
    return api.get(collectionPath('Gauge', namespace));
  });
  const owners: string[] = [];
  for (const name of ['owner-1', 'owner-2']) {
    const owner = await api.create(collectionPath('ConfigMap', namespace), {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name },
    });
    owners.push(stringAt(owner, 'metadata', 'uid') ?? '');
  }
  return { api, namespace, owners };
}

export async function clearSite(api: Api): Promise<void> {
  await api.ask('DELETE', `${DEFINITIONS}/${NAME}`);
}
