/** Puts the parts of the API server together. */
import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import path from 'node:path';
import { type Clock, systemClock } from '../../kubernetes/clock.ts';
import { type Log, SILENT } from '../../kubernetes/log.ts';
import { LOOPBACK, renewDaily, type ServerCertificate, serverCertificateIn } from '../../tls/folder.ts';
import { writeKubeconfig } from '../kubeconfig.ts';
import type { Validator } from './admission/admission.ts';
import { compileCondition } from './admission/celConditions.ts';
import { conditionGuard } from './admission/conditionGuard.ts';
import { withValidators } from './admission/validators.ts';
import { WebhookAdmission } from './admission/webhookAdmission.ts';
import { type Authenticator, authenticator } from './auth/authenticate.ts';
import { rbacAuthorizer } from './auth/rbac/authorizer.ts';
import { reviews } from './auth/reviews/reviews.ts';
import { type AccountTokens, accountTokens } from './auth/tokens/accountTokens.ts';
import { type Secrets, secretsIn } from './auth/tokens/secrets.ts';
import type { SecretToken } from './auth/tokens/secretTokens.ts';
import type { Authorizer } from './auth/user.ts';
import { discoveryDocuments } from './http/discoveryDocuments.ts';
import type { Extension } from './http/extension.ts';
import { handle, type Serving } from './http/handler.ts';
import { listen } from './http/listen.ts';
import type { PodLogs } from './http/podLog.ts';
import { startLifecycle } from './lifecycle/start.ts';
import { escalationGuard } from './objects/escalationGuard.ts';
import { keepObjects } from './objects/keep.ts';
import type { Objects } from './objects/objects.ts';
import { reviewCreates } from './objects/reviews.ts';
import { type KeptResources, keepResources } from './resources/keep.ts';
import { openStore } from './store/openStore.ts';
import type { Reader, Store } from './store/store.ts';
import { tableOf } from './tables/table.ts';

/** What clients are told that this is: the Kubernetes whose API it serves. */
const VERSION = {
  major: '1',
  minor: '36',
  emulationMajor: '1',
  emulationMinor: '36',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '35',
  gitVersion: 'v1.36.3+weir',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: '',
  compiler: 'node',
  platform: `${process.platform}/${process.arch}`,
};
const ISSUER = 'https://kubernetes.default.svc';
const AUTHORITY = { organization: 'Weir', commonName: 'Weir platform' };
/** Beside what this machine calls it, what the Service of every cluster is called. */
const SERVED = {
  ...LOOPBACK,
  names: [...LOOPBACK.names, 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'],
};

export interface StartOptions {
  /** Where objects, the certificate and the administrator's token are kept; made where it is missing. */
  readonly folder: string;
  /** Where the file for kubectl is written; in the folder unless said. */
  readonly kubeconfig?: string;
  /** 0, which it is unless said: any that is free. */
  readonly port?: number;
  /** Each write waits for the disk. */
  readonly fsync?: boolean;
  readonly log?: Log;
  readonly clock?: Clock;
  /** Where a Service of this process listens on this machine, for webhooks that name a Service. */
  portOfService?(service: { readonly namespace: string; readonly name: string }): number | undefined;
  /** What judges beside the webhooks that are configured, after them. */
  readonly validators?: readonly ((reader: Reader) => Validator)[];
  /** What containers write, where something runs them. */
  readonly logs?: PodLogs;
  /** APIs of this process that are no APIs of objects. */
  readonly extensions?: readonly Extension[];
}

export interface ApiServer {
  /** `https://127.0.0.1:<port>` */
  readonly url: string;
  /** The CA's certificate as PEM. */
  readonly ca: string;
  /** The administrator's. */
  readonly token: string;
  /** The file for kubectl. */
  readonly kubeconfig: string;
  /** Ends watches, finishes what is under way, and closes the store. */
  close(): Promise<void>;
}

/**
 * Starts the API server and resolves when it answers.
 *
 * @example
 * const server = await startApiServer({ folder: '.weir/apiserver', kubeconfig: '.weir/kubeconfig' });
 * await server.close();
 * @throws Error with a sentence for the user: a folder that cannot be written, a second instance, a port that is taken
 */
export async function startApiServer(options: StartOptions): Promise<ApiServer> {
  const { folder, port = 0, fsync = false, log = SILENT, clock = systemClock, extensions = [] } = options;
  const kubeconfig = options.kubeconfig ?? path.join(folder, 'kubeconfig');
  const ending = inReverse();
  try {
    // the store first: a second process must not touch the certificate either
    const store = await openStore({ file: path.join(folder, 'store.db'), clock, log, fsync });
    ending.add(() => store.close());
    const certified = { folder: path.join(folder, 'pki'), authority: AUTHORITY, served: SERVED, clock };
    const [certificate, secrets] = await Promise.all([serverCertificateIn(certified), secretsIn(folder, randomBytes)]);

    const parts = partsOver(store, secrets, { ...options, log, clock }, ending);
    await parts.resources.start();
    const server = await serve(parts, { port, certificate, log, clock, logs: options.logs, extensions }, ending);
    ending.add(renewDaily(certified, server.renew, (err) => log.error({ err }, 'the certificate was not renewed')));

    const url = `https://127.0.0.1:${server.port}`;
    const ca = certificate.authority;
    const secretToken = (content: SecretToken) => parts.tokens.issueForSecret(content);
    const lifecycle = await startLifecycle({ ...parts, clock, log, ca, port: server.port, secretToken });
    ending.add(() => lifecycle.stop());
    const token = secrets.administratorToken;
    writeKubeconfig(kubeconfig, { server: url, ca, token });
    server.ready();
    return { url, ca, token, kubeconfig, close: ending.end };
  } catch (error) {
    await ending.end();
    throw error;
  }
}

/** What is to be ended, the last first. */
interface Ending {
  add(end: () => Promise<void> | void): void;
  end(): Promise<void>;
}

function inReverse(): Ending {
  const ends: (() => Promise<void> | void)[] = [];
  return {
    add: (end) => ends.push(end),
    async end() {
      for (const end of ends.splice(0).reverse()) await end();
    },
  };
}

interface Parts {
  readonly store: Store;
  readonly resources: KeptResources;
  readonly authorizer: Authorizer;
  readonly identity: Authenticator;
  readonly tokens: AccountTokens;
  readonly objects: Objects;
}

type PartOptions = Pick<StartOptions, 'portOfService' | 'validators'> & { readonly log: Log; readonly clock: Clock };

/** Everything over the store that knows nothing of HTTP. */
function partsOver(store: Store, secrets: Secrets, options: PartOptions, ending: Ending): Parts {
  const { portOfService, validators = [], log, clock } = options;
  const authorizer = rbacAuthorizer(store);
  ending.add(() => authorizer.stop());
  const tokens = accountTokens({ reader: store, clock, key: secrets.key, issuer: ISSUER });
  const identity = authenticator({ administratorToken: secrets.administratorToken, accounts: tokens });

  const resources = keepResources(store, {
    clock,
    onError: (err, definition) => log.error({ err, definition }, 'a CustomResourceDefinition is not served'),
  });
  ending.add(() => resources.stop());

  const webhooks = new WebhookAdmission({
    store,
    clock,
    uid: randomUUID,
    compile: compileCondition,
    authorizer,
    resources,
    log,
    resolve(service) {
      const found = portOfService?.(service);
      return found === undefined ? undefined : { host: '127.0.0.1', port: found };
    },
  });
  ending.add(() => webhooks.close());
  const judges = validators.map((over) => over(store));

  const now = () => clock.now();
  const answers = reviews({ authorizer, authenticator: identity, tokens, reader: store, now, newId: randomUUID });
  const objects = keepObjects({
    store,
    resources,
    admission: withValidators(webhooks, judges),
    authorizer,
    clock,
    chance: { uid: randomUUID, below: (end) => randomInt(end) },
    guards: [conditionGuard(compileCondition), escalationGuard(authorizer)],
    special: [reviewCreates(answers, resources)],
  });
  return { store, resources, authorizer, identity, tokens, objects };
}

interface ServeOptions {
  readonly port: number;
  readonly certificate: ServerCertificate;
  readonly log: Log;
  readonly clock: Clock;
  readonly logs: PodLogs | undefined;
  readonly extensions: readonly Extension[];
}

interface Server {
  readonly port: number;
  /** From now on /readyz says so. */
  ready(): void;
  /** New connections get the new certificate. */
  renew(certificate: ServerCertificate): void;
}

async function serve(
  parts: Parts,
  { port, certificate, log, clock, logs, extensions }: ServeOptions,
  ending: Ending,
): Promise<Server> {
  const { store, resources, authorizer, identity, objects } = parts;
  const watches = new Set<() => void>();
  let isReady = false;
  let boundPort = port;
  const address = () => `127.0.0.1:${boundPort}`;
  const serving: Serving = {
    objects,
    resources,
    reader: store,
    clock,
    authorizer,
    authenticate: (headers) => identity.authenticate(headers),
    documents: discoveryDocuments({ resources, version: VERSION.gitVersion, address }),
    makeTable: (resource, list) => tableOf(resource, list, clock.now()),
    version: VERSION,
    log,
    port: () => boundPort,
    isReady: () => isReady,
    extensions,
    chance: Math.random,
    ...(logs === undefined ? {} : { logs }),
    keepWatch(end) {
      watches.add(end);
      return () => watches.delete(end);
    },
  };
  const listening = await listen({ port, ...certificate }, (request, response) => {
    handle(serving, request, response).catch((err) => {
      log.error({ err }, 'a request broke off'); // no request may end the process
      request.destroy();
    });
  });
  boundPort = listening.port;
  ending.add(async () => {
    isReady = false;
    const stopped = listening.close();
    for (const end of watches) end();
    await stopped;
  });
  return {
    port: listening.port,
    ready: () => {
      isReady = true;
    },
    renew: (renewed) => listening.renew(renewed),
  };
}
