/** Takes an environment's sink away, once nobody sends there any more. The letters stay on their volume. */
import { isConflict, isNotFound } from '../../src/kubernetes/client/errors.ts';
import type { Resource } from '../../src/kubernetes/client/resource.ts';
import {
  coreServices,
  deployments,
  networkPolicies,
  persistentVolumeClaims,
  serviceAccounts,
} from '../../src/kubernetes/client/resources.ts';
import { type JsonObject, stringAt } from '../../src/kubernetes/json.ts';
import { isBeingDeleted, referenceTo } from '../../src/kubernetes/object.ts';
import { SINK_NAMESPACE, sinkName } from '../../src/policy/model/deadLetters.ts';
import type { Round } from '../manager/controller.ts';
import type { Dependencies } from './dependencies.ts';
import { keyOf } from './ensure.ts';
import { tellAbout } from './tell.ts';
import { usersOf } from './users.ts';

/** Its name goes first, and what closes it in goes last. The claim is not among them. */
const REMOVED: readonly Resource[] = [coreServices, deployments, networkPolicies, serviceAccounts];
const MOST_NAMED = 3;

/** @returns false where it stays, since somebody sends there, which was told */
export async function removeSink(
  environment: string,
  { client, signal }: Round,
  tools: Dependencies,
): Promise<boolean> {
  const parts = REMOVED.flatMap((resource) => {
    const object = tools.storeOf(resource).find(SINK_NAMESPACE, sinkName(environment));
    return object === undefined || isBeingDeleted(object) ? [] : [{ resource, object }];
  });
  const [first] = parts;
  if (first === undefined) return true;

  const users = await usersOf(environment, client, signal);
  if (users.length > 0) {
    const more = users.length > MOST_NAMED ? ` and ${users.length - MOST_NAMED} more` : '';
    const note = `${environment} asks for no dead-letter sink any more. It stays as long as somebody sends there: ${users.slice(0, MOST_NAMED).join(', ')}${more}`;
    tellAbout(tools, first.object, { type: 'Warning', reason: 'StillInUse', action: 'LeftAlone', note });
    return false;
  }
  for (const { resource, object } of parts) {
    await remove(resource, object, client);
    tools.established.delete(keyOf(resource, environment));
    tools.metrics.wrote(environment, 'removed');
  }
  const claim = tools.storeOf(persistentVolumeClaims).find(SINK_NAMESPACE, sinkName(environment));
  if (claim !== undefined) {
    const note = `${environment} asks for no dead-letter sink any more, and its letters stay here: a policy that asks again finds them. To end them: kubectl -n ${SINK_NAMESPACE} delete pvc ${sinkName(environment)}`;
    tellAbout(tools, claim, { type: 'Normal', reason: 'LettersStay', action: 'LeftAlone', note });
  }
  return true;
}

async function remove(resource: Resource, object: JsonObject, client: Round['client']): Promise<void> {
  const { namespace, name } = referenceTo(object);
  const uid = stringAt(object, 'metadata', 'uid');
  try {
    await client.delete(resource, { namespace, name }, uid === undefined ? {} : { preconditions: { uid } });
  } catch (error) {
    // gone already, or another of its name by now, which the next round sees
    if (!isNotFound(error) && !isConflict(error)) throw error;
  }
}
