/** The least that an audit could cost: somebody reads what it reads, keeps of each object what it keeps, and does no more. */
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { auditController } from '../../controllers/audit/controller.ts';
import { declaredBy } from '../../controllers/manager/declared.ts';
import { linesOf } from '../../src/kubernetes/client/lines.ts';
import { collectionPath, query } from '../../src/kubernetes/client/resource.ts';
import { arrayAt, isObject, type JsonObject, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import { loadPolicies } from '../../src/policy/load/load.ts';
import { median } from '../admission/table.ts';
import { type Bench, POLICIES } from './bench.ts';
import { serversCpu } from './serversCpu.ts';

export interface Reading {
  readonly objects: number;
  /** Seconds. */
  readonly inPages: number;
  /** Seconds. */
  readonly asStreams: number;
  /** CPU seconds of the API server, the same. */
  readonly asStreamsOfServer: number;
}

/** As kubectl and client-go ask (k8s.io/client-go tools/pager). */
const PAGE = 500;
/** Of one object. */
const MOST_BYTES = 2 ** 24;

/** How often etcd is compacted; an API server's own five minutes would have to be waited for. */
const COMPACTS_EVERY_SECONDS = 30;
/** After which a cache takes notice of it (k8s.io/apiserver pkg/storage/cacher/compactor.go). */
const NOTICED_SECONDS = 15;

/** For kube-apiserver: what nobody writes to becomes in a minute what it becomes in ten in a cluster. */
export const SETTLING_FLAGS: readonly string[] = [`--etcd-compaction-interval=${COMPACTS_EVERY_SECONDS}s`];

/**
 * Waits until the objects are as in a cluster that stands: written so long ago that etcd was compacted since. The pages of
 * a list come from the API server's cache before, and from etcd after it.
 */
export async function settle(): Promise<void> {
  const seconds = 2 * COMPACTS_EVERY_SECONDS + NOTICED_SECONDS;
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

/** In turns: one reading may take twice as long as the next, as the API server collects its garbage. */
const ROUNDS = 3;

/** Medians. */
export async function readEverything(bench: Bench): Promise<Reading> {
  const lists = await listsOfTheAudit();
  await open(bench, lists);
  const rounds: Reading[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await readOnce(bench, lists));
  const of = (figure: (reading: Reading) => number) => median(rounds.map(figure));
  return {
    objects: of(({ objects }) => objects),
    inPages: of(({ inPages }) => inPages),
    asStreams: of(({ asStreams }) => asStreams),
    asStreamsOfServer: of(({ asStreamsOfServer }) => asStreamsOfServer),
  };
}

async function readOnce(bench: Bench, lists: readonly List[]): Promise<Reading> {
  const cpu = await serversCpu(bench);
  const [asStreams, streamed] = await timed(() => Promise.all(lists.map((list) => asStream(bench, list))));
  const asStreamsOfServer = (await serversCpu(bench)) - cpu;
  const [inPages, paged] = await timed(() => Promise.all(lists.map((list) => pageByPage(bench, list))));
  const [objects, others] = [paged.flat().length, streamed.flat().length];
  if (objects !== others) throw new Error(`${objects} objects came in pages, and ${others} as streams`);
  return { objects, inPages, asStreams, asStreamsOfServer };
}

const OPENS_MS = 3_000;

/** A definition's cache is begun with the first request for it, and streams are refused until it is there. */
async function open({ loader }: Bench, lists: readonly List[]): Promise<void> {
  for (const { path } of lists) await loader.ask({ method: 'GET', path: `${path}?limit=1` }).catch(unlessUnserved);
  await new Promise((resolve) => setTimeout(resolve, OPENS_MS));
}

async function timed<Value>(work: () => Promise<Value>): Promise<[number, Value]> {
  const began = performance.now();
  const value = await work();
  return [(performance.now() - began) / 1000, value];
}

interface List {
  readonly path: string;
  readonly selection: Readonly<Record<string, string | undefined>>;
  readonly keep: (object: JsonObject) => JsonObject;
}

/** The very lists with which the audit begins, as it says of itself, and what it keeps of each object. */
async function listsOfTheAudit(): Promise<List[]> {
  const { policies } = await loadPolicies(POLICIES, POLICIES);
  const { follows } = declaredBy(auditController(), {
    policyFor: (environment) => policies.get(environment),
    environments: () => [...policies.keys()],
    hash: () => '',
    onChange: () => () => {},
  });
  return follows.map(({ resource, namespace, fieldSelector, labelSelector, keep = (object) => object }) => ({
    path: collectionPath(resource, namespace),
    selection: { fieldSelector, labelSelector },
    keep,
  }));
}

/** Asked for, parsed, and what an audit keeps of it kept. */
async function pageByPage({ loader }: Bench, { path, selection, keep }: List): Promise<JsonObject[]> {
  const objects: JsonObject[] = [];
  for (let from: string | undefined; ; ) {
    const answer = await loader
      .ask({ method: 'GET', path: path + query({ ...selection, limit: PAGE, continue: from }) })
      .catch(unlessUnserved);
    if (answer === undefined) return objects;
    const page = JSON.parse(answer);
    for (const item of arrayAt(page, 'items')) if (isObject(item)) objects.push(keep(item));
    from = stringAt(page, 'metadata', 'continue');
    if (from === undefined || from === '') return objects;
  }
}

/** A kind that is not installed has no objects. */
function unlessUnserved(error: unknown): undefined {
  if (!String(error).includes(': 404 ')) throw error;
}

/** Kubernetes' WatchList: each object is a line, and a bookmark says that this was all. */
async function asStream({ cluster }: Bench, { path, selection, keep }: List): Promise<JsonObject[]> {
  const asked = { watch: true, allowWatchBookmarks: true, sendInitialEvents: true, timeoutSeconds: 300 };
  const parameters = query({ ...selection, ...asked, resourceVersionMatch: 'NotOlderThan' });
  const agent = new Agent({ ca: cluster.ca });
  const headers = { authorization: `Bearer ${cluster.token}`, accept: 'application/json' };
  try {
    const objects: JsonObject[] = [];
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      request(`${cluster.server}${path}${parameters}`, { agent, headers }, resolve).on('error', reject).end();
    });
    if (answer.statusCode === 404) return objects;
    for await (const line of linesOf(answer, MOST_BYTES)) {
      const { type, object }: JsonObject = JSON.parse(line);
      const item = objectAt(object) ?? {};
      if (type === 'BOOKMARK') return objects;
      if (type !== 'ADDED') throw new Error(`${path}: ${line.slice(0, 300)}`);
      objects.push(keep(item));
    }
    throw new Error(`${path}: the stream ended before it was done`);
  } finally {
    agent.destroy();
  }
}
