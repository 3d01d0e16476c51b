/**
 * GET pods/{name}/log: what a container wrote, as the node that runs it keeps it (k8s.io/kubernetes
 * pkg/registry/core/pod/rest/log.go and strategy.go, pkg/kubelet/kubelet_pods.go).
 */
import { once } from 'node:events';
import { arrayAt, isObject, type JsonObject, objectAt, stringAt } from '../../../kubernetes/json.ts';
import type { ContainerLogs, LogPlace } from '../../processes/logs/logs.ts';
import type { ReadOptions } from '../../processes/logs/read.ts';
import { badRequest, Failure } from '../status/failure.ts';
import { type Exchange, setWarnings } from './reply.ts';
import { isTrue } from './requestInfo.ts';

export type PodLogs = Pick<ContainerLogs, 'read'>;

/**
 * Streams until the log ends, the client goes, or `end` of the result's signal is called.
 *
 * @param keep takes what ends it, and gives what forgets it
 * @throws Failure
 */
export async function servePodLog(
  logs: PodLogs,
  exchange: Exchange,
  pod: JsonObject,
  keep: (end: () => void) => () => void,
): Promise<void> {
  const { response, query } = exchange;
  const options = optionsOf(query, stringAt(pod, 'metadata', 'name') ?? '');
  const container = containerOf(pod, query.get('container') ?? '');
  const place = placeOf(pod, container, isTrue(query.get('previous')));
  const ending = new AbortController();
  const pieces = logs.read(place, { ...options, signal: ending.signal });
  if (pieces === undefined) throw noLog(pod, container);

  const end = (): void => ending.abort();
  const forget = keep(end);
  response.once('close', end);
  setWarnings(exchange);
  response.writeHead(200, { 'Content-Type': 'text/plain' });
  response.flushHeaders();
  try {
    for await (const piece of pieces) {
      if (ending.signal.aborted) break;
      // who reads slowly holds up this answer alone
      if (!response.write(piece)) await once(response, 'drain', { signal: ending.signal });
    }
  } catch (error) {
    if (!ending.signal.aborted) throw error;
  } finally {
    forget();
    response.end();
  }
}

const WHOLE = /^-?\d+$/;

function optionsOf(query: URLSearchParams, pod: string): ReadOptions {
  const problems: string[] = [];
  const numberOf = (name: string, least: number): number | undefined => {
    const text = query.get(name);
    if (text === null || text === '') return undefined;
    if (!WHOLE.test(text)) throw badRequest(`${name}=${JSON.stringify(text)} is no whole number`);
    const found = Number(text);
    const bound = least === 0 ? 'greater than or equal to 0' : 'greater than 0';
    if (found < least) problems.push(`${name}: Invalid value: ${text}: must be ${bound}`);
    return found;
  };
  const tailLines = numberOf('tailLines', 0);
  const limitBytes = numberOf('limitBytes', 1);
  const sinceSeconds = numberOf('sinceSeconds', 1);
  const sinceText = query.get('sinceTime') ?? '';
  const sinceTime = sinceText === '' ? undefined : new Date(sinceText);
  if (sinceTime !== undefined && Number.isNaN(sinceTime.getTime())) {
    throw badRequest(`sinceTime=${JSON.stringify(sinceText)} is no time, such as 2026-05-04T08:00:00Z`);
  }
  if (sinceTime !== undefined && sinceSeconds !== undefined) {
    problems.push('sinceSeconds: Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified');
  }
  const stream = streamOf(query.get('stream') ?? 'All', problems);
  if (problems.length > 0) {
    const shown = problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`;
    throw new Failure(422, 'Invalid', `PodLogOptions "${pod}" is invalid: ${shown}`, {
      name: pod,
      kind: 'PodLogOptions',
    });
  }
  const since = sinceSeconds === undefined ? sinceTime : new Date(Date.now() - sinceSeconds * 1000);
  return {
    follow: isTrue(query.get('follow')),
    hasTimestamps: isTrue(query.get('timestamps')),
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(limitBytes === undefined ? {} : { limitBytes }),
    ...(since === undefined ? {} : { since }),
    ...(stream === undefined ? {} : { stream }),
  };
}

function streamOf(text: string, problems: string[]): 'stdout' | 'stderr' | undefined {
  if (text === 'Stdout') return 'stdout';
  if (text === 'Stderr') return 'stderr';
  if (text !== 'All')
    problems.push(`stream: Unsupported value: "${text}": supported values: "All", "Stderr", "Stdout"`);
  return undefined;
}

/** The one that is named, or the only one. @throws Failure 400 */
function containerOf(pod: JsonObject, wanted: string): string {
  const name = stringAt(pod, 'metadata', 'name') ?? '';
  const namesOf = (field: string): string[] =>
    arrayAt(pod, 'spec', field).map((container) => stringAt(container, 'name') ?? '');
  const mains = namesOf('containers');
  const inits = namesOf('initContainers');
  if (wanted !== '') {
    if ([...mains, ...inits].includes(wanted)) return wanted;
    throw badRequest(`container ${wanted} is not valid for pod ${name}`);
  }
  const [first] = mains;
  if (first !== undefined && mains.length === 1 && inits.length === 0) return first;
  const marked = stringAt(pod, 'metadata', 'annotations', 'kubectl.kubernetes.io/default-container') ?? '';
  if (mains.includes(marked)) return marked;
  if (first !== undefined && mains.length === 1) return first;
  const also = inits.length === 0 ? '' : ` or one of the init containers: [${inits.join(' ')}]`;
  throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${mains.join(' ')}]${also}`);
}

/** Which of its starts: by the id that its status names. @throws Failure 400 where it has not been started */
function placeOf(pod: JsonObject, container: string, isPrevious: boolean): LogPlace {
  const at = (field: string): string => stringAt(pod, 'metadata', field) ?? '';
  const statuses = [...arrayAt(pod, 'status', 'containerStatuses'), ...arrayAt(pod, 'status', 'initContainerStatuses')];
  const status = statuses.filter(isObject).find((each) => each.name === container);
  const last = stringAt(status, 'lastState', 'terminated', 'containerID') ?? '';
  const id = isPrevious ? last : startedId(status, last);
  const start = /^weir:\/\/.*\/(\d+)$/.exec(id)?.[1];
  if (start !== undefined) {
    return { namespace: at('namespace'), pod: at('name'), uid: at('uid'), container, start: Number(start) };
  }
  if (isPrevious) throw badRequest(`previous terminated container "${container}" in pod "${at('name')}" not found`);
  const why = stringAt(status, 'state', 'waiting', 'reason') ?? 'ContainerCreating';
  throw badRequest(`container "${container}" in pod "${at('name')}" is waiting to start: ${why}`);
}

function startedId(status: JsonObject | undefined, last: string): string {
  const isWaiting = objectAt(status, 'state', 'waiting') !== undefined;
  return isWaiting ? last : (stringAt(status, 'containerID') ?? '');
}

function noLog(pod: JsonObject, container: string): Failure {
  const message = `nothing is kept any more of what container "${container}" in pod "${stringAt(pod, 'metadata', 'name') ?? ''}" wrote`;
  return new Failure(404, 'NotFound', message, {});
}
