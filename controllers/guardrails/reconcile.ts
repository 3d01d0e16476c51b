/**
 * Brings one namespace to what the policy of its environment says that it contains. Level-based: safe to run at any time,
 * any number of times. What stands in a namespace is taken away by a policy or a label that says so, and never because
 * something cannot be read.
 */
import { type GuardRails, guardRailsOf, NO_GUARD_RAILS } from '../../src/guardrails/guardRails.ts';
import { NAMES } from '../../src/guardrails/marks.ts';
import { isGuardRail } from '../../src/guardrails/owner.ts';
import { ApiError, isConflict, isOfTerminatingNamespace, sentenceOf } from '../../src/kubernetes/client/errors.ts';
import type { Resource } from '../../src/kubernetes/client/resource.ts';
import { roleBindings, roles } from '../../src/kubernetes/client/resources.ts';
import { type JsonObject, stringAt } from '../../src/kubernetes/json.ts';
import { isBeingDeleted, nameOf, referenceTo, titleOf } from '../../src/kubernetes/object.ts';
import { ENVIRONMENT_LABEL } from '../../src/policy/environmentLabel.ts';
import type { Outcome, Round } from '../manager/controller.ts';
import type { Dependencies } from './dependencies.ts';
import { ensure } from './ensure.ts';
import { keepCopy, removeCopy, unwantedCopies } from './pullSecrets.ts';
import { RAILS } from './rails.ts';
import { remove } from './remove.ts';
import { type Place, tellNamespace } from './tell.ts';

export async function reconcile(key: string, round: Round, tools: Dependencies): Promise<Outcome | undefined> {
  const namespace = tools.namespaces.find('', key);
  if (namespace === undefined || isTerminating(namespace)) {
    tools.metrics.forget(key);
    for (const each of tools.established) if (each.startsWith(`${key}/`)) tools.established.delete(each);
    return undefined;
  }
  const environment = stringAt(namespace, 'metadata', 'labels', ENVIRONMENT_LABEL) ?? '';
  const place: Place = { namespace, environment };
  const policy = environment === '' ? undefined : tools.policies.policyFor(environment);
  if (environment !== '' && policy === undefined) {
    const note = `no policy is called ${environment}, as the label ${ENVIRONMENT_LABEL} says; the guard rails stay as they are`;
    tellNamespace(tools, place, { type: 'Warning', reason: 'NoPolicy', action: 'LeftAlone', note });
    return undefined;
  }

  const wanted = policy === undefined ? NO_GUARD_RAILS : guardRailsOf(namespace, policy);
  for (const note of wanted.optOut.refused) {
    tellNamespace(tools, place, { type: 'Warning', reason: 'OptOutRefused', action: 'Kept', note });
  }
  if (wanted.mislabelled !== undefined) {
    const note = wanted.mislabelled;
    tellNamespace(tools, place, { type: 'Warning', reason: 'NoGuardRails', action: 'LeftAlone', note });
  }
  try {
    await new Keeping(place, wanted, round, tools).run();
  } catch (error) {
    // the cache is about to tell so, too
    if (!isOfTerminatingNamespace(error)) throw error;
  }
  return undefined;
}

function isTerminating(namespace: JsonObject): boolean {
  return isBeingDeleted(namespace) || stringAt(namespace, 'status', 'phase') === 'Terminating';
}

class Keeping {
  readonly #place: Place;
  readonly #wanted: GuardRails;
  readonly #round: Round;
  readonly #tools: Dependencies;
  readonly #failures: { readonly title: string; readonly error: unknown }[] = [];
  readonly #done = new Map<string, string[]>();
  #overridden = 0;

  constructor(place: Place, wanted: GuardRails, round: Round, tools: Dependencies) {
    this.#place = place;
    this.#wanted = wanted;
    this.#round = round;
    this.#tools = tools;
  }

  async run(): Promise<void> {
    await this.#make();
    // what shall take the place of another is there before the other goes
    if (this.#failures.length === 0) await this.#remove();
    this.#tell();
    if (this.#failures.length > 0) throw this.#failure();
  }

  async #make(): Promise<void> {
    const { objects, pullSecrets } = this.#wanted;
    let isRoleTheirs = false;
    for (const { section, object } of objects) {
      const resource = resourceOf(object);
      if (resource === roleBindings && isRoleTheirs) {
        // the policy's groups would get whatever the team's Role of that name grants
        this.#overridden++;
        continue;
      }
      const { namespace, name } = referenceTo(object);
      const cached = this.#tools.storeOf(resource).find(namespace, name);
      const before = this.#overridden;
      await this.#try(object, () =>
        ensure({ resource, section, object, cached }, this.#place, this.#round, this.#tools),
      );
      if (resource === roles) isRoleTheirs = this.#overridden > before;
    }
    if (pullSecrets === undefined) return;
    for (const name of pullSecrets.names) {
      const named = { kind: 'Secret', metadata: { name } };
      await this.#try(named, () => keepCopy(name, pullSecrets, this.#place, this.#round, this.#tools));
    }
  }

  /** The other way round: what closes goes before what opens, what counts before what fills in. */
  async #remove(): Promise<void> {
    const namespace = nameOf(this.#place.namespace);
    const kept = new Set(this.#wanted.objects.map(({ object }) => titleOf(referenceTo(object))));
    for (const resource of [...RAILS].reverse()) {
      const there = this.#tools.storeOf(resource).inNamespace(namespace).filter(isGuardRail);
      const gone = there.filter((object) => !kept.has(titleOf(referenceTo(object))) && !isBeingDeleted(object));
      for (const object of gone.sort(closingFirst)) {
        await this.#try(object, () => remove(resource, object, this.#place, this.#round, this.#tools));
      }
    }
    for (const copy of unwantedCopies(namespace, this.#wanted, this.#tools)) {
      await this.#try(copy, () => removeCopy(copy, this.#place, this.#round, this.#tools));
    }
  }

  /** One that fails holds up no other. */
  async #try(object: JsonObject, work: () => Promise<string | undefined>): Promise<void> {
    const title = titleOf(referenceTo(object));
    try {
      this.#round.signal.throwIfAborted();
      const result = await work();
      if (result === 'overridden') this.#overridden++;
      else if (result !== undefined) this.#done.set(result, [...(this.#done.get(result) ?? []), title]);
    } catch (error) {
      if (isOfTerminatingNamespace(error)) throw error;
      this.#failures.push({ title, error });
    }
  }

  /** One for all: a conflict where each is one, and as late again as the server asked of any. */
  #failure(): Error {
    const message = this.#failures.map(({ title, error }) => `${title}: ${sentenceOf(error)}`).join('; ');
    if (this.#failures.every(({ error }) => isConflict(error))) return new ApiError(409, 'Conflict', message);
    const waits = this.#failures.map(({ error }) => (error instanceof ApiError ? (error.retryAfterSeconds ?? 0) : 0));
    const seconds = Math.max(...waits);
    return seconds > 0 ? new ApiError(429, 'TooManyRequests', message, seconds) : new Error(message);
  }

  #tell(): void {
    const { namespace, environment } = this.#place;
    if (environment === '') this.#tools.metrics.forget(nameOf(namespace));
    else this.#tools.metrics.overridden(nameOf(namespace), environment, this.#overridden);
    if (this.#done.size === 0) return;
    const what = [...this.#done].map(([verb, titles]) => `${verb} ${titles.join(', ')}`).join('; ');
    const of = environment === '' ? '' : ` of ${environment}`;
    const note = `guard rails${of}: ${what}`;
    tellNamespace(this.#tools, this.#place, { type: 'Normal', reason: 'GuardRails', action: 'Applied', note });
  }
}

function closingFirst(left: JsonObject, right: JsonObject): number {
  return Number(isClosing(right)) - Number(isClosing(left));
}

/** Opens no way: the default deny. */
function isClosing(object: JsonObject): boolean {
  return nameOf(object) === NAMES.defaultDeny;
}

function resourceOf(object: JsonObject): Resource {
  const resource = RAILS.find(({ kind }) => kind === object.kind);
  if (resource === undefined) throw new Error(`nobody follows ${String(object.kind)}`);
  return resource;
}
