/** Wires the controller of HorizontalPodAutoscalers: a key is one's namespace and name. */
import type { Client } from '../../src/kubernetes/client/client.ts';
import { sentenceOf } from '../../src/kubernetes/client/errors.ts';
import { deployments, pods } from '../../src/kubernetes/client/resources.ts';
import { equals, type JsonObject, objectAt } from '../../src/kubernetes/json.ts';
import { isBeingDeleted, nameOf, referenceTo, uidOf } from '../../src/kubernetes/object.ts';
import { ownKey } from '../jobs/owned.ts';
import type { MakeController, Tools } from '../manager/controller.ts';
import type { Pods } from '../pods/door.ts';
import { type Condition, type Decision, decide, statusOf } from './decide.ts';
import { Meter } from './meter.ts';
import { type Memory, newMemory, remember } from './normalize.ts';
import { podOf, specOf } from './read.ts';
import { horizontalPodAutoscalers } from './resources.ts';
import { type FindOther, type ScaleTarget, targetOf } from './targets.ts';

export interface HpaOptions {
  readonly pods: Pick<Pods, 'usageOf'>;
  readonly findOther?: FindOther;
}

/** kube-controller-manager's `--horizontal-pod-autoscaler-sync-period`. */
const SYNC_MS = 15_000;
const NOTHING: FindOther = () => undefined;

/** What is kept of one object between two looks. */
interface Kept {
  readonly uid: string;
  readonly meter: Meter;
  memory: Memory | undefined;
  next: number;
  told: string;
}

export function hpaController({ pods: running, findOther = NOTHING }: HpaOptions): MakeController {
  return (tools) => {
    const { clock } = tools;
    const autoscalers = tools.follow({ resource: horizontalPodAutoscalers, keysOf: ownKey }).store;
    const stores = {
      deployments: tools.follow({ resource: deployments }).store,
      pods: tools.follow({ resource: pods }).store,
    };
    const all = new Map<string, Kept>();

    async function look(autoscaler: JsonObject, kept: Kept, client: Client): Promise<void> {
      const now = clock.now().getTime();
      const target = targetOf(autoscaler, stores, findOther);
      if (typeof target === 'string') {
        await write(autoscaler, { replicas: 0 }, unscaled(target), { client, tools, kept });
        return;
      }
      const spec = specOf(autoscaler);
      kept.memory ??= newMemory(target.replicas, now);
      kept.meter.look(running.usageOf(target.pods.map(uidOf)), now);
      const names = new Map(target.pods.map((pod) => [uidOf(pod), nameOf(pod)]));
      const scale = {
        replicas: target.replicas,
        pods: target.pods.map(podOf),
        metricsOf: kept.meter.metricsOf.bind(kept.meter, names),
      };
      const decision = await apply(decide(spec, scale, kept.memory, now), target, client);
      const to = decision.reason === undefined ? undefined : decision.replicas;
      if (to !== undefined) remember(kept.memory, spec.behavior, { from: target.replicas, to }, now);
      await write(autoscaler, target, decision, { client, tools, kept });
    }

    return {
      name: 'hpa',
      rights: [
        { resource: horizontalPodAutoscalers, subresource: 'status', verbs: ['patch'] },
        { resource: deployments, subresource: 'scale', verbs: ['patch'] },
      ],
      async reconcile(key, { client }) {
        const [namespace = '', name = ''] = key.split('/');
        const autoscaler = autoscalers.find(namespace, name);
        if (autoscaler === undefined || isBeingDeleted(autoscaler)) {
          all.delete(key);
          return undefined;
        }
        const uid = uidOf(autoscaler);
        const known = all.get(key);
        const kept = known?.uid === uid ? known : { uid, meter: new Meter(), memory: undefined, next: 0, told: '' };
        all.set(key, kept);
        const now = clock.now().getTime();
        // however often it changes: what is compared are looks of one distance
        if (now >= kept.next) {
          kept.next = now + SYNC_MS;
          await look(autoscaler, kept, client);
        }
        return { again: new Date(kept.next) };
      },
    };
  };
}

/** Where the number cannot be written, nothing has changed, and the status says so. */
async function apply(decision: Decision, { set }: ScaleTarget, client: Client): Promise<Decision> {
  if (decision.reason === undefined || decision.replicas === undefined || set === undefined) return decision;
  try {
    await set(decision.replicas, client);
    return decision;
  } catch (error) {
    const why = sentenceOf(error);
    const message = `the HPA controller was unable to update the target scale: ${why}`;
    const failed: Condition = { type: 'AbleToScale', status: 'False', reason: 'FailedUpdateScale', message };
    const conditions = [failed, ...decision.conditions.filter(({ type }) => type !== 'AbleToScale')];
    const problem = {
      reason: 'FailedRescale',
      message: `New size: ${decision.replicas}; reason: ${decision.reason}; error: ${why}`,
    };
    return { ...decision, replicas: undefined, reason: undefined, conditions, problems: [problem] };
  }
}

function unscaled(why: string): Decision {
  const message = `the HPA controller was unable to get the target's current scale: ${why}`;
  return {
    replicas: undefined,
    reason: undefined,
    conditions: [{ type: 'AbleToScale', status: 'False', reason: 'FailedGetScale', message }],
    metrics: [],
    problems: [{ reason: 'FailedGetScale', message: why }],
  };
}

interface Ways {
  readonly client: Client;
  readonly tools: Pick<Tools, 'clock' | 'record'>;
  readonly kept: Kept;
}

async function write(
  autoscaler: JsonObject,
  { replicas }: Pick<ScaleTarget, 'replicas'>,
  decision: Decision,
  { client, tools, kept }: Ways,
): Promise<void> {
  tell(autoscaler, decision, tools, kept);
  const status = statusOf(autoscaler, replicas, decision, tools.clock.now());
  const there = objectAt(autoscaler, 'status');
  if (Object.entries(status).every(([field, value]) => equals(value ?? 0, there?.[field] ?? 0))) return;
  const { namespace, name } = referenceTo(autoscaler);
  const body = { metadata: { uid: uidOf(autoscaler) }, status };
  await client.patch(horizontalPodAutoscalers, { namespace, name, subresource: 'status' }, { type: 'merge', body });
}

/** A problem that stays is told once. */
function tell(
  autoscaler: JsonObject,
  { replicas, reason, problems }: Decision,
  { record }: Ways['tools'],
  kept: Kept,
): void {
  const regarding = { ...referenceTo(autoscaler), uid: uidOf(autoscaler) };
  const text = JSON.stringify(problems);
  if (text !== kept.told) {
    for (const { reason: what, message } of problems) {
      record({ regarding, type: 'Warning', reason: what, action: what, note: message });
    }
  }
  kept.told = text;
  if (reason === undefined) return;
  const action = 'SuccessfulRescale';
  record({ regarding, type: 'Normal', reason: action, action, note: `New size: ${replicas}; reason: ${reason}` });
}
