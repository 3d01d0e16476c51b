/** The HTTPS server around the app: TLS that changes while it runs, time limits, and an end without a lost request. */

import { constants } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { SecureContextOptions, TlsOptions } from 'node:tls';
import { whyNot } from '../../src/process/listening.ts';
import type { Logger } from '../../src/process/log.ts';
import { StartFailure } from '../../src/process/startFailure.ts';
import type { CertificateSource, ServingCertificate } from '../dependencies.ts';
import type { ClientAuthorities } from './clientCa.ts';

export interface ServerOptions {
  /** 0 takes any that is free. */
  readonly port: number;
  readonly bind: string;
  readonly certificates: CertificateSource;
  /** Who shows no certificate of theirs comes in all the same, for its health is for everybody: the app tells them apart. */
  readonly clients?: ClientAuthorities;
  readonly listener: RequestListener;
  readonly log: Logger;
  /** In place of TIMES, for tests that do not want to wait so long. */
  readonly times?: Partial<Times>;
}

export interface RunningServer {
  readonly port: number;
  /**
   * Stops: what is under way is answered, connections without a request are closed, and no new one is taken.
   *
   * @param deadline milliseconds after which what is still open is cut off
   * @returns false where something had to be cut off
   */
  close(deadline: number): Promise<boolean>;
}

/** Milliseconds, and bytes of a request's head. */
export interface Times {
  readonly keepAliveTimeout: number;
  readonly headersTimeout: number;
  readonly requestTimeout: number;
  readonly connectionsCheckingInterval: number;
  readonly handshakeTimeout: number;
  readonly maxHeaderSize: number;
}

const TIMES: Times = {
  /**
   * Longer than the 90 s after which the API server drops a connection that it does not use (k8s.io/apimachinery
   * pkg/util/net/http.go): the side that sends closes, so that no request meets a connection that is just going.
   */
  keepAliveTimeout: 120_000,
  /** Whoever sends a head or a body slowly holds a connection, and no more than this. The API server waits 30 s at most. */
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 2000,
  handshakeTimeout: 10_000,
  maxHeaderSize: 16 * 1024,
};

export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { port, bind, certificates, clients, listener, log, times } = options;
  const asking = clients === undefined ? {} : ASKING;
  const server = createServer({ ...TIMES, ...times, ...asking, ...tlsOf(certificates.current(), clients) }, listener);
  const renew = (certificate: ServingCertificate): void => {
    try {
      // Open connections keep theirs; whoever connects from now on gets the new one.
      server.setSecureContext(tlsOf(certificate, clients));
      log.debug({ expiresAt: certificate.expiresAt }, 'who connects from now on gets the new certificate');
    } catch (error) {
      log.error(
        { reason: error instanceof Error ? error.message : String(error) },
        'the new certificate cannot be used',
      );
    }
  };
  certificates.onChange(renew);
  clients?.onChange(() => {
    const certificate = certificates.current();
    if (certificate !== undefined) renew(certificate);
  });
  // A connection that is no TLS, or that breaks off: the client's to tell.
  server.on('tlsClientError', (error) => log.debug({ reason: error.message }, 'a connection did not come about'));

  await listening(server, port, bind);
  server.on('error', (error) => log.error({ reason: error.message }, 'the server met an error'));
  return { port: portOf(server), close: (deadline) => close(server, deadline) };
}

const TLS = { minVersion: 'TLSv1.2' } as const satisfies SecureContextOptions;

const ASKING = { requestCert: true, rejectUnauthorized: false } as const satisfies TlsOptions;

function tlsOf(serving: ServingCertificate | undefined, clients: ClientAuthorities | undefined): SecureContextOptions {
  const own = serving === undefined ? {} : { cert: serving.certificate, key: serving.key };
  // No session outlives its connection: a ticket would bring back what was thought of a client, whatever the CAs are now.
  const theirs = clients === undefined ? {} : { ca: clients.bundle(), secureOptions: constants.SSL_OP_NO_TICKET };
  return { ...TLS, ...own, ...theirs };
}

function listening(server: Server, port: number, bind: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(new StartFailure(whyNot(error, port, bind))));
    server.listen(port, bind, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** How often connections are looked through for such as have answered their last request. */
const IDLE_CHECK = 50;

/**
 * Node counts a connection that has not asked anything yet as one with a request: who has just connected is answered,
 * and who says nothing is cut off by headersTimeout.
 */
function close(server: Server, deadline: number): Promise<boolean> {
  return new Promise((resolve) => {
    let isWhole = true;
    const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK);
    const cut = setTimeout(() => {
      isWhole = false;
      server.closeAllConnections();
    }, deadline);
    server.close(() => {
      clearInterval(idle);
      clearTimeout(cut);
      resolve(isWhole);
    });
  });
}
