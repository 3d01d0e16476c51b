/** Copies of pull secrets, kept equal to their source, and the ServiceAccounts that name them. */

import { type GuardRails, marked } from '../../src/guardrails/guardRails.ts';
import { JOINED } from '../../src/guardrails/marks.ts';
import { isGuardRail, wasMadeByUs } from '../../src/guardrails/owner.ts';
import { copyOf, joinedOn, type PullSecrets, sourceProblem } from '../../src/guardrails/pullSecrets.ts';
import { secrets } from '../../src/kubernetes/client/resources.ts';
import { type JsonObject, objectAt } from '../../src/kubernetes/json.ts';
import { nameOf } from '../../src/kubernetes/object.ts';
import type { Round } from '../manager/controller.ts';
import type { Dependencies } from './dependencies.ts';
import { type Ensured, ensure, isAsWanted, liveOf } from './ensure.ts';
import { keepSecret } from './keep.ts';
import { remove } from './remove.ts';
import { join, leave, toJoin } from './serviceAccounts.ts';
import { type Place, tellNamespace } from './tell.ts';

export async function keepCopy(
  name: string,
  wanted: PullSecrets,
  place: Place,
  round: Round,
  tools: Dependencies,
): Promise<Ensured> {
  const store = tools.secretsNamed(name);
  if (store === undefined) throw new Error(`the Secrets called ${name} were not listed yet`);
  const namespace = nameOf(place.namespace);
  const source = store.find(wanted.from, name);
  const seen = store.find(namespace, name);
  const problem = sourceProblem(source, wanted.from, name);
  if (source === undefined || problem !== undefined) {
    // a copy that is there may still pull: no source is no reason to stop every deployment
    const note = `${problem}; ${seen === undefined ? 'there is no copy of it here' : 'the copy here stays as it is'}`;
    tellNamespace(tools, place, { type: 'Warning', reason: 'PullSecretMissing', action: 'LeftAlone', note });
    return undefined;
  }
  const asSeen = planFor(source, seen, wanted, namespace, tools);
  if (seen !== undefined && asSeen.isDone) return undefined;

  // who was joined stands on the copy alone: a cache that lags would make us forget it
  const live = await liveOf(round.client, secrets, asSeen.copy);
  const copy = live === undefined ? undefined : keepSecret(live);
  if (live !== undefined && copy !== undefined && wasMadeByUs(live) && copy.type !== source.type) {
    // the type of a Secret never changes
    await remove(secrets, copy, place, round, tools);
  }
  return carryOut(planFor(source, copy, wanted, namespace, tools), wanted, place, round, tools);
}

interface Plan {
  readonly source: JsonObject;
  /** As the caches would show it. */
  readonly copy: JsonObject;
  readonly there: JsonObject | undefined;
  /** Their names: Weir joined them, and the policy names them no more. */
  readonly leaving: readonly string[];
  readonly joining: readonly JsonObject[];
  /** The names that stand on the copy then. */
  readonly joined: readonly string[];
  readonly isDone: boolean;
}

function planFor(
  source: JsonObject,
  there: JsonObject | undefined,
  wanted: PullSecrets,
  namespace: string,
  tools: Dependencies,
): Plan {
  const name = nameOf(source);
  const before = joinedOn(there);
  const stays = before.filter((account) => wanted.serviceAccounts.includes(account));
  const leaving = before.filter((account) => !stays.includes(account));
  const joining = toJoin(namespace, name, wanted.serviceAccounts, tools);
  const joined = [...new Set([...stays, ...joining.map(nameOf)])].sort();
  const copy = copyFor(namespace, source, joined);
  const isDone = leaving.length + joining.length === 0 && there !== undefined && isAsWanted(copy, there);
  return { source, copy, there, leaving, joining, joined, isDone };
}

async function carryOut(
  { source, there, leaving, joining, joined, isDone }: Plan,
  wanted: PullSecrets,
  place: Place,
  round: Round,
  tools: Dependencies,
): Promise<Ensured> {
  if (isDone) return undefined;
  const namespace = nameOf(place.namespace);
  const name = nameOf(source);
  const remembered = [...joined];
  for (const account of leaving) {
    if (!(await leave(account, name, place, round, tools))) remembered.push(account);
  }
  remembered.sort();
  const full = async (): Promise<JsonObject> =>
    copyFor(namespace, await round.client.get(secrets, { namespace: wanted.from, name }), remembered);
  const railed = {
    resource: secrets,
    section: 'pullSecrets',
    object: copyFor(namespace, source, remembered),
    full,
    cached: there,
    isAbsent: there === undefined,
  };
  const result = await ensure(railed, place, round, tools);
  // what is written on the copy before: a crash between the two leaves no name behind that nobody takes out
  if (result !== 'overridden') for (const account of joining) await join(account, name, place, round, tools);
  return result;
}

/** Takes the names out of the ServiceAccounts before the copy goes. */
export async function removeCopy(
  copy: JsonObject,
  place: Place,
  round: Round,
  tools: Dependencies,
): Promise<'removed' | 'released' | undefined> {
  const still: string[] = [];
  for (const account of joinedOn(copy)) {
    if (!(await leave(account, nameOf(copy), place, round, tools))) still.push(account);
  }
  // the copy alone knows what is left to do
  if (still.length > 0) throw new Error(`ServiceAccount ${still.join(', ')} names it, and Weir may not take it out`);
  return remove(secrets, copy, place, round, tools);
}

/** The copies in the namespace that the policy does not want; one that has become the source by now is no copy. */
export function unwantedCopies(
  namespace: string,
  { pullSecrets: wanted, sources }: Pick<GuardRails, 'pullSecrets' | 'sources'>,
  tools: Dependencies,
): JsonObject[] {
  const found: JsonObject[] = [];
  for (const name of tools.secretNames()) {
    if (sources.includes(name)) continue;
    const copy = tools.secretsNamed(name)?.find(namespace, name);
    if (copy !== undefined && isGuardRail(copy) && wanted?.names.includes(name) !== true) found.push(copy);
  }
  return found;
}

function copyFor(namespace: string, source: JsonObject, joined: readonly string[]): JsonObject {
  const copy = copyOf(source) ?? {};
  const annotations = joined.length === 0 ? {} : { annotations: { [JOINED]: joined.join(',') } };
  return marked({ ...copy, metadata: { ...objectAt(copy, 'metadata'), ...annotations } }, namespace, 'pullSecrets');
}
