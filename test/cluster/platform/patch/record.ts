/** Sends generated sequences to a real API server and keeps what it answers. */
import { isObject, type JsonObject, numberAt, objectAt, stringAt } from '../../../../src/kubernetes/json.ts';
import type { Api } from '../../../../tools/controlplane/kubernetes/api.ts';
import type { Recorded } from '../../../platform/apiserver/patch/sequences/compare.ts';
import { type Step, sequence } from '../../../platform/apiserver/patch/sequences/generate.ts';
import { collectionPath, type Kind } from '../../../platform/apiserver/patch/sequences/kinds.ts';

export interface Site {
  readonly api: Api;
  readonly namespace: string;
  /** ConfigMaps that own objects: an owner that is not there has its objects deleted. */
  readonly owners: readonly string[];
}

export interface RecordedSequence {
  readonly seed: number;
  readonly kind: Kind;
  readonly steps: readonly Recorded[];
}

const TYPES = {
  create: 'application/json',
  update: 'application/json',
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

/** So that no two steps have the same time, which managedFields tell in seconds. */
const BETWEEN_MS = 1050;

export async function record(site: Site, seed: number, count: number): Promise<RecordedSequence> {
  const { kind, next } = sequence(seed);
  const name = `s${seed}`;
  const steps: Recorded[] = [];
  let live: JsonObject | undefined;
  for (let index = 0; index < count; index++) {
    const step = stepFor(next(live), name, site);
    await pause(BETWEEN_MS);
    const before = live === undefined ? undefined : await settled(site, kind, name);
    const sent = stepAt(kind, step, before);
    const { status, body } = await send(site, kind, name, sent);
    const answer = isObject(body) ? body : {};
    if (!isDisturbed(status, answer)) steps.push({ live: before, step: sent, status, answer });
    if (status < 300) live = answer;
  }
  await release(site, kind, name);
  return { seed, kind, steps };
}

/** Without finalizers, which nobody would ever take away. */
async function release({ api, namespace }: Site, kind: Kind, name: string): Promise<void> {
  const place = `${collectionPath(kind, namespace)}/${name}`;
  await api.ask('PATCH', place, { metadata: { finalizers: null } }, TYPES.merge);
}

function stepFor(step: Step, name: string, { owners }: Site): Step {
  const text = JSON.stringify(step.body)
    .replaceAll('"name":"it"', `"name":"${name}"`)
    .replaceAll('\\"name\\":\\"it\\"', `\\"name\\":\\"${name}\\"`)
    .replaceAll('00000000-0000-0000-0000-000000000001', owners[0] ?? '')
    .replaceAll('00000000-0000-0000-0000-000000000002', owners[1] ?? '');
  return { ...step, body: JSON.parse(text) };
}

/**
 * The step with the resourceVersion of what it changes, as an update has it; for a Deployment each step, so that it is
 * refused where the controller has written since.
 */
function stepAt(kind: Kind, step: Step, live: JsonObject | undefined): Step {
  const { type, body } = step;
  const resourceVersion = stringAt(live, 'metadata', 'resourceVersion');
  if (resourceVersion === undefined || (type !== 'update' && kind !== 'Deployment')) return step;
  if (Array.isArray(body)) {
    return { ...step, body: [...body, { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion }] };
  }
  if (!isObject(body)) return step;
  return { ...step, body: { ...body, metadata: { ...objectAt(body, 'metadata'), resourceVersion } } };
}

function send({ api, namespace }: Site, kind: Kind, name: string, step: Step): ReturnType<Api['ask']> {
  const { type, manager, force, subresource, body } = step;
  const collection = collectionPath(kind, namespace);
  const options = `?fieldManager=${manager}${type === 'apply' && force ? '&force=true' : ''}`;
  if (type === 'create') return api.ask('POST', `${collection}${options}`, body, TYPES.create);
  const place = `${collection}/${name}${subresource === '' ? '' : `/${subresource}`}`;
  return api.ask(type === 'update' ? 'PUT' : 'PATCH', `${place}${options}`, body, TYPES[type]);
}

/** The object when its controller has done what it does. */
async function settled({ api, namespace }: Site, kind: Kind, name: string): Promise<JsonObject | undefined> {
  let last = '';
  for (let tries = 0; ; tries++) {
    const body = await api.get(`${collectionPath(kind, namespace)}/${name}`);
    const object = isObject(body) ? body : {};
    const version = stringAt(object, 'metadata', 'resourceVersion') ?? '';
    const isSeen = numberAt(object, 'status', 'observedGeneration') === numberAt(object, 'metadata', 'generation');
    if (kind !== 'Deployment' || (isSeen && version === last) || tries >= 40) return object;
    last = version;
    await pause(25);
  }
}

/** Whether a controller has written between our look at the object and the step. */
function isDisturbed(status: number, answer: JsonObject): boolean {
  return status === 409 && stringAt(answer, 'message')?.includes('has been modified') === true;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
