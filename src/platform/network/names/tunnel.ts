/** Bytes both ways, as CONNECT asks for them. */
import { connect, type Socket } from 'node:net';
import type { Conversation } from '../exchange/conversation.ts';
import type { Client } from '../ingress/client.ts';
import type { Address } from '../instances/connection.ts';

export class Tunnel implements Conversation {
  readonly #address: Address;
  readonly #authority: string;
  readonly #client: Client;
  #socket: Socket | undefined;
  #isOpen = false;

  constructor(address: Address, authority: string, client: Client) {
    this.#address = address;
    this.#authority = authority;
    this.#client = client;
  }

  begin(): void {
    const { host = '127.0.0.1', port } = this.#address;
    const socket = connect({ host, port, noDelay: true, allowHalfOpen: true });
    this.#socket = socket;
    socket.on('connect', () => {
      this.#isOpen = true;
      this.#client.established(true);
    });
    socket.on('data', (chunk: Buffer) => {
      if (!this.#client.body(chunk)) socket.pause();
      this.#client.flush();
    });
    socket.on('drain', () => this.#client.release());
    socket.on('end', () => this.#client.end(undefined));
    socket.on('error', (error: NodeJS.ErrnoException) => this.#onFailed(error.code ?? error.message));
    socket.on('close', () => this.#client.release());
  }

  onRequestBody(chunk: Buffer): void {
    if (this.#socket?.write(chunk) === false) this.#client.hold();
  }

  onRequestEnd(): void {
    this.#socket?.end();
  }

  onClientDrained(): void {
    this.#socket?.resume();
  }

  onClientGone(): void {
    this.#socket?.destroy();
  }

  #onFailed(code: string): void {
    if (this.#isOpen) this.#client.cut();
    else this.#client.fail(502, `"${this.#authority}" takes no connection (${code})\n`);
  }
}
