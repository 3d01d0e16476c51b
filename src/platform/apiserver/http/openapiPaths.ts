/**
 * The paths of an OpenAPI v3 document, as far as clients read them: which operations there are on which kind, what can
 * be sent to them, and their query parameters (k8s.io/apiserver pkg/endpoints/installer.go). kubectl looks here whether
 * a kind takes `dryRun`, `fieldValidation` and server-side apply.
 */
import type { JsonObject } from '../../../kubernetes/json.ts';
import type { Resource } from '../resources/resource.ts';

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const PATCH_TYPES = [
  'application/apply-patch+yaml',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
];
const WRITE = ['dryRun', 'fieldManager', 'fieldValidation'];
const LIST = [
  'allowWatchBookmarks',
  'continue',
  'fieldSelector',
  'labelSelector',
  'limit',
  'resourceVersion',
  'resourceVersionMatch',
  'sendInitialEvents',
  'timeoutSeconds',
  'watch',
];
const DELETE = [
  'dryRun',
  'gracePeriodSeconds',
  'ignoreStoreReadErrorWithClusterBreakingPotential',
  'orphanDependents',
  'propagationPolicy',
];
const TYPES: Readonly<Record<string, string>> = {
  allowWatchBookmarks: 'boolean',
  force: 'boolean',
  gracePeriodSeconds: 'integer',
  ignoreStoreReadErrorWithClusterBreakingPotential: 'boolean',
  limit: 'integer',
  orphanDependents: 'boolean',
  sendInitialEvents: 'boolean',
  timeoutSeconds: 'integer',
  watch: 'boolean',
};

/** What a path is about. */
interface Subject {
  readonly resource: Resource;
  /** `listCoreV1NamespacedPod`: the part behind the verb. */
  readonly called: string;
  /** The name of the definition that is read and written. */
  readonly schema: string;
  readonly listSchema: string;
  readonly kind: JsonObject;
}

/** @param schemaName of the definition of a kind */
export function pathsOf(resource: Resource, schemaName: string, listSchemaName: string): Record<string, JsonObject> {
  const { group, version, plural, kind, isNamespaced, verbs } = resource;
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const own = isNamespaced ? `${root}/namespaces/{namespace}/${plural}` : `${root}/${plural}`;
  const subject: Subject = {
    resource,
    called: `${titleOf(group === '' ? 'core' : group)}${titleOf(version)}${isNamespaced ? 'Namespaced' : ''}${kind}`,
    schema: schemaName,
    listSchema: listSchemaName,
    kind: { group, version, kind },
  };
  const paths: Record<string, JsonObject> = { [own]: collection(subject) };
  const isStored = verbs.includes('get');
  if (isStored) paths[`${own}/{name}`] = item(subject);
  if (isNamespaced && verbs.includes('list')) {
    const called = subject.called.replace(`Namespaced${kind}`, `${kind}ForAllNamespaces`);
    paths[`${root}/${plural}`] = { get: operation(subject, 'list', `list${called}`, LIST, subject.listSchema) };
  }
  if (resource.hasStatus) paths[`${own}/{name}/status`] = status(subject);
  return paths;
}

function collection(subject: Subject): JsonObject {
  const { called, listSchema, schema, resource } = subject;
  const can = (verb: string) => resource.verbs.some((each) => each === verb);
  return {
    ...(can('list') && { get: operation(subject, 'list', `list${called}`, LIST, listSchema) }),
    ...(can('create') && { post: written(subject, 'post', `create${called}`, schema) }),
    ...(can('deletecollection') && {
      delete: deleted(subject, 'deletecollection', `delete${called.replace(/Namespaced|$/, 'Collection$&')}`),
    }),
    parameters: [...namespaceOf(subject.resource), query('pretty')],
  };
}

function item(subject: Subject): JsonObject {
  const { called, schema, resource } = subject;
  return {
    get: operation(subject, 'get', `read${called}`, [], schema),
    put: written(subject, 'put', `replace${called}`, schema),
    delete: deleted(subject, 'delete', `delete${called}`),
    patch: patched(subject, `patch${called}`, schema),
    parameters: [inPath('name', `name of the ${resource.kind}`), ...namespaceOf(resource), query('pretty')],
  };
}

function status(subject: Subject): JsonObject {
  const { called, schema, resource } = subject;
  return {
    get: operation(subject, 'get', `read${called}Status`, [], schema),
    put: written(subject, 'put', `replace${called}Status`, schema),
    patch: patched(subject, `patch${called}Status`, schema),
    parameters: [inPath('name', `name of the ${resource.kind}`), ...namespaceOf(resource), query('pretty')],
  };
}

function operation(
  { kind, resource }: Subject,
  action: string,
  operationId: string,
  parameters: readonly string[],
  answer: string,
): JsonObject {
  return {
    tags: [`${resource.group === '' ? 'core' : lowered(titleOf(resource.group))}_${resource.version}`],
    operationId,
    ...(parameters.length > 0 && { parameters: parameters.map(query) }),
    responses: { '200': { description: 'OK', content: json(answer) }, '401': { description: 'Unauthorized' } },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': kind,
  };
}

function written(subject: Subject, action: string, operationId: string, schema: string): JsonObject {
  return {
    ...operation(subject, action, operationId, WRITE, schema),
    requestBody: { content: { '*/*': { schema: reference(schema) } }, required: true },
  };
}

function patched(subject: Subject, operationId: string, schema: string): JsonObject {
  // a custom resource has no strategic merge patch
  const types = subject.resource.isCustom ? PATCH_TYPES.slice(0, -1) : PATCH_TYPES;
  const content = Object.fromEntries(types.map((type) => [type, { schema: reference(`${META}.Patch`) }]));
  return {
    ...operation(subject, 'patch', operationId, [...WRITE, 'force'], schema),
    requestBody: { content, required: true },
  };
}

function deleted(subject: Subject, action: string, operationId: string): JsonObject {
  const parameters = action === 'delete' ? DELETE : [...DELETE, ...LIST.filter((name) => name !== 'watch')];
  return {
    ...operation(subject, action, operationId, parameters, `${META}.Status`),
    requestBody: { content: { '*/*': { schema: reference(`${META}.DeleteOptions`) } } },
  };
}

function query(name: string): JsonObject {
  return { name, in: 'query', schema: { type: TYPES[name] ?? 'string', uniqueItems: true } };
}

function inPath(name: string, description: string): JsonObject {
  return { name, in: 'path', description, required: true, schema: { type: 'string', uniqueItems: true } };
}

function namespaceOf({ isNamespaced }: Resource): JsonObject[] {
  return isNamespaced ? [inPath('namespace', 'object name and auth scope, such as for teams and projects')] : [];
}

function json(schema: string): JsonObject {
  return { 'application/json': { schema: reference(schema) } };
}

export function reference(schema: string): JsonObject {
  return { $ref: `#/components/schemas/${schema}` };
}

/** `rbac.authorization.k8s.io` is `RbacAuthorization`, `example.com` is `ExampleCom`. */
function titleOf(name: string): string {
  return name
    .replace(/\.k8s\.io$/, '')
    .split(/[.-]/)
    .map((part) => `${part.charAt(0).toUpperCase()}${part.slice(1)}`)
    .join('');
}

function lowered(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}
