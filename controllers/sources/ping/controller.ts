/** PingSources: wires their controller, and brings one of them on. A key is its namespace and name. */

import { overridesOf, overridesProblem } from '../../../src/knative/eventing/sources/overrides.ts';
import { pingEvent, pingOrigin, pingSchedule } from '../../../src/knative/eventing/sources/ping.ts';
import type { Store } from '../../../src/kubernetes/client/store.ts';
import { type JsonObject, objectAt } from '../../../src/kubernetes/json.ts';
import { isBeingDeleted, uidOf } from '../../../src/kubernetes/object.ts';
import { withoutCredentials } from '../../../src/text/withoutCredentials.ts';
import { type Addressables, followAddressables } from '../../eventing/addressables.ts';
import { oidcIdentityCreated } from '../../eventing/conditions.ts';
import { ownKey } from '../../eventing/keys.ts';
import { pingSources } from '../../eventing/resources.ts';
import type { MakeController, Outcome, Round, Tools } from '../../manager/controller.ts';
import { placeOf } from '../../serving/read.ts';
import { happening, writeStatus } from '../../serving/write.ts';
import { StatusDraft } from '../../status/draft.ts';
import { DEPLOYED, SINK_PROVIDED, setAttributes, setSink, sinkNotFound, specProblem } from '../status.ts';
import type { SourceSurroundings } from '../surroundings.ts';
import { Ticks } from './ticks.ts';

const DEPENDENTS = [SINK_PROVIDED, DEPLOYED, 'OIDCIdentityCreated'];
/** What is asked of the API server is one status each. */
const WORKERS = 4;
/** Those that are due at the same moment are spread over half a second. */
const SPREAD_MS = 500;
/** Of one source: what a sink that never answers may hold. */
const MOST_UNDER_WAY = 100;

type Dependencies = Tools &
  SourceSurroundings & {
    readonly store: Store;
    readonly addressables: Addressables;
    readonly ticks: Ticks;
    /** How many events of a source are being sent. */
    readonly underWay: Map<string, number>;
  };

export function pingSourceController(surroundings: SourceSurroundings): MakeController {
  return (tools) => {
    const addressables = followAddressables(tools);
    const { store } = tools.follow({ resource: pingSources, keysOf: ownKey });
    const dependencies = { ...tools, ...surroundings, store, addressables, ticks: new Ticks(), underWay: new Map() };
    return {
      name: 'pingsources',
      workers: WORKERS,
      rights: [{ resource: pingSources, subresource: 'status', verbs: ['update'] }],
      reconcile: (key, round) => reconcile(key, round, dependencies),
      leave: (key) => dependencies.ticks.forget(key),
    };
  };
}

async function reconcile(key: string, { client }: Round, tools: Dependencies): Promise<Outcome | undefined> {
  const { namespace, name } = placeOf(key);
  const { store, addressables, ticks, clock } = tools;
  const source = store.find(namespace, name);
  addressables.forget(key);
  if (source === undefined || isBeingDeleted(source)) {
    ticks.forget(key);
    return undefined;
  }

  const status = look(source, key, tools);
  const next = status.conditions.is('Ready', 'True') ? tick(source, key, status.text('sinkUri'), tools) : undefined;
  if (!status.conditions.is('Ready', 'True')) ticks.forget(key);
  await writeStatus(client, pingSources, source, status.toJson(clock.now()));
  return next === undefined ? undefined : { again: next };
}

/** In the order of Knative's own controller. */
function look(source: JsonObject, key: string, { addressables, record }: Dependencies): StatusDraft {
  const status = new StatusDraft(source, DEPENDENTS);
  const { conditions } = status;
  oidcIdentityCreated(status);
  const { namespace } = placeOf(key);
  const sink = addressables.resolverFor({ namespace, key })(objectAt(source, 'spec')?.sink);
  if (!sink.ok) {
    conditions.markFalse(SINK_PROVIDED, 'NotFound', '');
    record(sinkNotFound(source));
    return status;
  }
  setSink(status, sink);
  const problem = specProblem(source) ?? overridesProblem(overridesOf(source));
  if (problem === undefined) conditions.markTrue(DEPLOYED);
  else conditions.markFalse(DEPLOYED, 'InvalidSource', problem);
  setAttributes(status, [pingOrigin(source)]);
  return status;
}

/** @returns when it is to be looked at again */
function tick(source: JsonObject, key: string, url: string, tools: Dependencies): Date | undefined {
  const { ticks, clock, random, newId } = tools;
  const schedule = pingSchedule(source);
  if (typeof schedule === 'string') return undefined;
  const now = clock.now();
  const { isDue, next } = ticks.at(key, versionOf(source, url), schedule, now);
  if (isDue)
    send(pingEvent(source, newId(), now), { source, key, url, delay: Math.floor(random() * SPREAD_MS) }, tools);
  return next;
}

function send(
  event: ReturnType<typeof pingEvent>,
  { source, key, url, delay }: { source: JsonObject; key: string; url: string; delay: number },
  { deliveries, underWay, record }: Dependencies,
): void {
  const count = underWay.get(key) ?? 0;
  if (count >= MOST_UNDER_WAY) {
    const note = `events are lost: ${count} wait for ${withoutCredentials(url)} to answer`;
    record(happening(source, 'Warning', 'EventLost', 'Send', note));
    return;
  }
  underWay.set(key, count + 1);
  void deliveries.deliver({ source, url, event, delay, record }).finally(() => {
    const left = (underWay.get(key) ?? 1) - 1;
    if (left > 0) underWay.set(key, left);
    else underWay.delete(key);
  });
}

/** What its events and their moments depend on. */
function versionOf(source: JsonObject, url: string): string {
  return JSON.stringify([uidOf(source), url, objectAt(source, 'spec') ?? {}]);
}
