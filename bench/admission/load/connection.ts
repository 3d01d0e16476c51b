/** One keep-alive connection over TLS, with one request under way at most. */
import { connect, type TLSSocket } from 'node:tls';
import { type HttpResponse, ResponseReader } from './responseReader.ts';

export interface Target {
  readonly port: number;
  /** The server's CA, as PEM. */
  readonly ca: string;
  /** Of each request, beside its length. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface Request {
  readonly path: string;
  readonly body: Buffer;
}

/** Undefined where the connection broke before the whole answer was there. */
type Done = (response: HttpResponse | undefined) => void;

export class Connection {
  readonly #target: Target;
  #socket: TLSSocket | undefined;
  #reader = new ResponseReader();
  #done: Done | undefined;

  constructor(target: Target) {
    this.#target = target;
  }

  /** Waits until the connection stands. */
  open(): Promise<void> {
    const { port, ca } = this.#target;
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', ca, ALPNProtocols: ['http/1.1'] });
      socket.setNoDelay(true);
      socket.once('secureConnect', resolve);
      socket.on('error', reject);
      socket.on('close', () => {
        if (this.#socket === socket) this.#broke();
      });
      socket.on('data', (chunk: Buffer) => this.#read(chunk));
      this.#socket = socket;
      this.#reader = new ResponseReader();
    });
  }

  /** Sends the request, over a new connection where the last one is gone. */
  send(request: Request, done: Done): void {
    this.#done = done;
    if (this.#socket !== undefined) {
      this.#socket.write(this.#bytesOf(request));
      return;
    }
    this.open().then(
      () => this.#socket?.write(this.#bytesOf(request)),
      () => this.#broke(),
    );
  }

  close(): void {
    this.#done = undefined;
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #bytesOf({ path, body }: Request): Buffer {
    let head = `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n`;
    for (const [name, value] of Object.entries(this.#target.headers)) head += `${name}: ${value}\r\n`;
    return Buffer.concat([Buffer.from(`${head}content-length: ${body.length}\r\n\r\n`, 'latin1'), body]);
  }

  #read(chunk: Buffer): void {
    const response = this.#reader.push(chunk);
    if (response === undefined) return;
    if (response.isLast) {
      this.#socket?.destroy();
      this.#socket = undefined;
    }
    this.#finish(response);
  }

  #broke(): void {
    this.#socket = undefined;
    this.#finish(undefined);
  }

  #finish(response: HttpResponse | undefined): void {
    const done = this.#done;
    this.#done = undefined;
    done?.(response);
  }
}
