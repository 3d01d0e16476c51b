/** Puts the parts of the API server together. */
import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import path from 'node:path';
import { LOOPBACK, serverCertificateIn } from '../../tls/folder.ts';
import { compileCondition } from './admission/celConditions.ts';
import { conditionGuard } from './admission/conditionGuard.ts';
import { WebhookAdmission } from './admission/webhookAdmission.ts';
import { authenticator } from './auth/authenticate.ts';
import { rbacAuthorizer } from './auth/rbac/authorizer.ts';
import { reviews } from './auth/reviews/reviews.ts';
import { accountTokens } from './auth/tokens/accountTokens.ts';
import { secretsIn } from './auth/tokens/secrets.ts';
import { type Clock, systemClock } from './clock.ts';
import { discoveryDocuments } from './http/discoveryDocuments.ts';
import { handle, type Serving } from './http/handler.ts';
import { writeKubeconfig } from './http/kubeconfig.ts';
import { listen } from './http/listen.ts';
import { startLifecycle } from './lifecycle/start.ts';
import { type Log, SILENT } from './log.ts';
import { escalationGuard } from './objects/escalationGuard.ts';
import { keepObjects } from './objects/keep.ts';
import { reviewCreates } from './objects/reviews.ts';
import { keepResources } from './resources/keep.ts';
import { openStore } from './store/openStore.ts';
import { tableOf } from './tables/table.ts';

/** What clients are told that this is: the Kubernetes whose API it serves. */
const VERSION = {
  major: '1',
  minor: '36',
  gitVersion: 'v1.36.3+weir',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: '',
  compiler: 'node',
  platform: `${process.platform}/${process.arch}`,
};
const ISSUER = 'https://kubernetes.default.svc';

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
  const { folder, port = 0, fsync = false, log = SILENT, clock = systemClock } = options;
  const kubeconfig = options.kubeconfig ?? path.join(folder, 'kubeconfig');

  // the store first: a second process must not touch the certificate either
  const store = await openStore({ file: path.join(folder, 'store.db'), clock, log, fsync });
  const closing: (() => Promise<void> | void)[] = [() => store.close()];
  const close = async (): Promise<void> => {
    for (const end of closing.splice(0).reverse()) await end();
  };
  try {
    const authority = { organization: 'Weir', commonName: 'Weir platform' };
    const served = {
      ...LOOPBACK,
      names: [...LOOPBACK.names, 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'],
    };
    const [certificate, secrets] = await Promise.all([
      serverCertificateIn({ folder: path.join(folder, 'pki'), authority, served, clock }),
      secretsIn(folder, randomBytes),
    ]);

    const authorizer = rbacAuthorizer(store);
    closing.push(() => authorizer.stop());
    const tokens = accountTokens({ reader: store, clock, key: secrets.key, issuer: ISSUER });
    const { administratorToken } = secrets;
    const identity = authenticator({ administratorToken, accounts: tokens });

    const resources = keepResources(store, {
      clock,
      onError: (error, definition) => log.error({ err: error, definition }, 'a CustomResourceDefinition is not served'),
    });
    closing.push(() => resources.stop());

    const answers = reviews({
      authorizer,
      authenticator: identity,
      tokens,
      reader: store,
      now: () => clock.now(),
      newId: randomUUID,
    });
    const { portOfService } = options;
    const admission = new WebhookAdmission({
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
    closing.push(() => admission.close());
    const objects = keepObjects({
      store,
      resources,
      admission,
      authorizer,
      clock,
      chance: { uid: randomUUID, below: (end) => randomInt(end) },
      guards: [conditionGuard(compileCondition), escalationGuard(authorizer)],
      fillers: [],
      special: [reviewCreates(answers, resources)],
    });

    const watches = new Set<() => void>();
    let isReady = false;
    let boundPort = port;
    const serving: Serving = {
      objects,
      resources,
      reader: store,
      clock,
      authorizer,
      authenticate: (headers) => identity.authenticate(headers),
      documents: discoveryDocuments({
        resources,
        version: VERSION.gitVersion,
        address: () => `127.0.0.1:${boundPort}`,
      }),
      makeTable: (resource, list) => tableOf(resource, list, clock.now()),
      version: VERSION,
      log,
      port: () => boundPort,
      hostNames: [],
      isReady: () => isReady,
      chance: Math.random,
      keepWatch(end) {
        watches.add(end);
        return () => watches.delete(end);
      },
    };
    await resources.start();
    const listening = await listen(
      { port, certificate: certificate.certificate, key: certificate.key },
      (request, response) => {
        void handle(serving, request, response);
      },
    );
    boundPort = listening.port;
    closing.push(async () => {
      isReady = false;
      const stopped = listening.close();
      for (const end of watches) end();
      await stopped;
    });

    const url = `https://127.0.0.1:${boundPort}`;
    const ca = certificate.authority;
    const lifecycle = await startLifecycle({ store, objects, resources, clock, log, ca, port: boundPort });
    closing.push(() => lifecycle.stop());
    writeKubeconfig(kubeconfig, { url, ca, token: administratorToken });
    isReady = true;
    return { url, ca, token: administratorToken, kubeconfig, close };
  } catch (error) {
    await close();
    throw error;
  }
}
