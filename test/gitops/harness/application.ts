/** What the suites ask of Argo CD, and how they wait for its answer. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  arrayAt,
  isObject,
  type JsonObject,
  type JsonValue,
  objectAt,
  stringAt,
} from '../../../src/kubernetes/json.ts';
import { type Api, itemsOf } from '../../../tools/controlplane/kubernetes/api.ts';
import { until } from '../../../tools/controlplane/process/wait.ts';

const DOCS = path.resolve(import.meta.dirname, '../../../docs/gitops.md');
const SECONDS = 180;
/** After that long Argo CD is asked again. */
const AGAIN_MS = 3_000;
const A_MINUTE_MS = 60_000;
const FOLDER = '/apis/argoproj.io/v1alpha1/namespaces/argocd';

export function applicationPath(name: string): string {
  return `${FOLDER}/applications/${name}`;
}

export function setPath(name: string): string {
  return `${FOLDER}/applicationsets/${name}`;
}

/** Lets the ApplicationSet read its repository now instead of after three minutes. */
export async function refreshSet(api: Api, name = 'teams'): Promise<void> {
  const annotations = { 'argocd.argoproj.io/application-set-refresh': 'true' };
  await api.patch(setPath(name), { metadata: { annotations } });
}

/** Lets each ApplicationSet read its repository: one of them makes the Application that is missed. */
async function refreshSets(api: Api): Promise<void> {
  for (const set of itemsOf(await api.get(`${FOLDER}/applicationsets`))) {
    await refreshSet(api, stringAt(set, 'metadata', 'name'));
  }
}

/** Lets an Application be compared now: `hard` also forgets what was rendered and compared before. */
export async function refresh(api: Api, name: string, how: 'normal' | 'hard' = 'normal'): Promise<void> {
  const annotations = { 'argocd.argoproj.io/refresh': how };
  await api.patch(applicationPath(name), { metadata: { annotations } });
}

/** Lets an Application be looked at, or be made where there is none. */
export async function pointOut(api: Api, name: string): Promise<void> {
  const { status } = await api.ask('GET', applicationPath(name));
  await (status === 404 ? refreshSets(api) : refresh(api, name));
}

/**
 * Looks until a look does not throw, and returns its answer. Argo CD is asked in between: at once, and again every three
 * seconds. It takes its annotations away when a look of its own ends, and with them what was asked while that was on its
 * way; a commit may come after it has read the repository.
 */
export async function untilAsked<T>(
  what: string,
  { seconds = SECONDS, again }: { readonly seconds?: number | undefined; readonly again: () => Promise<void> },
  look: () => Promise<T>,
): Promise<T> {
  let asked = Number.NEGATIVE_INFINITY;
  const { answer } = await until(what, { seconds }, async () => {
    try {
      return { answer: await look() };
    } catch (error) {
      if (Date.now() - asked > AGAIN_MS) {
        asked = Date.now();
        await again();
      }
      throw error;
    }
  });
  return answer;
}

/**
 * A comparison that began after this call. When it began counts in whole seconds: one that seems older than the call by
 * less than that may be of before, and another one is asked for.
 */
export async function compared(api: Api, name: string, how: 'normal' | 'hard' = 'hard'): Promise<JsonValue> {
  const begin = Date.now();
  return untilAsked(`${name} is compared again`, { again: () => refresh(api, name, how) }, async () => {
    const application = await api.get(applicationPath(name));
    const asked = stringAt(application, 'metadata', 'annotations', 'argocd.argoproj.io/refresh');
    const at = stringAt(application, 'status', 'reconciledAt') ?? '';
    if (asked === undefined && Date.parse(at) >= begin) return application;
    throw new Error(`refresh is ${asked}, compared at ${at}\n${said(application)}`);
  });
}

/**
 * Waits until Argo CD has compared the Application by itself for the second time, the last one a minute from now or
 * later, and returns it. Nobody asks it to: each comparison moves `reconciledAt`, which counts in whole seconds.
 */
export async function comparedByItself(api: Api, name: string): Promise<JsonValue> {
  const begin = Date.now();
  const looks = new Set<string>();
  const first = stringAt(await api.get(applicationPath(name)), 'status', 'reconciledAt');
  return until(`Argo CD has looked at ${name} again by itself`, { seconds: SECONDS }, async () => {
    const application = await api.get(applicationPath(name));
    const at = stringAt(application, 'status', 'reconciledAt');
    if (at !== undefined && at !== first) looks.add(at);
    if (looks.size >= 2 && Date.parse(at ?? '') >= begin + A_MINUTE_MS) return application;
    throw new Error(`it has looked at ${[...looks].join(', ')}`);
  });
}

export interface Wanted {
  readonly revision?: string;
  readonly sync?: 'Synced' | 'OutOfSync' | 'Unknown';
  readonly health?: string;
  /** Of the last operation. */
  readonly phase?: 'Succeeded' | 'Failed' | 'Error' | 'Running';
  /** Stands somewhere in what Argo CD says of it. */
  readonly words?: string;
  readonly seconds?: number;
}

/** Waits until the Application is as wanted, and returns it. */
export async function becomes(api: Api, name: string, wanted: Wanted): Promise<JsonValue> {
  const how = { seconds: wanted.seconds, again: () => pointOut(api, name) };
  return untilAsked(`${name} is ${JSON.stringify(wanted)}`, how, async () => {
    const { status, body } = await api.ask('GET', applicationPath(name));
    if (status !== 200) throw new Error(`there is no Application ${name}`);
    if (!isAs(body, wanted)) throw new Error(said(body));
    return body;
  });
}

function isAs(application: JsonValue, { revision, sync, health, phase, words }: Wanted): boolean {
  const status = objectAt(application, 'status');
  if (revision !== undefined && stringAt(status, 'sync', 'revision') !== revision) return false;
  if (sync !== undefined && stringAt(status, 'sync', 'status') !== sync) return false;
  if (health !== undefined && stringAt(status, 'health', 'status') !== health) return false;
  if (phase !== undefined && stringAt(status, 'operationState', 'phase') !== phase) return false;
  if (phase !== undefined && revision !== undefined) {
    if (stringAt(status, 'operationState', 'syncResult', 'revision') !== revision) return false;
  }
  return words === undefined || said(application).includes(words);
}

/** All that Argo CD says of an Application, for an error and for what must stand in it. */
export function said(application: JsonValue): string {
  const state = objectAt(application, 'status', 'operationState');
  const lines = [
    `sync ${stringAt(application, 'status', 'sync', 'status')} at ${stringAt(application, 'status', 'sync', 'revision')}`,
    `health ${stringAt(application, 'status', 'health', 'status')}`,
    `operation ${stringAt(state, 'phase')} from ${stringAt(state, 'startedAt')} to ${stringAt(state, 'finishedAt')}: ${stringAt(state, 'message')}`,
  ];
  const operation = objectAt(application, 'operation');
  if (operation !== undefined) lines.push(`asked for: ${JSON.stringify(operation)}`);
  for (const each of arrayAt(application, 'status', 'conditions')) {
    lines.push(`${stringAt(each, 'type')}: ${stringAt(each, 'message')}`);
  }
  for (const each of arrayAt(application, 'status', 'operationState', 'syncResult', 'resources')) {
    lines.push(`${resourceOf(each)} ${stringAt(each, 'status')}: ${stringAt(each, 'message')}`);
  }
  for (const each of arrayAt(application, 'status', 'resources')) {
    lines.push(
      `${resourceOf(each)} is ${stringAt(each, 'status')} ${stringAt(each, 'health', 'status')} ${stringAt(each, 'health', 'message')}`,
    );
  }
  return lines.join('\n');
}

/** `Service/cart` to `Synced`, of all that the Application is made of. */
export function resourcesOf(application: JsonValue): Record<string, string | undefined> {
  return Object.fromEntries(
    arrayAt(application, 'status', 'resources').map((each) => [resourceOf(each), stringAt(each, 'status')]),
  );
}

function resourceOf(each: JsonValue): string {
  return `${stringAt(each, 'kind')}/${stringAt(each, 'name')}`;
}

/**
 * Syncs once, by the patch of docs/gitops.md, and returns the Application once that is over.
 *
 * Two things are in it besides, by which nothing is done otherwise. Ours is known by what it carries: times count in whole
 * seconds, so that one operation may begin and end in the very second in which the one before has ended. And it holds only
 * for the Application as it was read: into another operation it is never written, which would be merged with it and take
 * it away when it ends. What the one before has left in the status stays, where `argocd app sync` takes it away
 * (util/argo/argo.go, SetAppOperation): who patches by hand leaves it, too.
 *
 * What is asked for while a comparison ends is there and not begun: the controller writes the Application that it read
 * before back into its cache (controller/appcontroller.go, writeBackToInformer). Any later change brings it to its mind.
 */
export async function syncNow(api: Api, name: string): Promise<JsonValue> {
  const id = randomUUID();
  const operation = syncOf(id);
  return untilAsked(`${name} has synced again`, { again: () => refresh(api, name) }, async () => {
    const application = await api.get(applicationPath(name));
    const state = objectAt(application, 'status', 'operationState');
    const isOurs = stringAt(state, 'operation', 'info', 0, 'value') === id;
    if (isOurs && OVER.has(stringAt(state, 'phase') ?? '')) return application;
    if (!isOurs && objectAt(application, 'operation') === undefined) {
      const resourceVersion = stringAt(application, 'metadata', 'resourceVersion') ?? '';
      await api.patch(applicationPath(name), { metadata: { resourceVersion }, operation });
    }
    throw new Error(said(application));
  });
}

const OVER: ReadonlySet<string> = new Set(['Succeeded', 'Failed', 'Error']);

/** What the patch of docs/gitops.md asks for, and what it is known by. */
function syncOf(id: string): JsonObject {
  const text = /application \S+ --type merge -p '(\{"operation".*\})'/.exec(readFileSync(DOCS, 'utf8'))?.[1];
  const patch: unknown = JSON.parse(text ?? '{}');
  if (!isObject(patch) || !isObject(patch.operation)) throw new Error(`${DOCS} shows no patch that syncs`);
  return { ...patch.operation, info: [{ name: 'asked', value: id }] };
}

/** An Application of the suite's own, beside those of the ApplicationSet. */
export async function createApplication(api: Api, name: string, spec: JsonObject, options = ''): Promise<void> {
  const annotations = options === '' ? {} : { 'argocd.argoproj.io/compare-options': options };
  await api.create(`${FOLDER}/applications`, {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, annotations },
    spec,
  });
}

/** The object, or undefined where there is none. */
export async function objectAtPath(api: Api, path: string): Promise<JsonObject | undefined> {
  const { status, body } = await api.ask('GET', path);
  return status === 200 && isObject(body) ? body : undefined;
}
