import { randomBytes } from 'node:crypto';
import { afterAll } from '@jest/globals';
import { attach, type ControlPlane } from '../../../tools/controlplane/controlPlane.ts';
import { until } from '../../../tools/controlplane/process/wait.ts';
import { ADDRESS } from './shared.ts';

const NAMESPACE_SECONDS = 20;
/** Against what hangs: 200 namespaces take a minute. */
const TURN_SECONDS = 300;

/** The control plane that all suites share. A suite that stops or restarts a part of it starts one of its own. */
export function cluster(): ControlPlane {
  const file = process.env[ADDRESS];
  if (file === undefined) throw new Error('no control plane runs; run the suite by: npm run test:cluster');
  return attach(file);
}

/**
 * A namespace with a name of its own, ready for pods, which is deleted after the suite.
 *
 * @param labels such as `{ 'weir.dev/environment': 'prod' }`
 */
export async function freshNamespace(
  { api }: ControlPlane,
  labels: Readonly<Record<string, string>> = {},
): Promise<string> {
  const name = `test-${randomBytes(4).toString('hex')}`;
  await api.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
  // a suite may have deleted it itself
  created.push(async () => {
    const { status } = await api.ask('DELETE', `/api/v1/namespaces/${name}`);
    if (status >= 300 && status !== 404) throw new Error(`${name} cannot be deleted: ${status}`);
  });

  await until(`${name} has its ServiceAccount`, { seconds: NAMESPACE_SECONDS }, () =>
    api.get(`/api/v1/namespaces/${name}/serviceaccounts/default`),
  );
  return name;
}

/**
 * Waits until Kubernetes has had its turn with every namespace that suites before have deleted: it ends ten side by side,
 * each in three to four seconds and in the order of their deletion, so that one that is made and deleted now is the last.
 * For a suite that measures how a namespace ends; needs up to `TURN_MS`.
 */
export async function namespacesHaveEnded({ api }: ControlPlane): Promise<void> {
  const name = `last-${randomBytes(4).toString('hex')}`;
  await api.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  await api.delete(`/api/v1/namespaces/${name}`);
  await until(`${name} is gone`, { seconds: TURN_SECONDS }, async () => {
    return (await api.ask('GET', `/api/v1/namespaces/${name}`)).status === 404;
  });
}

export const TURN_MS = (TURN_SECONDS + 10) * 1000;

/** What the suite has made, as ways to delete it. */
const created: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const remove of created.splice(0)) await remove();
});
