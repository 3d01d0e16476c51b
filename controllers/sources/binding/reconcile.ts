/** Brings one SinkBinding on (knative/pkg webhook/psbinding/reconciler.go, knative/eventing pkg/reconciler/sinkbinding). */
import {
  type BoundEnvironment,
  bindingPatch,
  isSubject,
  subjectOf,
} from '../../../src/knative/eventing/sources/binding.ts';
import { overridesText } from '../../../src/knative/eventing/sources/overrides.ts';
import type { Client } from '../../../src/kubernetes/client/client.ts';
import { ApiError, isConflict, isForbidden, isNotFound, sentenceOf } from '../../../src/kubernetes/client/errors.ts';
import type { Resource } from '../../../src/kubernetes/client/resource.ts';
import type { Store } from '../../../src/kubernetes/client/store.ts';
import type { Clock } from '../../../src/kubernetes/clock.ts';
import { type JsonObject, objectAt, stringAt } from '../../../src/kubernetes/json.ts';
import { kindKey } from '../../../src/kubernetes/kinds.ts';
import { finalizersOf, isBeingDeleted, nameOf, referenceTo } from '../../../src/kubernetes/object.ts';
import type { Addressables } from '../../eventing/addressables.ts';
import { oidcIdentityCreated } from '../../eventing/conditions.ts';
import { notFound, type Resolved } from '../../eventing/destination.ts';
import { sinkBindings } from '../../eventing/resources.ts';
import { finishedAs } from '../../jobs/job/decide.ts';
import { jobs } from '../../jobs/resources.ts';
import type { Followed } from '../../manager/controller.ts';
import { keyOf, placeOf } from '../../serving/read.ts';
import { writeStatus } from '../../serving/write.ts';
import { StatusDraft } from '../../status/draft.ts';
import { SINK_PROVIDED, setSink, specProblem } from '../status.ts';
import type { Bindings, Bound } from './bindings.ts';
import { bindable } from './kinds.ts';

const AVAILABLE = 'SinkBindingAvailable';
const TRUST_BUNDLE = 'TrustBundlePropagated';
const OIDC_TOKEN = 'OIDCTokenSecretCreated';
const DEPENDENTS = [AVAILABLE, SINK_PROVIDED, 'OIDCIdentityCreated', OIDC_TOKEN, TRUST_BUNDLE];
/** Knative's own: what was put into subjects is taken out again before the binding is gone, also after a crash. */
const FINALIZER = 'sinkbindings.sources.knative.dev';

export interface Dependencies {
  readonly clock: Clock;
  readonly addressables: Addressables;
  readonly bindings: Bindings;
  readonly store: Store;
  /** By `group/Kind`. */
  readonly subjects: ReadonlyMap<string, Followed>;
  /** Has the API server ask about all kinds that are bound. */
  askFor(): Promise<void>;
}

export async function reconcileBinding(key: string, client: Client, tools: Dependencies): Promise<void> {
  const { namespace, name } = placeOf(key);
  const { addressables, bindings, store, clock } = tools;
  addressables.forget(key);
  const found = store.find(namespace, name);
  if (found === undefined || isBeingDeleted(found)) {
    bindings.remove(key);
    if (found !== undefined) await undo(found, client, tools);
    return;
  }
  const problem = specProblem(found);
  if (problem !== undefined) {
    // without a finalizer: nothing is bound, and what Knative refuses takes no write but that of its status
    bindings.remove(key);
    const status = new StatusDraft(found, DEPENDENTS);
    status.conditions.markFalse(AVAILABLE, 'InvalidSource', problem);
    return writeStatus(client, sinkBindings, found, status.toJson(clock.now()));
  }
  const binding = await withFinalizer(found, client);
  const status = new StatusDraft(binding, DEPENDENTS);
  bindings.set(key, boundBy(binding, addressables));
  // before its subjects are looked at: one that is made meanwhile is bound as it is made
  await tools.askFor();
  const failed = await bindSubjects(binding, status, client, tools);
  if (status.conditions.is(AVAILABLE, 'True')) setRest(status, sinkOf(binding, addressables));
  await writeStatus(client, sinkBindings, binding, status.toJson(clock.now()));
  if (failed !== undefined) throw failed;
}

/** What admission is to know of it. */
export function boundBy(binding: JsonObject, addressables: Addressables): Bound {
  const sink = sinkOf(binding, addressables);
  const environment: BoundEnvironment | undefined = sink.ok
    ? { sink: sink.url, caCerts: sink.caCerts ?? '', overrides: overridesText(binding) }
    : undefined;
  return { subject: subjectOf(binding), environment };
}

function sinkOf(binding: JsonObject, addressables: Addressables): Resolved {
  const key = keyOf(binding);
  const { namespace } = placeOf(key);
  return addressables.resolverFor({ namespace, key })(objectAt(binding, 'spec')?.sink);
}

/** @returns what is to be tried again */
async function bindSubjects(
  binding: JsonObject,
  { conditions }: StatusDraft,
  client: Client,
  { subjects, bindings }: Dependencies,
): Promise<unknown> {
  const subject = subjectOf(binding);
  const resource = bindable(subject.group, subject.kind);
  const followed = subjects.get(kindKey(subject.group, subject.kind));
  if (resource === undefined || followed === undefined) {
    conditions.markFalse(AVAILABLE, 'SubjectUnavailable', notBindable(subject.kind));
    return undefined;
  }
  const found = followed.store.inNamespace(subject.namespace).filter((each) => isSubject(subject, each));
  if (subject.name !== '' && found.length === 0) {
    conditions.markFalse(AVAILABLE, 'SubjectMissing', notFound(subject, resource.plural));
    return undefined;
  }
  try {
    for (const each of found) await patchSubject(each, resource, bindings.of(each).at(-1)?.environment, client);
  } catch (error) {
    // somebody else was faster, which the next round sees
    if (isConflict(error)) throw error;
    conditions.markFalse(AVAILABLE, 'BindingFailed', sentenceOf(error));
    return error;
  }
  conditions.markTrue(AVAILABLE);
  return undefined;
}

function notBindable(kind: string): string {
  if (kind === 'CronJob') {
    return 'a CronJob has no Pod template at spec.template, so that Knative binds nothing of it; name the kind Job, with a selector for the labels of its jobTemplate';
  }
  return `nothing binds a ${kind} here; a subject is a Deployment, StatefulSet, DaemonSet, ReplicaSet, Job or Knative Service`;
}

async function patchSubject(
  subject: JsonObject,
  resource: Resource,
  environment: BoundEnvironment | undefined,
  client: Client,
): Promise<void> {
  // its template cannot change any more, and nothing comes of it
  if (resource === jobs && finishedAs(subject) !== undefined) return;
  const changes = bindingPatch(subject, environment);
  if (changes.length === 0) return;
  const { namespace, name } = referenceTo(subject);
  const resourceVersion = stringAt(subject, 'metadata', 'resourceVersion') ?? '';
  const body = [{ op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion }, ...changes];
  try {
    await client.patch(resource, { namespace, name }, { type: 'json', body });
  } catch (error) {
    if (!(error instanceof ApiError) || isConflict(error) || isNotFound(error)) throw error;
    throw new ApiError(error.status, error.reason, `failed binding subject ${name}: ${error.message}`);
  }
}

function setRest(status: StatusDraft, sink: Resolved): void {
  const { conditions } = status;
  conditions.markTrue(TRUST_BUNDLE);
  if (!sink.ok) {
    const message = `Addressable could not be extracted from destination: ${sink.message}`;
    conditions.markFalse(SINK_PROVIDED, 'NoAddressable', message);
    return;
  }
  setSink(status, sink);
  oidcIdentityCreated(status);
  conditions.markTrue(OIDC_TOKEN, 'authentication-oidc feature disabled');
}

async function withFinalizer(binding: JsonObject, client: Client): Promise<JsonObject> {
  const finalizers = finalizersOf(binding);
  return finalizers.includes(FINALIZER) ? binding : writeFinalizers(binding, [...finalizers, FINALIZER], client);
}

async function undo(binding: JsonObject, client: Client, { subjects, bindings }: Dependencies): Promise<void> {
  const finalizers = finalizersOf(binding);
  if (!finalizers.includes(FINALIZER)) return;
  const subject = subjectOf(binding);
  const resource = bindable(subject.group, subject.kind);
  const followed = subjects.get(kindKey(subject.group, subject.kind));
  if (resource !== undefined && followed !== undefined) {
    for (const each of followed.store.inNamespace(subject.namespace)) {
      if (!isSubject(subject, each)) continue;
      // another binding may have the same subject
      const left = bindings.of(each).at(-1)?.environment;
      await patchSubject(each, resource, left, client).catch((error: unknown) => {
        if (!isNotFound(error) && !isForbidden(error)) throw error;
      });
    }
  }
  await writeFinalizers(
    binding,
    finalizers.filter((each) => each !== FINALIZER),
    client,
  );
}

function writeFinalizers(binding: JsonObject, finalizers: readonly string[], client: Client): Promise<JsonObject> {
  const { namespace } = referenceTo(binding);
  const resourceVersion = stringAt(binding, 'metadata', 'resourceVersion') ?? '';
  const body = { metadata: { finalizers, resourceVersion } };
  return client.patch(sinkBindings, { namespace, name: nameOf(binding) }, { type: 'merge', body });
}
