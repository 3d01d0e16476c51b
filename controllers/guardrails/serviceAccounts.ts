/**
 * ServiceAccounts whose imagePullSecrets name the copies. The list is atomic: who applies it owns all of it, and would
 * take out what others put in. So single names are put in and taken out, by patches that say which version they mean;
 * which of them are Weir's doing stands on the copy itself. One that Argo CD tracks is Git's to change.
 */
import { isTracked } from '../../src/guardrails/owner.ts';
import { namesSecret } from '../../src/guardrails/pullSecrets.ts';
import { notInGit } from '../../src/guardrails/sentences.ts';
import { ApiError, isForbidden, isOfTerminatingNamespace, sentenceOf } from '../../src/kubernetes/client/errors.ts';
import { serviceAccounts } from '../../src/kubernetes/client/resources.ts';
import { arrayAt, isArray, type JsonObject, stringAt } from '../../src/kubernetes/json.ts';
import { isBeingDeleted, nameOf, referenceTo } from '../../src/kubernetes/object.ts';
import type { Round } from '../manager/controller.ts';
import type { Dependencies } from './dependencies.ts';
import { liveOf } from './ensure.ts';
import { type Place, tellNamespace, tellObject } from './tell.ts';

/** Those of the wanted that are there, lack the name, and may be written to. */
export function toJoin(
  namespace: string,
  secret: string,
  wanted: readonly string[],
  tools: Pick<Dependencies, 'accountsNamed' | 'record' | 'announce'>,
): JsonObject[] {
  const found: JsonObject[] = [];
  for (const name of wanted) {
    const account = tools.accountsNamed(name)?.find(namespace, name);
    if (account === undefined || isBeingDeleted(account) || namesSecret(account, secret)) continue;
    if (!isTracked(account)) found.push(account);
    else {
      const note = notInGit(name, secret);
      tellObject(tools, account, { type: 'Warning', reason: 'PullSecretNotJoined', action: 'LeftAlone', note });
    }
  }
  return found;
}

export async function join(
  account: JsonObject,
  secret: string,
  { environment }: Place,
  round: Round,
  { metrics }: Dependencies,
): Promise<void> {
  const reference: JsonObject = { name: secret };
  const add = isArray(account.imagePullSecrets)
    ? { op: 'add', path: '/imagePullSecrets/-', value: reference }
    : { op: 'add', path: '/imagePullSecrets', value: [reference] };
  await patch(account, [add], round);
  metrics.wrote(environment, 'pullSecrets', 'joined');
}

/**
 * Takes the name out again; what is not there, or is Argo CD's by now, is left as it is. The server is asked, since no
 * cache knows an account that no policy names any more. False where the name is still there and Weir may not write to it,
 * so that the copy has to remember the account.
 */
export async function leave(
  name: string,
  secret: string,
  place: Place,
  round: Round,
  tools: Pick<Dependencies, 'metrics' | 'record' | 'announce'>,
): Promise<boolean> {
  const account: JsonObject = { kind: 'ServiceAccount', metadata: { namespace: nameOf(place.namespace), name } };
  try {
    const live = await liveOf(round.client, serviceAccounts, account);
    if (live === undefined || isTracked(live) || !namesSecret(live, secret)) return true;
    await takeOut(secret, live, round);
  } catch (error) {
    if (!isForbidden(error) || isOfTerminatingNamespace(error)) throw error;
    const note = `ServiceAccount ${name} names the pull secret ${secret}, which Weir wrote there and may not take out; name it under namespace.pullSecrets.retired.serviceAccounts until it is out, and write the rights anew: npm run generate. The API server says: ${sentenceOf(error)}`;
    tellNamespace(tools, place, { type: 'Warning', reason: 'PullSecretNotLeft', action: 'LeftAlone', note });
    return false;
  }
  tools.metrics.wrote(place.environment, 'pullSecrets', 'left');
  return true;
}

async function takeOut(secret: string, account: JsonObject, round: Round): Promise<void> {
  const removals: JsonObject[] = [];
  for (const [index, reference] of arrayAt(account, 'imagePullSecrets').entries()) {
    // from the last on, so that the places before it stay where they are
    if (stringAt(reference, 'name') === secret) removals.unshift({ op: 'remove', path: `/imagePullSecrets/${index}` });
  }
  await patch(account, removals, round);
}

async function patch(account: JsonObject, operations: readonly JsonObject[], { client }: Round): Promise<void> {
  const { namespace, name } = referenceTo(account);
  const version = stringAt(account, 'metadata', 'resourceVersion') ?? '';
  const test: JsonObject = { op: 'test', path: '/metadata/resourceVersion', value: version };
  try {
    await client.patch(serviceAccounts, { namespace, name }, { type: 'json', body: [test, ...operations] });
  } catch (error) {
    // a test that fails is told as 422; it means what 409 does, and the next round sees the newer list
    if (!(error instanceof ApiError) || error.status !== 422) throw error;
    throw new ApiError(409, 'Conflict', `ServiceAccount ${namespace}/${name} changed meanwhile: ${error.message}`);
  }
}
