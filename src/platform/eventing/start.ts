/** Puts the parts of eventing together: the log, who sends, and the address of Brokers and Channels. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { type Clock, systemClock } from '../../kubernetes/clock.ts';
import { type Log, SILENT } from '../../kubernetes/log.ts';
import type { BacklogLimits } from './backlog.ts';
import { Eventing } from './eventing.ts';
import { startIngress } from './ingress.ts';
import type { LaneEntry } from './lanes/lanes.ts';
import { newPass, withPass } from './onItsWay.ts';
import type { KeepLimits } from './retention.ts';
import { type ClusterNames, type Send, startSender } from './send.ts';
import type { TopicKind, Topics } from './topics.ts';
import { type StartedTransforms, startTransforms, type TransformPlane } from './transform/transforms.ts';

/** What is told of topics and lanes, as whoever steers it sees it. */
export interface EventPlane {
  /** `http://127.0.0.1:8090`: a Broker's events go to `/namespace/name` of it, a Channel's to `/channels/namespace/name`. */
  readonly url: string;
  /** All there are of a kind, as `namespace/name`. Until both kinds were told, events are asked for again later. */
  setTopics(kind: TopicKind, names: ReadonlySet<string>): void;
  /** All there are, by their keys; events wait until they were told for the first time. */
  setLanes(entries: ReadonlyMap<string, LaneEntry>): void;
  /** Also of one from before the start. */
  hasLane(key: string): boolean;
  /** What transforms events on their way. */
  readonly transforms: TransformPlane;
}

export interface StartEventingOptions {
  /** Absolute: what is in it survives the process. */
  readonly folder: string;
  /** Of the address; 0 takes any that is free. */
  readonly port: number;
  /** Of the address of EventTransforms; any that is free unless set. */
  readonly transformsPort?: number;
  /** How the names of the cluster are reached; without it they are not. */
  readonly names?: ClusterNames;
  readonly clock?: Clock;
  readonly log?: Log;
  /** How long events are kept once everybody has them. */
  readonly keep?: Partial<KeepLimits>;
  /** How much may wait for those who are to get it. */
  readonly limits?: BacklogLimits;
}

export interface StartedEventing extends EventPlane {
  readonly port: number;
  readonly eventing: Eventing;
  readonly send: Send;
  /** For the proxy of names: where what posts to Brokers and Channels by their names in a cluster is led. */
  resolveOther(host: string): { readonly port: number } | undefined;
  /** To be called before the names end, and whatever else events are sent to: they wait for the next start. Safe to call again. */
  stopSending(): void;
  /** What is under way is sent again at the next start. */
  close(): Promise<void>;
}

const FILE = 'events.db';
/** The ingresses of knative/eventing and eventing-kafka-broker, where both are installed. */
const BROKER_HOST = /^(broker-ingress|kafka-broker-ingress)\.knative-eventing\.svc\.cluster\.local$/;
/** Of a Channel that is there: a Service may have such a name, too. */
const CHANNEL_HOST = /^([^.]+)-kn-channel\.([^.]+)\.svc\.cluster\.local$/;

/** @throws StoreError with a sentence for the user, also where another platform has the folder */
export async function startEventing(options: StartEventingOptions): Promise<StartedEventing> {
  const { folder, port, transformsPort = 0, names, clock = systemClock, log = SILENT, keep = {} } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const sender = startSender(names);
  const onLost = (sentence: string) => log.error({}, sentence);
  const pass = newPass();
  let own = '';
  const send = withPass(sender.send, pass, (url) => isOwnUrl(url, own, eventing.topics));
  const limits = options.limits === undefined ? {} : { limits: options.limits };
  const eventing = Eventing.open({ file: path.join(folder, FILE), clock, send, keep, onLost, ...limits });
  const { topics } = eventing;
  let transforms: StartedTransforms | undefined;
  try {
    const transforming = await startTransforms({ port: transformsPort, ...(names === undefined ? {} : { names }) });
    transforms = transforming;
    const ingress = await startIngress({ eventing, isTopic: (key) => topics.has(key), port, pass });
    own = `http://127.0.0.1:${ingress.port}`;
    log.info({ port: ingress.port }, 'Brokers and Channels take events');
    return {
      port: ingress.port,
      url: own,
      eventing,
      send: sender.send,
      setTopics: (kind, all) => topics.set(kind, all),
      setLanes: (entries) => eventing.setLanes(entries),
      hasLane: (key) => eventing.hasLane(key),
      transforms: transforming,
      resolveOther(host) {
        if (isOwn(host, topics)) return { port: ingress.port };
        return transforming.knows(host) ? { port: transforming.port } : undefined;
      },
      stopSending: () => eventing.stopSending(),
      async close() {
        // what an EventTransform answers at its end is no answer to an event
        eventing.stopSending();
        // what came in is answered while the log can still keep it
        await Promise.all([ingress.close(), transforming.close()]);
        await eventing.close();
        sender.close();
      },
    };
  } catch (error) {
    await transforms?.close();
    await eventing.close();
    throw error;
  }
}

/** Also while nobody knows which Channels there are: who asks then is told to ask again. */
function isOwn(host: string, topics: Topics): boolean {
  const [, name, namespace] = CHANNEL_HOST.exec(host) ?? [];
  if (name !== undefined) return topics.has(`channel:${namespace}/${name}`) !== false;
  return BROKER_HOST.test(host);
}

/** Lanes begin when it is known where this platform listens. */
function isOwnUrl(url: string, own: string, topics: Topics): boolean {
  if (own !== '' && url.startsWith(`${own}/`)) return true;
  return url.startsWith('http:') && url.includes('.svc') && isOwn(URL.parse(url)?.hostname ?? '', topics);
}
