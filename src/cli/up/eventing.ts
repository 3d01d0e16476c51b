/** What brings events on this machine: Brokers, Triggers, Channels and what stands on them. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Client } from '../../kubernetes/client/client.ts';
import { discoveryOf } from '../../kubernetes/client/discovery.ts';
import { sentenceOf } from '../../kubernetes/client/errors.ts';
import { systemClock } from '../../kubernetes/clock.ts';
import type { JsonObject } from '../../kubernetes/json.ts';
import type { Log } from '../../kubernetes/log.ts';
import type { EventsApi } from '../../platform/eventing/api/api.ts';
import { type StartEventingOptions, type StartedEventing, startEventing } from '../../platform/eventing/start.ts';
import { loadControllers } from '../controller/server.ts';
import { Failure } from '../failure.ts';
import { accountsKubeconfig } from './account.ts';
import { applyAll } from './apply.ts';
import { type EventingControllers, UpNames } from './clusterNames.ts';
import { keptPort } from './keptPort.ts';
import { EVENTING, type Platform } from './platform.ts';
import type { RunningServing } from './serving.ts';

export interface Surroundings {
  readonly client: Client;
  readonly platform: Platform;
  readonly wait: (milliseconds: number) => Promise<void>;
}

export interface OpenedEventing {
  /** Of the address of Brokers and Channels. */
  readonly port: number;
  readonly resolveOther: StartedEventing['resolveOther'];
  /** To any address, and to the names of the cluster. */
  readonly send: StartedEventing['send'];
  /** Starts what tells it of Brokers, Triggers and Channels; from then on it brings events. */
  begin(serving: Pick<RunningServing, 'network' | 'node'>, surroundings: Surroundings): Promise<void>;
  /** What is under way is sent again at the next start. Safe to call again. */
  close(): Promise<void>;
}

/**
 * @param folder absolute: the state's
 * @param api by which events are looked at; @param keep how long they are kept
 * @param stops takes what ends it
 * @throws Failure where another platform has its log
 */
export async function openEventing(
  folder: string,
  log: Log,
  { api, keep }: { readonly api: EventsApi; readonly keep: NonNullable<StartEventingOptions['keep']> },
  stops: (() => unknown)[],
): Promise<OpenedEventing> {
  const own = path.join(folder, 'eventing');
  mkdirSync(own, { recursive: true, mode: 0o700 });
  // the same with each start: it stands in the status of Brokers, and in what programs were told
  const port = await keptPort(path.join(own, 'port'));
  const transformsPort = await keptPort(path.join(own, 'transforms-port'));
  const names = new UpNames(systemClock);
  const started = await startEventing({ folder: own, port, transformsPort, names, log, keep }).catch(
    (error: unknown) => {
      throw new Failure(sentenceOf(error));
    },
  );
  api.begin(started.eventing);
  let controllers: EventingControllers | undefined;
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    api.end();
    // first: what waits for a name is let go, and nobody is there to take it
    started.stopSending();
    names.end();
    closing ??= (controllers?.stop() ?? Promise.resolve()).then(() => started.close());
    return closing;
  };
  stops.push(close);
  return {
    port: started.port,
    resolveOther: (host) => started.resolveOther(host) ?? names.serviceAt(host),
    send: started.send,
    async begin({ network, node }, surroundings) {
      const { startEventingControllers } = await loadControllers();
      names.network = network;
      controllers = await startEventingControllers({
        plane: started,
        pods: node.pods,
        logFile: path.join(folder, 'eventing.log'),
        account: (objects) => account(objects, folder, surroundings),
      });
      names.controllers = controllers;
    },
    close,
  };
}

async function account(
  objects: readonly JsonObject[],
  folder: string,
  { client, platform, wait }: Surroundings,
): Promise<string> {
  await applyAll(objects, { client, find: discoveryOf(client), wait });
  return accountsKubeconfig(EVENTING, { client, platform }, path.join(folder, 'eventing.kubeconfig'));
}
