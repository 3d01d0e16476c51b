/** People who write all the time, and what became of each write. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach } from '@jest/globals';
import { arrayAt, type JsonObject, type JsonValue, stringAt } from '../../../../src/kubernetes/json.ts';
import type { Answer, Api } from '../../../../tools/controlplane/kubernetes/api.ts';
import { until } from '../../../../tools/controlplane/process/wait.ts';
import { service } from './manifests.ts';

const AT_ONCE = 4;
const SECONDS = 60;

export interface Counts {
  /** What is right, and was stored, or would have been. */
  readonly stored: number;
  /** What is wrong, and was denied by Weir. */
  readonly denied: number;
  /** What was filled in by nobody, and therefore denied. */
  readonly unfilled: number;
  /** What the API server refused since Weir did not answer. */
  readonly heldUp: number;
  /** What the API server itself did not answer. */
  readonly unanswered: number;
  /** What got in although it is wrong, or without what the policy fills in. */
  readonly unjudged: number;
}

export interface Load {
  counts(): Counts;
  /** The first answers of each kind that is no verdict, for messages. */
  words(): readonly string[];
  /** Waits until so many more writes have met with a verdict. */
  more(count: number): Promise<void>;
  /** Ends when the last write has its answer. */
  stop(): Promise<Counts>;
}

export interface LoadOptions {
  /** Between two writes of one writer, of whom there are four; 0 unless set. */
  readonly pauseMs?: number;
}

/** Writes into a namespace that is judged by prod or staging: what is right, what is wrong, and what needs to be filled in. */
export function startLoad(api: Api, namespace: string, { pauseMs = 0 }: LoadOptions = {}): Load {
  const counts = { stored: 0, denied: 0, unfilled: 0, heldUp: 0, unanswered: 0, unjudged: 0 };
  const words: string[] = [];
  let isOver = false;
  let next = 0;

  const note = (what: keyof Counts, text: string): void => {
    counts[what]++;
    if (what !== 'stored' && what !== 'denied' && words.length < 10) words.push(`${what}: ${text}`);
  };
  const write = async (): Promise<void> => {
    const { path, object, isRight } = WRITES[next++ % WRITES.length]?.(namespace, next) ?? right(namespace, next);
    const answer = await api.ask('POST', path, object).catch((error: unknown) => String(error));
    if (typeof answer === 'string') return note('unanswered', answer);
    note(outcomeOf(answer, isRight), stringAt(answer.body, 'message') ?? JSON.stringify(answer.body));
  };
  const workers = Array.from({ length: AT_ONCE }, async () => {
    while (!isOver) {
      await write();
      if (pauseMs > 0) await sleep(pauseMs);
    }
  });

  const load: Load = {
    counts: () => ({ ...counts }),
    words: () => words,
    more: async (count) => {
      const start = verdicts(counts);
      await until(
        `${count} more writes met with a verdict`,
        { seconds: SECONDS },
        () => verdicts(counts) >= start + count,
      );
    },
    stop: async () => {
      isOver = true;
      await Promise.all(workers);
      return { ...counts };
    },
  };
  running.push(load);
  return load;
}

/** A test that has failed has not come to its end. */
const running: Load[] = [];
afterEach(async () => {
  for (const load of running.splice(0)) await load.stop();
});

function verdicts({ stored, denied }: Counts): number {
  return stored + denied;
}

interface Write {
  readonly path: string;
  readonly object: JsonValue;
  readonly isRight: boolean;
}

const WRITES: readonly ((namespace: string, number: number) => Write)[] = [right, wrong, toBeFilled];

function right(namespace: string, number: number): Write {
  return { ...configMap(namespace, number, { level: 'info' }), isRight: true };
}

function wrong(namespace: string, number: number): Write {
  return { ...configMap(namespace, number, { 'tls.key': '-----BEGIN RSA PRIVATE KEY-----' }), isRight: false };
}

function configMap(namespace: string, number: number, data: JsonObject) {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `load-${number}` }, data };
  return { path: `/api/v1/namespaces/${namespace}/configmaps`, object };
}

/** A dry run: Knative would make a Revision of each. */
function toBeFilled(namespace: string): Write {
  const path = `/apis/serving.knative.dev/v1/namespaces/${namespace}/services?dryRun=All`;
  return { path, object: JSON.parse(service()), isRight: true };
}

function outcomeOf({ status, body }: Answer, isRight: boolean): keyof Counts {
  const message = stringAt(body, 'message') ?? '';
  if (status === 201) return isRight && isFilled(body) ? 'stored' : 'unjudged';
  if (status === 403 && message.includes('defaults/not-applied')) return 'unfilled';
  if (status === 403 && message.includes('.policy.weir.dev" denied')) return isRight ? 'unjudged' : 'denied';
  if (status === 500 && message.includes('failed calling webhook')) return 'heldUp';
  return 'unanswered';
}

function isFilled(body: JsonValue): boolean {
  if (stringAt(body, 'kind') !== 'Service') return true;
  const place = ['spec', 'template', 'metadata', 'annotations', 'autoscaling.knative.dev/max-scale'];
  return stringAt(body, ...place) !== undefined && arrayAt(body, 'spec', 'template', 'spec', 'containers').length === 1;
}
