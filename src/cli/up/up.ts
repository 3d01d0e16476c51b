/** `weir up`: an API server, Weir on it, and three namespaces to try, until Ctrl-C. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Client, clientOver } from '../../kubernetes/client/client.ts';
import { systemClock } from '../../kubernetes/client/clock.ts';
import { connect } from '../../kubernetes/client/connection.ts';
import { discoveryOf } from '../../kubernetes/client/discovery.ts';
import type { CommandContext } from '../command.ts';
import { EXIT, Failure, systemReason } from '../failure.ts';
import { loadServer } from '../webhook/server.ts';
import { applyAll } from './apply.ts';
import { banner } from './banner.ts';
import { kinds, namespaces } from './contents.ts';
import { startEmbedded } from './embedded.ts';
import { type RawUpOptions, readUpOptions, type UpOptions } from './options.ts';
import type { Platform } from './platform.ts';
import { freePort } from './port.ts';
import { startWeirsWebhook } from './webhook.ts';
import { weirsObjects } from './weir.ts';

export async function up(raw: RawUpOptions, { io }: CommandContext): Promise<number> {
  const began = performance.now();
  const options = readUpOptions(raw, io.cwd);
  const tell = (sentence: string) => io.stderr.write(`${sentence}\n`);
  const stops: (() => unknown)[] = [];
  const interrupted = untilInterrupted(tell);
  try {
    makeFolder(options.folder);
    const platform = await startPlatform(options, stops, tell);
    const client = await administrator(platform, stops);
    const port = await freePort();
    const objects = [...(await kinds()), ...platform.leadingTo(port, weirsObjects()), ...namespaces()];
    await applyAll(objects, { client, find: discoveryOf(client), wait: pause });
    tell('the kinds of Knative and of Weir are there; starting the webhook');
    const { policies, policiesShownAs, folder } = options;
    const log = path.join(folder, 'webhook.log');
    const webhook = await startWeirsWebhook({ client, platform, port, policies, folder, log, io });
    stops.push(() => webhook.stop());

    const milliseconds = performance.now() - began;
    io.stdout.write(banner({ platform, webhookPort: port, policies: policiesShownAs, log, milliseconds }, io.cwd));
    await interrupted;
    tell('stopping');
    return EXIT.clean;
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

function makeFolder(folder: string): void {
  try {
    makeWithParents(folder);
    // what is kept here holds tokens and keys: whatever repository it stands in, it does not belong there
    writeFileSync(path.join(folder, '.gitignore'), '*\n');
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
  stops: (() => unknown)[],
  tell: (sentence: string) => void,
): Promise<Platform> {
  const platform = options.kubernetes
    ? await (await import('./kubernetes.ts')).startKubernetes()
    : await startEmbedded(options, (await loadServer()).makeLogger('info', path.join(options.folder, 'apiserver.log')));
  stops.push(() => platform.stop());
  tell(`the API server (${platform.kind}) answers at ${platform.server}`);
  return platform;
}

async function administrator({ kubeconfig }: Platform, stops: (() => unknown)[]): Promise<Client> {
  const connection = await connect({ kubeconfig, environment: {}, clock: systemClock });
  stops.push(() => connection.close());
  return clientOver(connection);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** A terminal sends Ctrl-C to each of its programs, and npm hands on what it gets: the same wish comes more than once. */
const SAME_WISH_MS = 1000;

/** Resolves at the first SIGINT or SIGTERM. A later one, meant as such, ends the process at once. */
function untilInterrupted(tell: (sentence: string) => void): Promise<void> {
  // The frame's own answer to an interrupt is to end at once: right for a check, and not for what keeps state.
  process.removeAllListeners('SIGINT');
  return new Promise((resolve) => {
    let first: number | undefined;
    const onSignal = (): void => {
      const now = performance.now();
      first ??= now;
      if (now - first < SAME_WISH_MS) return resolve();
      tell('gone at a second interrupt');
      process.exit(EXIT.interrupted);
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
}
