/**
 * Reviews of the rules' own examples before the server says that it is ready: code that never ran is many times as slow,
 * and a rollout, when every replica is new, is no time for it. Nothing of it is counted, logged or told to anybody.
 */
import { isObject, type JsonObject, stringAt } from '../src/kubernetes/json.ts';
import type { PatchOperation } from '../src/kubernetes/jsonPatch.ts';
import { readManifests } from '../src/kubernetes/yaml/read.ts';
import { applyPatch } from '../src/policy/engine/edit.ts';
import type { Rule } from '../src/policy/engine/rule.ts';
import type { Logger } from '../src/process/log.ts';
import type { Door, Sight } from './review/review.ts';
import { answerTo, readJson } from './server/answer.ts';

/** Milliseconds after which the event loop has its turn: no probe and no cache is to wait for this. */
const LONGEST_SLICE = 10;

export interface WarmUpOptions {
  readonly sight: Sight;
  /** Milliseconds by the clock, the pauses apart, after which no review is begun. */
  readonly budget: number;
  /** True once nobody waits for it any more. */
  readonly isOver: () => boolean;
  /** Milliseconds of work since any moment. */
  readonly clock: () => number;
  /** Lets everything else go on. */
  readonly pause: () => Promise<void>;
}

export interface WarmedUp {
  readonly reviews: number;
  /** Of work, the pauses apart. */
  readonly milliseconds: number;
}

/** On a node so busy that the work cannot be done in this time, it is better to be slow than not to be ready. */
const LONGEST_WAIT = 10_000;

/**
 * Warms up beside everything else and tells how long that took, in CPU time of this thread. A mistake in it is told, too,
 * and holds nothing up.
 */
export async function warmUpBeside(
  options: Pick<WarmUpOptions, 'sight' | 'budget' | 'isOver'>,
  log: Logger,
): Promise<void> {
  const pause = () => new Promise<void>((resume) => setImmediate(resume));
  const end = performance.now() + LONGEST_WAIT;
  const isOver = () => options.isOver() || performance.now() > end;
  try {
    const { reviews, milliseconds } = await warmUp({ ...options, isOver, clock: cpuMilliseconds, pause });
    log.info({ reviews, milliseconds: Math.round(milliseconds) }, 'warmed up');
  } catch (mistake) {
    log.error({ err: mistake }, 'the warm-up broke, which is a mistake of Weir; the first reviews are slow');
  }
}

function cpuMilliseconds(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** Goes over all examples under every policy, and again, until the budget is used up. */
export async function warmUp({ sight, budget, isOver, clock, pause }: WarmUpOptions): Promise<WarmedUp> {
  let reviews = 0;
  let before = 0;
  let sliceStart = clock();
  const worked = () => before + clock() - sliceStart;
  // What is remembered of the examples goes with a catalogue of its own, and takes no room of what is to come.
  const apart: Sight = { ...sight, catalogue: { ...sight.catalogue } };
  for (const _ of reviewsOf(apart)) {
    reviews++;
    if (isOver() || worked() >= budget) break;
    if (clock() - sliceStart < LONGEST_SLICE) continue;
    before = worked();
    await pause();
    sliceStart = clock();
  }
  return { reviews, milliseconds: worked() };
}

/** A review each time that it is asked for the next, without an end; none where there is no example or no policy. */
function* reviewsOf(sight: Sight): Generator<void> {
  const { rules, admission } = sight.catalogue;
  const examples: JsonObject[] = [];
  for (const rule of [...rules, ...(admission?.changes ?? []), ...(admission?.deletions ?? [])]) {
    const own = examplesOf(rule);
    examples.push(...own);
    yield* reviewsOfEach(own, sight);
  }
  while (examples.length > 0 && sight.policies.environments().length > 0) yield* reviewsOfEach(examples, sight);
}

function examplesOf({ examples }: Rule): JsonObject[] {
  const objects: JsonObject[] = [];
  for (const text of [examples.bad, examples.good]) {
    for (const { object } of readManifests(text, 'example').documents) objects.push(object);
  }
  return objects;
}

function* reviewsOfEach(objects: readonly JsonObject[], sight: Sight): Generator<void> {
  for (const object of objects) {
    for (const environment of sight.policies.environments()) yield* lifeOf(object, environment, sight);
  }
}

/** An object's way through admission: it is made, sent again as its author has it, and goes. */
function* lifeOf(object: JsonObject, environment: string, sight: Sight): Generator<void> {
  const mutate: Door = { door: 'mutate', environment };
  const validate: Door = { door: 'validate', environment };
  const stored = filledIn(object, ask(mutate, { operation: 'CREATE', object }, sight));
  yield;
  ask(validate, { operation: 'CREATE', object: stored }, sight);
  yield;
  const again = filledIn(object, ask(mutate, { operation: 'UPDATE', object, oldObject: stored }, sight));
  yield;
  ask(validate, { operation: 'UPDATE', object: again, oldObject: stored }, sight);
  yield;
  ask(validate, { operation: 'DELETE', oldObject: stored }, sight);
  yield;
}

interface Asked {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly object?: JsonObject;
  readonly oldObject?: JsonObject;
}

/** From bytes to bytes, as the API server's own reviews go. */
function ask(door: Door, asked: Asked, sight: Sight): unknown {
  const request = {
    uid: 'warm-up',
    namespace: stringAt(asked.object ?? asked.oldObject, 'metadata', 'namespace') ?? 'default',
    userInfo: {
      username: 'system:serviceaccount:argocd:argocd-application-controller',
      groups: ['system:authenticated'],
    },
    dryRun: true,
    ...asked,
  };
  const review = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request };
  return JSON.parse(answerTo(door, readJson(Buffer.from(JSON.stringify(review))), sight).body);
}

/** The object with the patch of a mutating answer. */
function filledIn(object: JsonObject, answer: unknown): JsonObject {
  const patch = isObject(answer) ? stringAt(answer, 'response', 'patch') : undefined;
  if (patch === undefined) return object;
  const operations: readonly PatchOperation[] = JSON.parse(Buffer.from(patch, 'base64').toString());
  return applyPatch(object, operations) ?? object;
}
