/**
 * KafkaSources: wires their controller, and brings one of them on. A key is its namespace and name. Conditions are those
 * of a cluster (knative-extensions/eventing-kafka-broker control-plane/pkg/reconciler/source/source.go), where a
 * ConsumerGroup stands between, whose reasons these are.
 */
import {
  type KafkaSourceSpec,
  kafkaRetries,
  kafkaSourceSelector,
  kafkaSourceSpec,
} from '../../../../src/knative/eventing/sources/kafka.ts';
import { overridesOf, overridesProblem } from '../../../../src/knative/eventing/sources/overrides.ts';
import type { Store } from '../../../../src/kubernetes/client/store.ts';
import { type JsonObject, objectAt } from '../../../../src/kubernetes/json.ts';
import { isBeingDeleted, uidOf } from '../../../../src/kubernetes/object.ts';
import type { ReaderState } from '../../../../src/platform/eventing/kafka/reader.ts';
import { type Addressables, followAddressables } from '../../../eventing/addressables.ts';
import { sinkOf } from '../../../eventing/conditions.ts';
import { ownKey } from '../../../eventing/keys.ts';
import { kafkaSources } from '../../../eventing/resources.ts';
import type { MakeController, Round, Tools } from '../../../manager/controller.ts';
import { placeOf } from '../../../serving/read.ts';
import { writeStatus } from '../../../serving/write.ts';
import { StatusDraft } from '../../../status/draft.ts';
import { SINK_PROVIDED, setSink, specProblem } from '../../status.ts';
import type { SourceSurroundings } from '../../surroundings.ts';
import { accessBySource } from '../access.ts';
import { deliverRecord, type Target } from '../deliver.ts';

const CONSUMER_GROUP = 'ConsumerGroup';
const DEPENDENTS = [CONSUMER_GROUP, SINK_PROVIDED];
const WORKERS = 4;

type Dependencies = Tools &
  SourceSurroundings & {
    readonly store: Store;
    readonly addressables: Addressables;
    /** How each source is now, for the records that are on their way. */
    readonly targets: Map<string, Target>;
  };

export function kafkaSourceController(surroundings: SourceSurroundings): MakeController {
  return (tools) => {
    const addressables = followAddressables(tools);
    const { store } = tools.follow({ resource: kafkaSources, keysOf: ownKey });
    const dependencies = { ...tools, ...surroundings, store, addressables, targets: new Map() };
    return {
      name: 'kafkasources',
      workers: WORKERS,
      rights: [{ resource: kafkaSources, subresource: 'status', verbs: ['update'] }],
      async reconcile(key, round) {
        await reconcile(key, round, dependencies);
        return undefined;
      },
      // the group keeps how far it has come
      leave: (key) => stop(key, dependencies),
    };
  };
}

async function reconcile(key: string, { client }: Round, tools: Dependencies): Promise<void> {
  const { namespace, name } = placeOf(key);
  const { readers } = tools.kafka;
  const source = tools.store.find(namespace, name);
  tools.addressables.forget(key);
  if (source === undefined || isBeingDeleted(source)) {
    tools.targets.delete(key);
    void readers.remove(key, true);
    return;
  }
  const status = new StatusDraft(source, DEPENDENTS);
  status.set('selector', kafkaSourceSelector(source));
  const spec = kafkaSourceSpec(source);
  const target = targetOf(source, key, status, tools);
  if (target === undefined) {
    // what was read is not done with, and stays where it is
    stop(key, tools);
  } else {
    tools.targets.set(key, target);
    read(source, key, spec, tools);
    tellOfReading(status, key, spec, tools);
  }
  status.set('consumers', readers.countOf(key));
  await writeStatus(client, kafkaSources, source, status.toJson(tools.clock.now()));
}

function stop(key: string, { kafka, targets }: Dependencies): void {
  targets.delete(key);
  void kafka.readers.remove(key);
}

/** @returns undefined where events cannot go anywhere */
function targetOf(source: JsonObject, key: string, status: StatusDraft, tools: Dependencies): Target | undefined {
  const { conditions } = status;
  const resolve = tools.addressables.resolverFor({ namespace: placeOf(key).namespace, key });
  const failed = (message: string): undefined => {
    conditions.markFalse(CONSUMER_GROUP, 'ReconcileContract', `failed to reconcile contract: ${message}`);
  };
  const sink = resolve(objectAt(source, 'spec')?.sink);
  if (!sink.ok) {
    status.set('sinkUri', undefined);
    conditions.markUnknown(SINK_PROVIDED, 'SinkEmpty', 'Sink has resolved to empty.');
    return failed(`failed to reconcile egress: failed to resolve subscriber: ${sink.message}`);
  }
  setSink(status, sink);
  const problem = specProblem(source) ?? overridesProblem(overridesOf(source));
  if (problem !== undefined) return failed(problem);
  const letters = sinkOf(source);
  const deadLetter = letters === undefined ? undefined : resolve(letters);
  if (deadLetter?.ok === false) {
    return failed(`failed to reconcile egress: failed to resolve Spec.Delivery.DeadLetterSink: ${deadLetter.message}`);
  }
  return { source, sink: sink.url, deadLetter: deadLetter?.url, retries: kafkaRetries(source) };
}

function read(source: JsonObject, key: string, spec: KafkaSourceSpec, tools: Dependencies): void {
  const { kafka, clock, random, log, targets, enqueue, record, secretOf } = tools;
  const target = targets.get(key);
  if (target === undefined) return;
  const { bootstrapServers, topics, consumerGroup, initialOffset, isOrdered, consumers } = spec;
  const version = JSON.stringify([uidOf(source), spec, objectAt(source, 'spec', 'net') ?? {}]);
  const options = {
    access: () => accessBySource(source, bootstrapServers, secretOf),
    open: kafka.openMember,
    group: consumerGroup,
    topics,
    initialOffset,
    isOrdered,
    deliver: (each: Parameters<typeof deliverRecord>[0], signal: AbortSignal) =>
      deliverRecord(each, signal, { send: kafka.send, clock, target: () => targets.get(key) ?? target, record }),
    clock: tools.steady,
    random,
    log,
  };
  kafka.readers.set(key, { version, count: consumers, options }, () => enqueue(key));
}

function tellOfReading(status: StatusDraft, key: string, spec: KafkaSourceSpec, { kafka }: Dependencies): void {
  const { conditions } = status;
  const state = kafka.readers.stateOf(key);
  if (state?.is === 'reading') {
    conditions.markTrue(CONSUMER_GROUP);
    return;
  }
  if (state === undefined) {
    conditions.markFalse(CONSUMER_GROUP, 'BindInProgress', `joining the consumer group ${spec.consumerGroup}`);
    return;
  }
  if (state.is === 'partly') conditions.markFalse(CONSUMER_GROUP, 'PartitionsUnavailable', state.sentence);
  else conditions.markFalse(CONSUMER_GROUP, reasonOf(state), messageOf(state));
}

type Failed = ReaderState & { readonly is: 'failed' };

function reasonOf({ why, sentence }: Failed): string {
  if (why === 'secret') return 'AuthSecret';
  return /^there is no topic /.test(sentence) ? 'InitializeOffset' : 'KafkaClusterAdmin';
}

function messageOf(state: Failed): string {
  const what = {
    AuthSecret: 'failed to get secret for Kafka cluster auth',
    InitializeOffset: 'failed to initialize offset',
    KafkaClusterAdmin: 'cannot obtain Kafka cluster admin',
  }[reasonOf(state)];
  return `failed to initialize consumer group offset: ${what}: ${state.sentence}`;
}
