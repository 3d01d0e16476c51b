/** The last step: it applies the commit's manifest, and answers what the cluster said. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import type { Event } from '../lib/inbox.ts';
import { eventOf, serve } from '../lib/service.ts';
import { apiOf, NotAccepted, type Service } from './cluster.ts';
import { type Change, changeIn, inCommit } from './git.ts';

const { NAMESPACE = 'default', TOKEN = '', IMAGE = '' } = process.env;
const API_SERVER = process.env.API_SERVER || 'https://kubernetes.default.svc';
const PUSHED_AT = 'ci.example.com/pushed-at';
const api = apiOf(API_SERVER, NAMESPACE, () => readFile(TOKEN, 'utf8'));

serve({
  async onEvent(event) {
    const change = changeIn(event);
    try {
      const service = await inCommit(change, (folder) => serviceIn(folder, change));
      const before = await api.get(service.metadata.name);
      if (Number(before?.metadata.annotations?.[PUSHED_AT] ?? 0) > change.pushedAt) {
        return told('deploy.skipped.v1', change, 'something newer is there already');
      }
      // by its resourceVersion: where somebody else deploys at this moment, this event comes again, and looks again
      const resourceVersion = before?.metadata.resourceVersion;
      await api.apply({ ...service, metadata: { ...service.metadata, ...(resourceVersion && { resourceVersion }) } });
      await api.isReady(service.metadata.name);
      return told('deploy.completed.v1', change, `${service.metadata.name} runs in ${NAMESPACE}`);
    } catch (error) {
      if (!(error instanceof NotAccepted)) throw error;
      return told('deploy.failed.v1', change, error.message);
    }
  },
});

/** The manifest in the repository, with the image of this commit. @throws NotAccepted where it is none */
async function serviceIn(folder: string, { commit, pushedAt }: Change): Promise<Service> {
  let service: Service;
  try {
    service = parse(await readFile(path.join(folder, 'service.yaml'), 'utf8'));
    const [container] = service.spec.template.spec.containers;
    if (container === undefined) throw new Error('no container');
    container.image = `${IMAGE}:${commit.slice(0, 12)}`;
  } catch (error) {
    throw new NotAccepted(`service.yaml is no Knative Service: ${error instanceof Error ? error.message : error}`);
  }
  const annotations = { ...service.metadata.annotations, [PUSHED_AT]: String(pushedAt) };
  return { ...service, metadata: { ...service.metadata, annotations } };
}

function told(type: string, change: Change, reason: string): Event {
  const id = `${type}/${change.commit}`;
  return eventOf({ id, type, source: '/ci', subject: change.commit, data: { ...change, reason } });
}
