/** What the suites ask of Argo CD, and how they wait for its answer. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  arrayAt,
  isObject,
  type JsonObject,
  type JsonValue,
  objectAt,
  stringAt,
} from '../../../src/kubernetes/json.ts';
import type { Api } from '../../../tools/controlplane/kubernetes/api.ts';
import { until } from '../../../tools/controlplane/process/wait.ts';

const SECONDS = 180;
/** After that long a commit is pointed out to Argo CD again. */
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

/** Lets an Application be compared now: `hard` also forgets what was rendered and compared before. */
export async function refresh(api: Api, name: string, how: 'normal' | 'hard' = 'normal'): Promise<void> {
  const annotations = { 'argocd.argoproj.io/refresh': how };
  await api.patch(applicationPath(name), { metadata: { annotations } });
}

/** A comparison that began after this call: Argo CD takes the annotation away when it begins. */
export async function compared(api: Api, name: string, how: 'normal' | 'hard' = 'hard'): Promise<JsonValue> {
  const before = stringAt(await api.get(applicationPath(name)), 'status', 'reconciledAt');
  // it counts in whole seconds: a comparison within the same one could not be told from the one before
  if (before !== undefined) await sleep(Math.max(0, Date.parse(before) + 1_000 - Date.now()));
  await refresh(api, name, how);
  return until(`${name} is compared again`, { seconds: SECONDS }, async () => {
    const application = await api.get(applicationPath(name));
    const isAsked = stringAt(application, 'metadata', 'annotations', 'argocd.argoproj.io/refresh') !== undefined;
    return !isAsked && stringAt(application, 'status', 'reconciledAt') !== before && application;
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
  let asked = 0;
  const what = `${name} is ${JSON.stringify(wanted)}`;
  return until(what, { seconds: wanted.seconds ?? SECONDS }, async () => {
    const { status, body } = await api.ask('GET', applicationPath(name));
    if (status !== 200) throw new Error(`there is no Application ${name}`);
    if (Date.now() - asked > AGAIN_MS) {
      asked = Date.now();
      await refresh(api, name);
    }
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
  const lines = [
    `sync ${stringAt(application, 'status', 'sync', 'status')} at ${stringAt(application, 'status', 'sync', 'revision')}`,
    `health ${stringAt(application, 'status', 'health', 'status')}`,
    `operation ${stringAt(application, 'status', 'operationState', 'phase')}: ${stringAt(application, 'status', 'operationState', 'message')}`,
  ];
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

/** Syncs once, as `argocd app sync` does. */
export async function syncNow(api: Api, name: string): Promise<JsonValue> {
  const before = stringAt(await api.get(applicationPath(name)), 'status', 'operationState', 'finishedAt');
  const operation = { initiatedBy: { username: 'test' }, sync: { syncStrategy: { apply: {} } } };
  await api.patch(applicationPath(name), { operation });
  return until(`${name} has synced again`, { seconds: SECONDS }, async () => {
    const application = await api.get(applicationPath(name));
    const state = objectAt(application, 'status', 'operationState');
    const finished = stringAt(state, 'finishedAt');
    return finished !== undefined && finished !== before && stringAt(state, 'phase') !== 'Running' && application;
  });
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
