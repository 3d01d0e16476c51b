/** Makes an environment's sink, and keeps it: claim, account, Service, NetworkPolicy, and the pod at last. */

import { parseDuration } from '../../src/knative/duration.ts';
import { ApiError, isConflict, isNotFound, sentenceOf } from '../../src/kubernetes/client/errors.ts';
import type { Resource } from '../../src/kubernetes/client/resource.ts';
import {
  coreServices,
  deployments,
  networkPolicies,
  persistentVolumeClaims,
  serviceAccounts,
} from '../../src/kubernetes/client/resources.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { describe, referenceTo, titleOf } from '../../src/kubernetes/object.ts';
import { DEFAULT_AGE, type DeadLettersPolicy } from '../../src/policy/model/deadLetters.ts';
import { lengthText } from '../../src/schedule/duration.ts';
import type { Round } from '../manager/controller.ts';
import type { Dependencies } from './dependencies.ts';
import { ensure, isOurs, keyOf, type Part, standing } from './ensure.ts';
import { deploymentOf, programOf } from './resources/deployment.ts';
import { networkPolicyOf, serviceAccountOf, serviceOf } from './resources/surroundings.ts';
import { growthOf, roomOf, unmetOf, volumeOf } from './resources/volume.ts';
import { tellAbout } from './tell.ts';

export interface Kept {
  readonly state: 'kept' | 'blocked';
  /** Nothing that is followed tells when what is in its way is there no more, which was told. */
  readonly isToLookAgain: boolean;
}

/** A Deployment's status is written often while its pods come; after that the round is tried again, later. */
const LOOKS = 5;
const BLOCKED: Kept = { state: 'blocked', isToLookAgain: true };

export async function keepSink(
  environment: string,
  policy: DeadLettersPolicy,
  round: Round,
  tools: Dependencies,
): Promise<Kept> {
  const program = programOf(tools.controller());
  if (program === undefined) {
    const note = `${environment} asks for a dead-letter sink, and no Deployment weir-controller with a container "controller" stands here whose image it could run`;
    tellAbout(tools, tools.namespace() ?? {}, { type: 'Warning', reason: 'NoImage', action: 'Blocked', note });
    return BLOCKED;
  }
  const part = (resource: Resource, object: JsonObject): Part => ({ environment, resource, object });
  const around = [
    part(serviceAccounts, serviceAccountOf(environment)),
    part(coreServices, serviceOf(environment)),
    part(networkPolicies, networkPolicyOf(environment)),
  ];
  for (const each of around) if (!(await put(each, round, tools))) return BLOCKED;

  const { claim, isRefused } = await keepVolume(environment, policy, round, tools);
  const bounds = { bytes: roomOf(claim), age: ageText(policy.age ?? DEFAULT_AGE) };
  const isPut = await put(part(deployments, deploymentOf(environment, program, bounds)), round, tools);
  return isPut ? { state: 'kept', isToLookAgain: isRefused } : BLOCKED;
}

/** Somebody else's object of that name is left as it is. @returns false where there is one, which was told */
async function put(part: Part, round: Round, tools: Dependencies): Promise<boolean> {
  let before = await standing(part, round);
  for (let looks = 1; before === undefined || isOurs(before); looks++) {
    try {
      await ensure(part, before, round, tools);
      return true;
    } catch (error) {
      if (!isConflict(error) || looks === LOOKS) throw error;
    }
    before = await standing(part, round);
  }
  const note = `${describe(referenceTo(before))} is not Weir's, and stands where the dead-letter sink of ${part.environment} is to be: rename or delete it`;
  tellAbout(tools, before, { type: 'Warning', reason: 'NameTaken', action: 'Blocked', note });
  return false;
}

/**
 * A claim of that name which somebody made, such as one of a snapshot, is used as it is; so is one that may not grow.
 *
 * @returns the claim, as the server has it, and whether it was to grow in vain
 */
async function keepVolume(
  environment: string,
  policy: DeadLettersPolicy,
  round: Round,
  tools: Dependencies,
): Promise<{ readonly claim: JsonObject; readonly isRefused: boolean }> {
  const part = { environment, resource: persistentVolumeClaims, object: volumeOf(environment, policy) };
  const before = await standing(part, round);
  if (before === undefined) return { claim: await ensure(part, before, round, tools), isRefused: false };
  if (!isOurs(before)) return { claim: before, isRefused: false };
  tools.established.add(keyOf(persistentVolumeClaims, environment));
  const growth = growthOf(policy, before);
  let claim = before;
  let refusal = '';
  try {
    if (growth !== undefined) claim = await grow(before, growth, round);
  } catch (error) {
    if (!isGrowthRefused(error)) throw error;
    refusal = ` (${sentenceOf(error)})`;
  }
  if (claim !== before) tools.metrics.wrote(environment, 'updated');
  const unmet = unmetOf(policy, claim);
  if (unmet !== undefined) {
    const note = `${titleOf(referenceTo(claim))} of the dead-letter sink of ${environment} ${unmet}${refusal}`;
    tellAbout(tools, claim, { type: 'Warning', reason: 'VolumeStays', action: 'LeftAlone', note });
  }
  return { claim, isRefused: refusal !== '' };
}

function grow(claim: JsonObject, growth: JsonObject, { client }: Round): Promise<JsonObject> {
  const { namespace, name } = referenceTo(claim);
  return client.patch(persistentVolumeClaims, { namespace, name }, { type: 'merge', body: growth });
}

/**
 * Of a claim that is bound to nothing yet, of a class whose volumes do not grow (kubernetes pkg/apis/core/validation,
 * plugin/pkg/admission/storage/persistentvolume/resize), by a quota, by a webhook, for want of a right: letters are kept
 * in what is there. What passes by itself is none: a claim that went or changed meanwhile, a server that has too much.
 */
function isGrowthRefused(error: unknown): boolean {
  if (!(error instanceof ApiError) || isNotFound(error) || isConflict(error)) return false;
  return error.status >= 400 && error.status < 500 && error.status !== 429;
}

/** As `weir events serve --age` takes it. */
function ageText(duration: string): string {
  const parsed = parseDuration(duration);
  return parsed.ok ? lengthText(Number(parsed.value / 1_000_000n)) : DEFAULT_AGE;
}
