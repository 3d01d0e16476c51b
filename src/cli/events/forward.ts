/** A port of this machine that kubectl leads to the dead-letter sink of an environment, as long as it is asked. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { LONGEST_ENVIRONMENT, SINK_NAMESPACE, sinkName } from '../../policy/model/deadLetters.ts';
import { oneLine } from '../../report/safeText.ts';
import type { ClusterOptions } from '../cluster.ts';
import { Failure, systemReason } from '../failure.ts';
import type { Io } from '../io.ts';

/** At which `weir events serve` is asked. */
const ASK_PORT = 8081;
const READY = /^Forwarding from 127\.0\.0\.1:(\d+) ->/;
const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const MOST_SAID = 500;

/**
 * Runs the work with the address at which the environment's sink is asked. Who may `create` `pods/portforward` there may.
 *
 * @throws Failure with what kubectl says
 */
export async function withForward<Value>(
  environment: string,
  { kubeconfig, context }: ClusterOptions,
  io: Io,
  work: (url: string) => Promise<Value>,
): Promise<Value> {
  if (!NAME.test(environment) || environment.length > LONGEST_ENVIRONMENT) {
    throw new Failure(
      `--environment is "${oneLine(environment)}", and must be the name of an environment, such as prod`,
    );
  }
  const args = [
    ...(kubeconfig === undefined ? [] : [`--kubeconfig=${kubeconfig}`]),
    ...(context === undefined ? [] : [`--context=${context}`]),
    'port-forward',
    '--address=127.0.0.1',
    `--namespace=${SINK_NAMESPACE}`,
    `deployment/${sinkName(environment)}`,
    `:${ASK_PORT}`,
  ];
  const child = spawn('kubectl', args, { cwd: io.cwd, env: io.env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<void>(
    (resolve) => void child.once('close', () => resolve()).once('error', () => resolve()),
  );
  const end = (): void => void child.kill();
  io.signal.addEventListener('abort', end, { once: true });
  if (io.signal.aborted) end();
  try {
    const port = await portOf(child, environment);
    return await work(`http://127.0.0.1:${port}`);
  } finally {
    io.signal.removeEventListener('abort', end);
    end();
    await ended;
  }
}

function portOf(child: ChildProcess, environment: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(0, MOST_SAID);
    });
    if (child.stdout !== null) {
      createInterface({ input: child.stdout }).on('line', (line) => {
        const [, port] = READY.exec(line) ?? [];
        if (port !== undefined) resolve(port);
      });
    }
    child.once('error', (error) => {
      const how = 'kubectl has to be on the PATH, or --url names where a port leads to the sink';
      reject(new Failure(`kubectl does not start (${systemReason(error)}); ${how}`));
    });
    child.once('close', () => {
      const why = oneLine(said.trim().split('\n').at(-1) ?? '');
      const help = `a cluster has one where the policy of ${environment} says eventing.deadLetters.keep, and weir up keeps dead letters by itself: leave --environment out there`;
      reject(new Failure(`no port leads to the dead-letter sink of ${environment} (${why}); ${help}`));
    });
  });
}
