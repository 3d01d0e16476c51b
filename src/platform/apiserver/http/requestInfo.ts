/** What a path and a method ask for (k8s.io/apiserver pkg/endpoints/request/requestinfo.go). */
import { badRequest } from '../status/failure.ts';
import { withoutSlashesAround } from './slashes.ts';

export interface ResourceRequest {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly namespace: string;
  /** Empty for a collection. */
  readonly name: string;
  readonly subresource: string;
  /** `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`; empty for a method that is none. */
  readonly verb: string;
  /** True for `/api/v1/watch/…`. */
  readonly isOldWatch: boolean;
}

const VERBS: Readonly<Record<string, string>> = {
  POST: 'create',
  GET: 'get',
  HEAD: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};
const NAMESPACE_SUBRESOURCES = ['status', 'finalize'];

/** @returns undefined for a path that leads to no resource: discovery, health, anything else */
export function resourceRequestOf(method: string, path: string, query: URLSearchParams): ResourceRequest | undefined {
  let steps = stepsOf(path);
  if (steps.length < 3) return undefined;
  const [prefix] = steps;
  if (prefix !== 'api' && prefix !== 'apis') return undefined;
  steps = steps.slice(1);

  let group = '';
  if (prefix === 'apis') {
    if (steps.length < 3) return undefined;
    group = steps[0] ?? '';
    steps = steps.slice(1);
  }
  const version = steps[0] ?? '';
  steps = steps.slice(1);

  const isOldWatch = steps[0] === 'watch' && steps.length > 1;
  if (isOldWatch) steps = steps.slice(1);

  let namespace = '';
  if (steps[0] === 'namespaces' && steps.length > 1) {
    namespace = steps[1] ?? '';
    if (steps.length > 2 && !NAMESPACE_SUBRESOURCES.includes(steps[2] ?? '')) steps = steps.slice(2);
  }
  const [plural = '', name = '', subresource = ''] = steps;
  const verb = isOldWatch ? 'watch' : verbFor(VERBS[method] ?? '', name, query);
  return { group, version, plural, namespace, name, subresource, verb, isOldWatch };
}

function verbFor(verb: string, name: string, query: URLSearchParams): string {
  if (name !== '') return verb;
  if (verb === 'delete') return 'deletecollection';
  if (verb !== 'get') return verb;
  return isTrue(query.get('watch')) ? 'watch' : 'list';
}

/** As Kubernetes reads a flag of a query: what is there counts, unless it says no. */
export function isTrue(value: string | null): boolean {
  return value !== null && value.toLowerCase() !== 'false' && value !== '0';
}

/** The steps of a path, each decoded. @throws Failure 400 where one cannot be */
export function stepsOf(path: string): string[] {
  const trimmed = withoutSlashesAround(path);
  if (trimmed === '') return [];
  try {
    return trimmed.split('/').map(decodeURIComponent);
  } catch {
    throw badRequest(`the path ${JSON.stringify(path)} is not well encoded`);
  }
}
