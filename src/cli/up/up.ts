/** `weir up`: an API server, Weir on it, and three namespaces to try, until Ctrl-C. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Client, clientOver } from '../../kubernetes/client/client.ts';
import { connect } from '../../kubernetes/client/connection.ts';
import { discoveryOf } from '../../kubernetes/client/discovery.ts';
import { systemClock } from '../../kubernetes/clock.ts';
import { type EventsApi, eventsApi } from '../../platform/eventing/api/api.ts';
import { type ContainerLogs, containerLogs } from '../../platform/processes/logs/logs.ts';
import { describeError } from '../../policy/load/error.ts';
import { loadPolicies } from '../../policy/load/load.ts';
import { askedToGo } from '../../signals/askedToGo.ts';
import type { CommandContext } from '../command.ts';
import { EXIT, Failure, systemReason } from '../failure.ts';
import type { Io } from '../io.ts';
import { loadServer } from '../webhook/server.ts';
import { applyAll } from './apply.ts';
import { banner, type Standing } from './banner.ts';
import { kinds, namespaces, platformConfig } from './contents.ts';
import { startWeirsControllers } from './controllers.ts';
import { startEmbedded } from './embedded.ts';
import { atMost, HALF_STARTED_MS, inWords, type Stop, stopAll, stopWithin, untilBroken } from './ending.ts';
import { openEventing } from './eventing.ts';
import { projectImages } from './images.ts';
import { ingressPort } from './ingressPort.ts';
import { keptPort } from './keptPort.ts';
import { type RawUpOptions, readUpOptions, type UpOptions } from './options.ts';
import type { Platform } from './platform.ts';
import { policyNews } from './policyNews.ts';
import { servingOf, startServing } from './serving.ts';
import { type StartedSources, startSources } from './sources.ts';
import { suggestionFor } from './suggestion.ts';
import { startWeirsWebhook } from './webhook.ts';
import { weirsObjects } from './weir.ts';

export async function up(project: string, raw: RawUpOptions, { io }: CommandContext): Promise<number> {
  const options = readUpOptions(raw, io.cwd, project);
  const tell = (sentence: string) => io.stderr.write(`${sentence}\n`);
  const { asked: interrupted } = askedToGo(() => tell('gone at a second interrupt'));
  const broken = untilBroken();
  const stops: Stop[] = [];
  let stopped: Promise<void> | undefined;
  const { promise: allIsUp, resolve: isUp } = Promise.withResolvers<void>();
  try {
    const standing = await Promise.race([bringUp(options, io, stops, tell, allIsUp), interrupted, broken]);
    if (standing !== undefined) {
      io.stdout.write(banner(standing, io.cwd));
      isUp();
    }
    await Promise.race([interrupted, broken]);
    tell(standing === undefined ? 'stopping, before all of it was up' : 'stopping');
    stopped = standing === undefined ? stopWithin(HALF_STARTED_MS, stops) : stopAll(stops);
    await Promise.race([stopped, broken]);
    return EXIT.clean;
  } catch (error) {
    // what is being stopped is not stopped anew, and the interrupt that began it cuts nothing short: a second one does
    if (stopped !== undefined) await atMost(HALF_STARTED_MS, stopped);
    else await Promise.race([stopWithin(HALF_STARTED_MS, stops), interrupted]);
    throw inWords(error, io.cwd);
  }
}

/** From nothing to what the banner says. What has to be stopped again is in `stops` as soon as it runs. */
async function bringUp(
  options: UpOptions,
  io: Io,
  stops: Stop[],
  tell: (sentence: string) => void,
  allIsUp: Promise<void>,
): Promise<Standing> {
  const began = performance.now();
  const { policies, policiesShownAs, folder } = options;
  await checkPolicies(policies, policiesShownAs);
  makeFolder(folder);
  const images = projectImages(options.project, io.cwd, tell);
  const logs = containerLogs({ folder: path.join(folder, 'logs') });
  const api = eventsApi();
  const platform = await startPlatform(options, stops, tell, { logs, api });
  const client = await administrator(platform, stops);
  const port = await keptPort(path.join(folder, 'webhook-port'));
  const objects = [...(await kinds()), ...platform.leadingTo(port, weirsObjects()), ...namespaces()];
  await applyAll(objects, { client, find: discoveryOf(client), wait: pause });
  tell('the kinds of Knative and of Weir are there; starting the webhook');
  const log = path.join(folder, 'webhook.log');
  const news = policyNews(policiesShownAs, tell);
  const webhook = await startWeirsWebhook({ client, platform, port, policies, folder, log, io, news, allIsUp });
  stops.push(() => webhook.stop());
  const networkLog = (await loadServer()).makeLogger('info', path.join(folder, 'network.log'));
  const eventing = options.kubernetes
    ? undefined
    : await openEventing(folder, networkLog, { api, keep: options.keepEvents }, stops);
  let sources: StartedSources | undefined;
  const serving =
    eventing === undefined
      ? undefined
      : await startServing(
          {
            client,
            platform,
            folder,
            images,
            logs,
            ingressPort: await ingressPort(options.ingressPort, folder, tell),
            resolveOther: (host) => eventing.resolveOther(host) ?? sources?.resolveOther(host),
            log: networkLog,
            io,
            wait: pause,
          },
          stops,
        );
  const controllerLog = path.join(folder, 'controller.log');
  const controllers = await startWeirsControllers({
    client,
    platform,
    policies,
    folder,
    log: controllerLog,
    metricsPort: await keptPort(path.join(folder, 'metrics-port')),
    io,
    wait: pause,
    serving: serving && servingOf(serving),
  });
  stops.push(() => controllers.stop());
  if (serving !== undefined) {
    await eventing?.begin(serving, { client, platform, wait: pause });
    // once no event is brought any more: what is refused on the way to a Pod would be an attempt
    stops.push(() => serving.close());
  }
  stops.push(() => sources?.stopSinks());
  stops.push(() => eventing?.close());
  if (eventing !== undefined)
    sources = await startSources(eventing.send, folder, { client, platform, wait: pause }, stops);
  const told = platformConfig({ metrics: `http://127.0.0.1:${controllers.metricsPort}/metrics` });
  await applyAll([told], { client, find: discoveryOf(client), wait: pause });
  return {
    platform,
    webhookPort: port,
    metricsPort: controllers.metricsPort,
    ingressPort: serving?.network.port,
    eventingPort: eventing?.port,
    policies: policiesShownAs,
    log,
    controllerLog,
    // where nothing runs code, the policies are what there is to see
    suggestion: options.kubernetes ? 'shipped' : suggestionFor(options.project, images),
    milliseconds: performance.now() - began,
  };
}

/** Before anything is started: without policies there is nothing to start. */
async function checkPolicies(folder: string, shownAs: string): Promise<void> {
  const { errors } = await loadPolicies(folder, shownAs);
  if (errors.length === 0) return;
  const lines = errors.map((error) => `  ${describeError(error)}`);
  throw new Failure(`the policies cannot be used\n${lines.join('\n')}`);
}

function makeFolder(folder: string): void {
  try {
    makeWithParents(folder);
    // what is kept here holds tokens and keys: whatever repository it stands in, it does not belong there
    const ignore = path.join(folder, '.gitignore');
    if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
  } catch (error) {
    throw new Failure(`${folder} cannot hold the platform's state: ${systemReason(error)}; choose another by --folder`);
  }
}

/** Step by step: Node's own `recursive` never ends where a file system refuses a folder as /proc does. */
function makeWithParents(folder: string): void {
  if (existsSync(folder)) return;
  makeWithParents(path.dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
}

async function startPlatform(
  options: UpOptions,
  stops: Stop[],
  tell: (sentence: string) => void,
  { logs, api }: { readonly logs: ContainerLogs; readonly api: EventsApi },
): Promise<Platform> {
  const log = (await loadServer()).makeLogger('info', path.join(options.folder, 'apiserver.log'));
  const platform = options.kubernetes
    ? await (await import('./kubernetes.ts')).startKubernetes()
    : await startEmbedded(options, { log, logs, extensions: [api] });
  stops.push(() => platform.stop());
  tell(`the API server (${platform.kind}) answers at ${platform.server}`);
  return platform;
}

async function administrator({ kubeconfig }: Platform, stops: Stop[]): Promise<Client> {
  const connection = await connect({ kubeconfig, environment: {}, clock: systemClock });
  stops.push(() => connection.close());
  return clientOver(connection);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
