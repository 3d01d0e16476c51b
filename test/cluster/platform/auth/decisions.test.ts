/**
 * A real API server answers the questions that npm test asks of the embedded one. With WEIR_GOLDEN=write the answers
 * are written down instead of compared.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isObject, type JsonValue, stringAt, valueAt } from '../../../../src/kubernetes/json.ts';
import { until } from '../../../../tools/controlplane/process/wait.ts';
import { oneOfMany, told } from '../../../platform/apiserver/auth/decisions/answers.ts';
import { IMPERSONATIONS, NAMESPACES, type Question, world } from '../../../platform/apiserver/auth/decisions/world.ts';
import { cluster } from '../../harness/cluster.ts';

const FILE = path.resolve(import.meta.dirname, '../../../platform/apiserver/auth/decisions/answers.golden.json');
const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const MARK = 'decide-mark';
const made = world();

type Headers = Readonly<Record<string, readonly string[] | string>>;

/** As somebody else, or by another's token. */
async function ask(method: string, where: string, headers: Headers, body?: JsonValue): Promise<string> {
  const { server, ca, token } = cluster();
  const agent = new Agent({ ca });
  const text = await new Promise<string>((resolve, reject) => {
    const usual = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const sent = request(
      `${server}${where}`,
      { method, agent, headers: { ...usual, ...headers }, timeout: 20_000 },
      (response) => {
        let all = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          all += chunk;
        });
        response.on('end', () => resolve(all));
      },
    );
    sent.on('error', reject);
    sent.on('timeout', () => sent.destroy(new Error('no answer within 20 s')));
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
  agent.destroy();
  const answer: unknown = JSON.parse(text);
  if (!isObject(answer) || answer.kind !== 'Status' || answer.status === 'Success') return '';
  return `${String(answer.code)} ${stringAt(answer, 'message') ?? ''}`;
}

async function review(question: Question): Promise<{ allowed: boolean; reason: string }> {
  const spec = { ...question, groups: [...question.groups] };
  const kind = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview' };
  const answer = await cluster().api.create('/apis/authorization.k8s.io/v1/subjectaccessreviews', { ...kind, spec });
  return { allowed: valueAt(answer, 'status', 'allowed') === true, reason: stringAt(answer, 'status', 'reason') ?? '' };
}

const paths: string[] = [];

async function create(plural: string, object: JsonValue): Promise<void> {
  const namespace = stringAt(object, 'metadata', 'namespace');
  const collection = `${RBAC}${namespace === undefined ? '' : `/namespaces/${namespace}`}/${plural}`;
  await cluster().api.create(collection, object);
  paths.push(`${collection}/${stringAt(object, 'metadata', 'name')}`);
}

beforeAll(async () => {
  for (const name of NAMESPACES) {
    await cluster().api.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    paths.push(`/api/v1/namespaces/${name}`);
  }
  for (const { plural, object } of made.objects) await create(plural, object);
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  for (const { account, rules } of IMPERSONATIONS) {
    const metadata = { name: account };
    const path = '/api/v1/namespaces/decide-a/serviceaccounts';
    await cluster().api.create(path, { apiVersion: 'v1', kind: 'ServiceAccount', metadata });
    await create('clusterroles', { apiVersion, kind: 'ClusterRole', metadata, rules });
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: account };
    const subjects = [{ kind: 'ServiceAccount', name: account, namespace: 'decide-a' }];
    await create('clusterrolebindings', { apiVersion, kind: 'ClusterRoleBinding', metadata, roleRef, subjects });
  }
  // what was written last of each kind is known: so is the rest
  const rules = [{ apiGroups: [''], resources: ['marks'], verbs: ['get'] }];
  const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: MARK }];
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: MARK };
  const [namespace] = NAMESPACES;
  const metadata = { name: MARK, namespace };
  await create('clusterroles', { apiVersion, kind: 'ClusterRole', metadata: { name: MARK }, rules });
  await create('roles', { apiVersion, kind: 'Role', metadata, rules });
  await create('rolebindings', { apiVersion, kind: 'RoleBinding', metadata, roleRef, subjects });
  const ofCluster = { ...roleRef, kind: 'ClusterRole' };
  const binding = { apiVersion, kind: 'ClusterRoleBinding', metadata: { name: MARK }, roleRef: ofCluster, subjects };
  await create('clusterrolebindings', binding);
  const isKnown = async (where: string, reason: RegExp): Promise<boolean> => {
    const attributes = { verb: 'get', group: '', resource: 'marks', namespace: where };
    const answer = await review({ user: MARK, groups: [], resourceAttributes: attributes });
    return answer.allowed && reason.test(answer.reason);
  };
  await until('the roles are known', { seconds: 20 }, () => isKnown('', /ClusterRoleBinding/));
  await cluster().api.delete(`${RBAC}/clusterrolebindings/${MARK}`);
  await until('the bindings are known', { seconds: 20 }, () => isKnown(namespace, / RoleBinding/));
}, 60_000);

afterAll(async () => {
  for (const each of paths.reverse()) await cluster().api.ask('DELETE', each);
}, 60_000);

describe('a real API server', () => {
  it('answers as it is written down', async () => {
    const isOneOfMany = oneOfMany(made.objects);
    const questions: string[] = [];
    for (const question of made.questions) {
      const { allowed, reason } = await review(question);
      questions.push(told(allowed, reason, isOneOfMany(question)));
    }

    const grants: string[] = [];
    for (const { user, groups, plural, namespace, object } of made.grants) {
      const where = `${RBAC}${namespace === '' ? '' : `/namespaces/${namespace}`}/${plural}?dryRun=All`;
      const refusal = await ask('POST', where, { 'impersonate-user': user, 'impersonate-group': groups }, object);
      grants.push(refusal === '' ? 'granted' : refusal);
    }

    const impersonations: string[] = [];
    for (const { account, headers } of IMPERSONATIONS) {
      const where = `/api/v1/namespaces/decide-a/serviceaccounts/${account}/token`;
      const kind = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest' };
      const token = stringAt(await cluster().api.create(where, { ...kind, spec: {} }), 'status', 'token') ?? '';
      const by = { authorization: `Bearer ${token}` };
      const refusal = await ask('GET', '/api/v1/namespaces/decide-a/configmaps?limit=1', { ...by, ...headers });
      impersonations.push(refusal === '' ? 'answered' : refusal);
    }

    const answers = { questions, grants, impersonations };
    if (process.env.WEIR_GOLDEN === 'write') writeFileSync(FILE, `${JSON.stringify(answers, null, 1)}\n`);
    else expect(answers).toEqual(JSON.parse(readFileSync(FILE, 'utf8')));
  }, 120_000);
});
