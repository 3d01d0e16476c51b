/**
 * One EventTransform: what its expressions are, where what they make goes, and its conditions as those of a cluster
 * (knative/eventing pkg/reconciler/eventtransform, pkg/apis/eventing/v1alpha1/eventtransform_lifecycle.go). There is no
 * Deployment behind it: what its condition says stands for the process that reads its expressions.
 */
import type { Client } from '../../../src/kubernetes/client/client.ts';
import { booleanAt, type JsonObject, objectAt, stringAt } from '../../../src/kubernetes/json.ts';
import { referenceTo } from '../../../src/kubernetes/object.ts';
import type { TransformSpec } from '../../../src/platform/eventing/transform/transform.ts';
import type { TransformPlane } from '../../../src/platform/eventing/transform/transforms.ts';
import { writeStatus } from '../../serving/write.ts';
import { StatusDraft } from '../../status/draft.ts';
import { eventPoliciesReady, setAddress } from '../conditions.ts';
import type { Resolve } from '../destination.ts';
import { eventTransforms } from '../resources.ts';

const TRANSFORMATION_READY = 'TransformationReady';
const DEPLOYMENT_READY = 'JsonataDeploymentReady';
const SINK_BINDING_READY = 'JsonataSinkBindingReady';
const DEPENDENTS = [TRANSFORMATION_READY, 'Addressable', 'EventPoliciesReady'];
const LOOK_AGAIN_MS = 10_000;

export interface Dependencies {
  readonly client: Client;
  readonly now: Date;
  readonly transforms: Pick<TransformPlane, 'url' | 'read'>;
  readonly resolve: Resolve;
}

/** While the sink is away, what is made goes where it led last. */
export function specOf(transform: JsonObject, resolve: Resolve): TransformSpec {
  const expression = expressionAt(transform, 'spec', 'jsonata');
  const sink = objectAt(transform, 'spec', 'sink');
  if (sink === undefined) return { expression, sink: undefined, reply: { is: 'passed' } };
  const resolved = resolve(sink);
  const url = resolved.ok ? resolved.url : (stringAt(transform, 'status', 'sinkUri') ?? 'unknown');
  return { expression, sink: url, reply: replyOf(transform) };
}

function replyOf(transform: JsonObject): TransformSpec['reply'] {
  if (booleanAt(transform, 'spec', 'reply', 'discard') === true) return { is: 'discarded' };
  if (objectAt(transform, 'spec', 'reply', 'jsonata') === undefined) return { is: 'passed' };
  return { is: 'made', expression: expressionAt(transform, 'spec', 'reply', 'jsonata') };
}

function expressionAt(transform: JsonObject, ...way: readonly string[]): string {
  return stringAt(transform, ...way, 'expression') ?? '';
}

/** @returns when it is to be looked at again, where nobody could read its expressions now */
export async function reconcileTransform(
  transform: JsonObject,
  { client, now, transforms, resolve }: Dependencies,
): Promise<Date | undefined> {
  const status = new StatusDraft(transform, DEPENDENTS);
  const { conditions } = status;
  const away = setSink(status, transform, resolve);
  const unavailable = await setDeployment(status, transform, transforms);
  const problem = unavailable ?? away;
  const { namespace, name } = referenceTo(transform);
  // an address of before stays: events go on while a sink is away, or nobody can look
  if (problem === undefined) setAddress(status, `${transforms.url}/${namespace}/${name}`);
  else if (unavailable?.status === 'False') {
    conditions.markFalse('Addressable', 'WaitingForServiceEndpoints', 'URL is empty');
  }
  eventPoliciesReady(status);
  // last: it is what Ready tells then
  if (problem === undefined) conditions.markTrue(TRANSFORMATION_READY);
  else conditions.mark({ ...problem, type: TRANSFORMATION_READY });
  await writeStatus(client, eventTransforms, transform, status.toJson(now));
  return unavailable?.status === 'Unknown' ? new Date(now.getTime() + LOOK_AGAIN_MS) : undefined;
}

interface Problem {
  /** Unknown: nobody could look, and it may be over in a moment. */
  readonly status: 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
}

/** As the SinkBinding says it that Knative makes for its Deployment. */
function setSink(status: StatusDraft, transform: JsonObject, resolve: Resolve): Problem | undefined {
  const { conditions } = status;
  const sink = objectAt(transform, 'spec', 'sink');
  const resolved = sink && resolve(sink);
  if (resolved?.ok === false) {
    const problem = { status: 'False', reason: 'NoAddressable', message: resolved.message } as const;
    conditions.mark({ ...problem, type: SINK_BINDING_READY });
    return problem;
  }
  status.set('sinkUri', resolved?.url);
  status.set('sinkCACerts', resolved?.caCerts);
  status.set('sinkAudience', resolved?.audience);
  conditions.markTrue(SINK_BINDING_READY);
  return undefined;
}

async function setDeployment(
  { conditions }: StatusDraft,
  transform: JsonObject,
  transforms: Dependencies['transforms'],
): Promise<Problem | undefined> {
  const message = specProblem(transform);
  const found = message === undefined ? await unread(transform, transforms) : ({ status: 'False', message } as const);
  if (found === undefined) {
    conditions.markTrue(DEPLOYMENT_READY);
    return undefined;
  }
  const problem = { ...found, reason: 'JsonataDeploymentUnavailable' };
  conditions.mark({ ...problem, type: DEPLOYMENT_READY });
  return problem;
}

/** What Knative's webhook would have refused it for (pkg/apis/eventing/v1alpha1/eventtransform_validation.go). */
function specProblem(transform: JsonObject): string | undefined {
  const reply = objectAt(transform, 'spec', 'reply');
  if (objectAt(transform, 'spec', 'jsonata') === undefined) return 'spec.jsonata: it says no transformation';
  if (reply === undefined) return undefined;
  if (objectAt(transform, 'spec', 'sink') === undefined) return 'spec.reply: there is no sink whose answer it would be';
  const isBoth = reply.discard === true && reply.jsonata !== undefined;
  return isBoth ? 'spec.reply: an answer is discarded or transformed, not both' : undefined;
}

async function unread(
  transform: JsonObject,
  transforms: Dependencies['transforms'],
): Promise<Pick<Problem, 'status' | 'message'> | undefined> {
  for (const way of [['spec'], ['spec', 'reply']] as const) {
    if (objectAt(transform, ...way, 'jsonata') === undefined) continue;
    const read = await transforms.read(expressionAt(transform, ...way, 'jsonata'));
    if (read.is === 'fine') continue;
    const message = `${way.join('.')}.jsonata.expression: ${read.problem}`;
    return { status: read.is === 'wrong' ? 'False' : 'Unknown', message };
  }
  return undefined;
}
