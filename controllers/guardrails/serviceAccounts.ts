/**
 * ServiceAccounts whose imagePullSecrets name the copies. The list is atomic: who applies it owns all of it, and would
 * take out what others put in. So single names are put in and taken out, by patches that say which version they mean;
 * which of them are Weir's doing stands on the copy itself. One that Argo CD tracks is Git's to change.
 */
import { notInGit } from '../../src/guardrails/lacking.ts';
import { JOINED } from '../../src/guardrails/marks.ts';
import { isTracked } from '../../src/guardrails/owner.ts';
import { ApiError } from '../../src/kubernetes/client/errors.ts';
import { serviceAccounts } from '../../src/kubernetes/client/resources.ts';
import { arrayAt, isArray, type JsonObject, stringAt } from '../../src/kubernetes/json.ts';
import { isBeingDeleted, referenceTo } from '../../src/kubernetes/object.ts';
import type { Round } from '../manager/controller.ts';
import type { Dependencies } from './dependencies.ts';
import { type Place, tellObject } from './tell.ts';

/** The ServiceAccounts that Weir wrote the name into, as the copy says. */
export function joinedOn(copy: JsonObject | undefined): string[] {
  const text = stringAt(copy, 'metadata', 'annotations', JOINED) ?? '';
  return text.split(',').filter((name) => name !== '');
}

export function names(account: JsonObject, secret: string): boolean {
  return arrayAt(account, 'imagePullSecrets').some((reference) => stringAt(reference, 'name') === secret);
}

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
    if (account === undefined || isBeingDeleted(account) || names(account, secret)) continue;
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

/** Takes the name out again; what is not there, or is Argo CD's by now, is left as it is. */
export async function leave(
  account: JsonObject | undefined,
  secret: string,
  { environment }: Place,
  round: Round,
  { metrics }: Dependencies,
): Promise<void> {
  if (account === undefined || isTracked(account) || !names(account, secret)) return;
  const removals: JsonObject[] = [];
  for (const [index, reference] of arrayAt(account, 'imagePullSecrets').entries()) {
    // from the last on, so that the places before it stay where they are
    if (stringAt(reference, 'name') === secret) removals.unshift({ op: 'remove', path: `/imagePullSecrets/${index}` });
  }
  await patch(account, removals, round);
  metrics.wrote(environment, 'pullSecrets', 'left');
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
