/** The HTTPS server: on loopback, with limits for those who are slow or never finish. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';

/** No other machine: whoever reached it could try its tokens. */
const LOOPBACK = '127.0.0.1';
/** In milliseconds: for those who begin and do not go on. */
export const PATIENCE = {
  handshake: 10_000,
  headers: 10_000,
  /** Headers and body. */
  request: 60_000,
  /** Between two requests. */
  keepAlive: 90_000,
  /** How often it is looked for who is over the time; Node's own default lets them have three times their headers. */
  look: 5_000,
};
const HEADER_BYTES = 64 * 1024;
const TOO_LARGE = 'HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';
/** Enough for a thousand watches, and no way to run out of files. */
const MOST_CONNECTIONS = 5_000;

export interface ListenOptions {
  /** 0: any that is free. */
  readonly port: number;
  /** PEM. */
  readonly certificate: string;
  readonly key: string;
  readonly patience?: typeof PATIENCE;
}

export interface Listening {
  readonly port: number;
  /** New connections get the new certificate. */
  renew(pair: { readonly certificate: string; readonly key: string }): void;
  /** Takes no more requests, lets those under way finish for a moment, then cuts. */
  close(): Promise<void>;
}

/** @throws Error that says what is wrong with the port */
export async function listen(
  { port, certificate, key, patience = PATIENCE }: ListenOptions,
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Listening> {
  const server = createServer(
    {
      cert: certificate,
      key,
      minVersion: 'TLSv1.2',
      headersTimeout: patience.headers,
      requestTimeout: patience.request,
      keepAliveTimeout: patience.keepAlive,
      handshakeTimeout: patience.handshake,
      connectionsCheckingInterval: patience.look,
      maxHeaderSize: HEADER_BYTES,
    },
    handle,
  );
  server.maxConnections = MOST_CONNECTIONS;
  // By itself Node's parser takes what TLS has read behind the back of a socket that is paused, and then ends the
  // connection (HPE_PAUSED): where a request of some records follows an answer that is not quite gone. A socket with a
  // listener of its own hands its data over when it flows.
  server.on('secureConnection', (socket) => socket.on('data', () => {}));
  // what is no TLS, or breaks off, concerns nobody
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code !== 'HPE_HEADER_OVERFLOW' || !socket.writable) return socket.destroy();
    // a selector can be so long without any harm meant
    socket.end(TOO_LARGE, () => socket.destroy());
  });
  await bound(server, port);
  const { port: found } = server.address() as AddressInfo; // listening on TCP
  return {
    port: found,
    renew: (pair) => server.setSecureContext({ cert: pair.certificate, key: pair.key, minVersion: 'TLSv1.2' }),
    close: () => closed(server),
  };
}

function bound(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => {
      const why = error.code === 'EADDRINUSE' ? 'another program listens there' : error.message;
      reject(
        new Error(`the API server cannot listen on ${LOOPBACK}:${port}: ${why}; choose another port by --port`, {
          cause: error,
        }),
      );
    };
    server.once('error', fail);
    server.listen(port, LOOPBACK, () => {
      server.off('error', fail);
      resolve();
    });
  });
}

const CLOSE_MILLISECONDS = 2_000;

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), CLOSE_MILLISECONDS);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
