/** What follows by itself on a real cluster follows on the embedded API server, and ends the same. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  arrayAt,
  isObject,
  type JsonObject,
  type JsonValue,
  objectAt,
  stringAt,
} from '../../../../src/kubernetes/json.ts';
import { bootstrapPolicy } from '../../../../src/platform/apiserver/auth/bootstrap/policy.ts';
import { type ApiServer, startApiServer } from '../../../../src/platform/apiserver/start.ts';
import { type Api, apiOf } from '../../../../tools/controlplane/kubernetes/api.ts';
import { cluster, namespacesHaveEnded, TURN_MS } from '../../harness/cluster.ts';
import { STORIES } from './stories.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'weir-stories-'));
let embedded: ApiServer | undefined;

beforeAll(async () => {
  embedded = await startApiServer({ folder });
  await namespacesHaveEnded(cluster());
}, TURN_MS);

afterAll(async () => {
  await embedded?.close();
  rmSync(folder, { recursive: true, force: true });
});

function ours(): Api {
  if (embedded === undefined) throw new Error('the embedded API server has not started');
  return apiOf({ server: embedded.url, ca: embedded.ca, token: embedded.token });
}

describe('what follows by itself', () => {
  it.each(STORIES.map((story, index) => ({ ...story, namespace: `story-${index}` })))(
    '$name',
    async ({ tell, namespace }) => {
      const told: JsonValue[] = [];
      for (const api of [ours(), cluster().api]) {
        const made = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
        await api.create('/api/v1/namespaces', made);
        told.push(await tell({ api, namespace }));
        await api.ask('DELETE', `/api/v1/namespaces/${namespace}`);
      }
      const [here, there] = told;
      expect(here).toEqual(there);
    },
    120_000,
  );
});

describe('the roles that a cluster begins with', () => {
  const RBAC = '/apis/rbac.authorization.k8s.io/v1';

  it.each(
    bootstrapPolicy().map((object) => ({
      kind: String(object.kind),
      name: stringAt(object, 'metadata', 'name') ?? '',
    })),
  )('$kind $name', async ({ kind, name }) => {
    const where = `${RBAC}/${kind === 'ClusterRole' ? 'clusterroles' : 'clusterrolebindings'}/${encodeURIComponent(name)}`;
    const [here, there] = await Promise.all([ours().get(where), cluster().api.get(where)]);
    expect(essence(here)).toEqual(essence(there));
  });
});

function essence(value: JsonValue): JsonObject {
  if (!isObject(value)) return {};
  const { labels, annotations } = objectAt(value, 'metadata') ?? {};
  const { aggregationRule, roleRef, subjects } = value;
  const rules = arrayAt(value, 'rules').filter(isKubernetes);
  return { labels, annotations, rules, aggregationRule, roleRef, subjects };
}

/** The gathered roles of a cluster on which Knative and Weir are installed hold theirs, too. */
function isKubernetes(rule: JsonValue): boolean {
  return !arrayAt(rule, 'apiGroups').some((group) => /(^|\.)(knative\.dev|weir\.dev)$/.test(String(group)));
}
