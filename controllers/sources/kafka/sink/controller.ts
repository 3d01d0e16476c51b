/**
 * KafkaSinks: wires their controller, and brings one of them on. A key is its namespace and name. Conditions are those of
 * a cluster (knative-extensions/eventing-kafka-broker control-plane/pkg/reconciler/sink/kafka_sink.go,
 * reconciler/base/receiver_condition_set.go).
 */
import { type KafkaSinkSpec, kafkaSinkProblem, kafkaSinkSpec } from '../../../../src/knative/eventing/kafkaSink.ts';
import type { Store } from '../../../../src/kubernetes/client/store.ts';
import { type JsonObject, objectAt } from '../../../../src/kubernetes/json.ts';
import { isBeingDeleted, uidOf } from '../../../../src/kubernetes/object.ts';
import { eventPoliciesReady, setAddress } from '../../../eventing/conditions.ts';
import { ownKey } from '../../../eventing/keys.ts';
import { kafkaSinks } from '../../../eventing/resources.ts';
import type { MakeController, Round, Tools } from '../../../manager/controller.ts';
import { placeOf } from '../../../serving/read.ts';
import { writeStatus } from '../../../serving/write.ts';
import { StatusDraft } from '../../../status/draft.ts';
import type { SourceSurroundings } from '../../surroundings.ts';
import { accessBySecret } from '../access.ts';
import type { WriterState } from './writers.ts';

const ADDRESSABLE = 'Addressable';
const DATA_PLANE = 'DataPlaneAvailable';
const TOPIC = 'TopicReady';
const CONFIG_MAP = 'ConfigMapUpdated';
const CONFIG = 'ConfigParsed';
const PROBE = 'ProbeSucceeded';
const DEPENDENTS = [ADDRESSABLE, DATA_PLANE, TOPIC, CONFIG_MAP, CONFIG, PROBE, 'EventPoliciesReady'];
const OWNER = 'eventing.knative.dev/topic.owner';
const WORKERS = 4;

type Dependencies = Tools & SourceSurroundings & { readonly store: Store };

export function kafkaSinkController(surroundings: SourceSurroundings): MakeController {
  return (tools) => {
    const { store } = tools.follow({ resource: kafkaSinks, keysOf: ownKey });
    return {
      name: 'kafkasinks',
      workers: WORKERS,
      rights: [{ resource: kafkaSinks, subresource: 'status', verbs: ['update'] }],
      async reconcile(key, round) {
        await reconcile(key, round, { ...tools, ...surroundings, store });
        return undefined;
      },
      leave: (key) => surroundings.kafka.writers.remove(key),
    };
  };
}

async function reconcile(key: string, { client }: Round, tools: Dependencies): Promise<void> {
  const { namespace, name } = placeOf(key);
  const { writers } = tools.kafka;
  const sink = tools.store.find(namespace, name);
  if (sink === undefined || isBeingDeleted(sink)) {
    writers.remove(key);
    return;
  }
  const status = new StatusDraft(sink, DEPENDENTS);
  const { conditions } = status;
  conditions.markTrue(DATA_PLANE);
  const problem = kafkaSinkProblem(sink);
  if (problem !== undefined) {
    writers.remove(key);
    conditions.markFalse(CONFIG, 'InvalidKafkaSink', problem);
  } else {
    const spec = kafkaSinkSpec(sink);
    write(sink, key, spec, tools);
    conditions.markTrue(CONFIG);
    if (tellOfTopic(status, key, spec, tools)) tellWhere(status, `${tools.kafka.sinksUrl}/${key}`);
  }
  await writeStatus(client, kafkaSinks, sink, status.toJson(tools.clock.now()));
}

function write(sink: JsonObject, key: string, spec: KafkaSinkSpec, { kafka, enqueue }: Dependencies): void {
  const { topic, creation, contentMode, bootstrapServers, secretName } = spec;
  const wanted = {
    version: JSON.stringify([uidOf(sink), spec]),
    mode: contentMode,
    access: () =>
      accessBySecret({ namespace: placeOf(key).namespace, name: secretName }, bootstrapServers, kafka.secretData),
    topic,
    creation,
  };
  kafka.writers.set(key, wanted, () => enqueue(key));
}

/** @returns whether it is there */
function tellOfTopic(
  status: StatusDraft,
  key: string,
  { topic, creation }: KafkaSinkSpec,
  tools: Dependencies,
): boolean {
  const { conditions } = status;
  const owner = creation === undefined ? 'external' : 'kafkasink-controller';
  status.set('annotations', { ...objectAt({ all: status.get('annotations') ?? {} }, 'all'), [OWNER]: owner });
  const state = tools.kafka.writers.stateOf(key);
  if (state?.is === 'open') {
    conditions.markTrue(TOPIC, `Topic ${topic} (owner ${owner})`);
    return true;
  }
  if (state === undefined) conditions.markUnknown(TOPIC, 'Connecting', `looking for the topic ${topic}`);
  else conditions.markFalse(TOPIC, reasonOf(state), messageOf(state, topic));
  return false;
}

function tellWhere(status: StatusDraft, url: string): void {
  const { conditions } = status;
  conditions.markTrue(CONFIG_MAP);
  eventPoliciesReady(status);
  conditions.markTrue(PROBE);
  setAddress(status, url);
  status.set('addresses', [{ name: 'http', url }]);
}

type Failed = WriterState & { readonly is: 'failed' };

function isMissing({ sentence }: Failed): boolean {
  return /^there is no topic /.test(sentence);
}

function reasonOf(state: Failed): string {
  if (state.why === 'secret') return 'Failed to get broker auth secret';
  return isMissing(state) ? 'Topic is not present or invalid' : 'Failed to obtain Kafka cluster admin';
}

function messageOf(state: Failed, topic: string): string {
  return isMissing(state) ? `topics [${topic}]: invalid topic ${topic}: ${state.sentence}` : state.sentence;
}
