/** Requests for resources: which call of the pipeline each is. */

import type { Clock } from '../../../kubernetes/clock.ts';
import type { JsonValue } from '../../../kubernetes/json.ts';
import type { User } from '../auth/user.ts';
import { type Objects, objectOf, type PatchType, type Target } from '../objects/objects.ts';
import { selectionOf } from '../objects/selectors/selectors.ts';
import type { Resource, Resources } from '../resources/resource.ts';
import { badRequest, Failure, methodNotAllowed, noSuchPath, unsupportedMediaType } from '../status/failure.ts';
import type { Reader } from '../store/store.ts';
import { negotiate } from './accept.ts';
import { mediaTypeOf, parseBody, parseJsonBody, parseYaml, readBody } from './body.ts';
import { type Forms, formsOf, type TableMaker } from './forms.ts';
import { listOptionsOf, watchRequestOf } from './listOptions.ts';
import { type PodLogs, servePodLog } from './podLog.ts';
import { deleteOptionsOf, selectorsOf, writeOptionsOf } from './query.ts';
import { type Exchange, replyNoPage, replyPieces, replyText } from './reply.ts';
import type { ResourceRequest } from './requestInfo.ts';
import { streamWatch } from './watch.ts';

export interface ResourceServing {
  readonly objects: Objects;
  readonly resources: Resources;
  readonly reader: Reader;
  readonly clock: Clock;
  readonly makeTable: TableMaker;
  /** From 0 up to 1. */
  chance(): number;
  /** Takes what ends a watch, and gives what forgets it. */
  keepWatch(end: () => void): () => void;
  /** What containers write; absent where nothing runs them. */
  readonly logs?: PodLogs;
}

const PATCH_TYPES: Readonly<Record<string, PatchType>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};

/** Answers it. @throws Failure */
export async function serveResource(
  serving: ResourceServing,
  exchange: Exchange,
  asked: ResourceRequest,
  user: User,
  warn: (sentence: string) => void,
): Promise<void> {
  const { group, version, plural, namespace, name, subresource, verb } = asked;
  const resource = serving.resources.find(group, version, plural);
  if (resource === undefined) {
    if (serving.resources.all().some((each) => each.group === group && !each.isCustom)) throw noSuchPath();
    replyNoPage(exchange);
    return;
  }
  const isOfNamespace = resource.isNamespaced && namespace === '';
  if (resource.isCustom && isOfNamespace && !['get', 'list', 'watch'].includes(verb)) {
    replyNoPage(exchange);
    return;
  }
  const target: Target = {
    resource,
    subresource,
    namespace: resource.isNamespaced ? namespace : '',
    name,
    user,
    agent: productOf(exchange.request.headers['user-agent'] ?? ''),
    warn,
  };
  checkPath(resource, asked);
  if (resource.deprecation !== undefined) warn(resource.deprecation);
  if (subresource !== '' && SUBRESOURCE_VERBS[subresource] === undefined) {
    const whole = objectOf(serving.objects.get({ ...target, subresource: '' })); // what is not there is told first
    if (subresource === 'log' && verb === 'get' && serving.logs !== undefined) {
      return servePodLog(serving.logs, exchange, whole, (end) => serving.keepWatch(end));
    }
    throw notServed(resource, subresource);
  }
  const { headers } = exchange.request;
  const forms = formsOf(negotiate(headers.accept), exchange.query, serving.makeTable);
  switch (verb) {
    case 'get':
      return answer(exchange, target, forms, serving.objects.get(target));
    case 'list':
      return list(serving, exchange, target, forms);
    case 'watch':
      return watch(serving, exchange, target, forms);
    case 'create':
      return answer(exchange, target, forms, await create(serving, exchange, target));
    case 'update':
      return answer(exchange, target, forms, await update(serving, exchange, target));
    case 'patch':
      return answer(exchange, target, forms, await patch(serving, exchange, target));
    case 'delete':
      return answer(exchange, target, forms, await remove(serving, exchange, target));
    default:
      return removeCollection(serving, exchange, target, forms);
  }
}

/** @throws Failure 404 where there is no such path, 405 where there is and this cannot be done there */
function checkPath(resource: Resource, { namespace, name, subresource, verb, isOldWatch }: ResourceRequest): void {
  const isCollection = name === '';
  const isOwnNamespace = resource.storedAs === 'namespaces' && name === namespace;
  if (!resource.isNamespaced && namespace !== '' && !isOwnNamespace) throw noSuchPath();
  // an object of a namespaced resource is found in its namespace alone
  if (resource.isNamespaced && namespace === '' && !isCollection) throw noSuchPath();
  if (subresource !== '') {
    checkSubresource(resource, subresource, verb);
    return;
  }
  const isServed = resource.verbs.some((each) => each === verb);
  const fitsPath = isCollection
    ? ['list', 'watch', 'create', 'deletecollection'].includes(verb)
    : ['get', 'update', 'patch', 'delete', 'watch'].includes(verb);
  const needsNamespace =
    resource.isNamespaced && namespace === '' && (verb === 'create' || verb === 'deletecollection');
  if (verb === 'watch' && !isCollection && !isOldWatch) throw notHere(resource, verb);
  if (!isServed || !fitsPath || needsNamespace) throw notHere(resource, verb);
}

const SUBRESOURCE_VERBS: Readonly<Record<string, readonly string[]>> = {
  status: ['get', 'update', 'patch'],
  scale: ['get', 'update', 'patch'],
  finalize: ['update'],
  approval: ['get', 'update', 'patch'],
  binding: ['create'],
  eviction: ['create'],
  token: ['create'],
};

function checkSubresource(resource: Resource, subresource: string, verb: string): void {
  const isThere =
    (subresource === 'status' && resource.hasStatus) ||
    (subresource === 'scale' && resource.scale !== undefined) ||
    resource.subresources.includes(subresource);
  if (!isThere) throw noSuchPath();
  const verbs = SUBRESOURCE_VERBS[subresource];
  if (verbs !== undefined && !verbs.includes(verb)) throw notHere(resource, verb);
}

/** What needs a node that runs pods: log, exec, attach, port-forward, proxy. */
function notServed({ plural }: Resource, subresource: string): Failure {
  const message = `${plural}/${subresource} is not served: no node runs pods here`;
  return new Failure(501, 'NotImplemented', message, {});
}

function notHere(resource: Resource, verb: string): Failure {
  if (resource.isCustom) return methodNotAllowed(resource, verb);
  const message = 'the server does not allow this method on the requested resource';
  return new Failure(405, 'MethodNotAllowed', message, {});
}

async function answer(
  exchange: Exchange,
  { resource }: Target,
  forms: Forms,
  given: Awaited<ReturnType<Objects['create']>>,
): Promise<void> {
  await replyText(exchange, given.code, forms.one(given, resource));
}

async function list({ reader }: ResourceServing, exchange: Exchange, target: Target, forms: Forms): Promise<void> {
  const { resource, namespace } = target;
  const { query } = exchange;
  const options = listOptionsOf(query);
  const selectors = selectorsOf(query, resource);
  const page = reader.list(selectionOf(resource, namespace, selectors), options);
  await replyPieces(exchange, 200, forms.list(page, resource));
}

async function watch(serving: ResourceServing, exchange: Exchange, target: Target, forms: Forms): Promise<void> {
  const { reader, clock } = serving;
  const { resource, namespace, name } = target;
  const { query } = exchange;
  const asked = watchRequestOf(query);
  const selectors = selectorsOf(query, resource);
  const fields = name === '' ? selectors.fields : [{ field: 'metadata.name', value: name, isNot: false }];
  const selection = selectionOf(resource, namespace, { ...selectors, fields });
  const end = streamWatch({ exchange, reader, clock, resource, selection, forms, asked, chance: serving.chance() });
  const forget = serving.keepWatch(end);
  exchange.response.once('close', forget);
}

async function create({ objects }: ResourceServing, exchange: Exchange, target: Target) {
  const options = writeOptionsOf(exchange.query, 'CreateOptions');
  const bytes = await readBody(exchange.request);
  const body = parseBody(bytes, mediaTypeOf(exchange.request), options.fieldValidation !== 'Ignore');
  return objects.create(target, options, body);
}

async function update({ objects }: ResourceServing, exchange: Exchange, target: Target) {
  const options = writeOptionsOf(exchange.query, 'UpdateOptions');
  const bytes = await readBody(exchange.request);
  const body = parseBody(bytes, mediaTypeOf(exchange.request), options.fieldValidation !== 'Ignore');
  return objects.update(target, options, body);
}

async function patch({ objects }: ResourceServing, exchange: Exchange, target: Target) {
  const mediaType = mediaTypeOf(exchange.request);
  const type = PATCH_TYPES[mediaType];
  const accepted = Object.keys(PATCH_TYPES).filter(
    (each) => PATCH_TYPES[each] !== 'strategic' || !target.resource.isCustom,
  );
  if (type === undefined || !accepted.includes(mediaType)) {
    if (target.resource.isCustom) throw unsupportedMediaType(accepted);
    throw new Failure(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
  }

  const options = writeOptionsOf(exchange.query, 'PatchOptions', type === 'apply');
  const bytes = await readBody(exchange.request);
  const body = type === 'apply' ? parseYaml(bytes) : parseJsonBody(bytes, options.fieldValidation !== 'Ignore');
  return objects.patch(target, options, { type, body, force: options.force });
}

async function remove({ objects }: ResourceServing, exchange: Exchange, target: Target) {
  return objects.delete(target, deleteOptionsOf(exchange.query, await deleteBody(exchange)));
}

async function removeCollection(
  { objects }: ResourceServing,
  exchange: Exchange,
  target: Target,
  forms: Forms,
): Promise<void> {
  const { query } = exchange;
  listOptionsOf(query); // what is wrong with them is said before anything is deleted
  const selectors = selectorsOf(query, target.resource);
  const options = deleteOptionsOf(query, await deleteBody(exchange));
  const page = await objects.deleteCollection(target, options, selectors);
  await replyPieces(exchange, 200, forms.list(page, target.resource));
}

async function deleteBody({ request }: Exchange): Promise<JsonValue | undefined> {
  const bytes = await readBody(request);
  if (bytes.length === 0) return undefined;
  const { value, fault } = parseBody(bytes, mediaTypeOf(request), false);
  if (fault !== undefined) throw badRequest(`couldn't get version/kind; json parse error: ${fault}`);
  return value;
}

const MANAGER_BYTES = 128;

/** Who changes objects where no field manager is named: the product of the User-Agent, cut to what is printable. */
function productOf(agent: string): string {
  let product = '';
  for (const character of agent.split('/', 1)[0] ?? '') {
    if (/[\p{C}\p{Zl}\p{Zp}]/u.test(character)) continue;
    if (Buffer.byteLength(product + character) > MANAGER_BYTES) break;
    product += character;
  }
  return product;
}
