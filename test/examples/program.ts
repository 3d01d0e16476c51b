/** One service of an example as a process of its own, without a platform: the test is its Broker. */
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { CloudEvent, HTTP } from 'cloudevents';
import { freePorts } from '../../tools/controlplane/process/ports.ts';
import { until } from '../../tools/controlplane/process/wait.ts';
import { type Answer, askAt, type SentEvent } from './platform.ts';

const START_SECONDS = 60;

export interface Brought extends Answer {
  /** Of the event that it answered; empty where it answered none. */
  readonly type: string;
}

export class Program {
  readonly #url: URL;
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown>;

  /** @param file below examples/, such as `shop/services/order.ts` */
  static async start(file: string, env: Readonly<Record<string, string>>): Promise<Program> {
    const [port = 0] = await freePorts(1);
    const program = new Program(file, { ...env, HOST: '127.0.0.1', PORT: String(port) });
    const isReady = async () => (await program.ask('/ready').catch(() => undefined))?.status === 200;
    await until(`${file} is ready`, { seconds: START_SECONDS }, isReady);
    return program;
  }

  private constructor(file: string, env: Readonly<Record<string, string>>) {
    this.#url = new URL(`http://127.0.0.1:${env.PORT}`);
    const args = ['--no-warnings', path.resolve('examples', file)];
    this.#process = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: 'ignore' });
    this.#ended = new Promise((resolve) => this.#process.once('exit', resolve));
  }

  /** With a body it is a POST, unless said. */
  ask(at: string, body?: string, method = 'POST'): Promise<Answer> {
    return askAt(new URL(at, this.#url), body === undefined ? {} : { method, body });
  }

  /** An event, as a Broker brings it. */
  async bring(event: SentEvent, at = '/'): Promise<Brought> {
    const { headers, body } = HTTP.binary(new CloudEvent({ source: '/test', ...event }));
    const options = { method: 'POST', headers: new Headers(headers as never), body: String(body ?? '') };
    const answer = await fetch(new URL(at, this.#url), options);
    return { status: answer.status, type: answer.headers.get('ce-type') ?? '', body: await answer.text() };
  }

  /** As `kill -9` does. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#ended;
  }
}
