/** Server-side apply (k8s.io/apimachinery pkg/util/managedfields/internal, its managers in their order). */
import { isArray, type JsonObject, stringAt } from '../../../../kubernetes/json.ts';
import { timeText } from '../../../../kubernetes/time.ts';
import { badRequest, Failure } from '../../status/failure.ts';
import { apiVersionOf } from '../convert.ts';
import type { ManagedResource, VersionOf } from '../resource.ts';
import { violations, violationsText } from '../types/validate.ts';
import { Conflicts, conflictFailure, pathsOf } from './conflict.ts';
import { emptyObject } from './emptyObject.ts';
import { fieldsOfLastApplied, withLastApplied } from './lastApplied.ts';
import { decode, encode, identityText, type Managed, type Owned } from './managed.ts';
import { managedFieldsOf, NOBODYS, withManagedFields } from './metadata.ts';
import { track } from './trackUpdate.ts';
import { applied, type Versions } from './updater.ts';
import { versionsOf } from './versions.ts';

export interface Application {
  /** As it stands, in the version of the request; undefined where it is made by this. */
  readonly live: JsonObject | undefined;
  /** The body. */
  readonly config: JsonObject;
  readonly manager: string;
  readonly force: boolean;
  readonly resource: ManagedResource;
  /** Empty for the main resource, else `status`, … */
  readonly subresource: string;
  readonly now: Date;
  readonly versionOf?: VersionOf;
}

/**
 * The object after the manager has applied its configuration, managedFields included; neither defaulted nor validated
 * yet. A member may be null where what was below it is gone.
 *
 * @throws Failure 409 with a cause for each field that another manager owns, 400 or 500 where the configuration is none
 */
export function apply(application: Application): JsonObject {
  const { live, config, resource, subresource, versionOf, manager } = application;
  const managed = managedOf(live);
  checkKind(config, resource);

  const versions = versionsOf(resource, subresource, versionOf);
  const standing = withManagedFields(live ?? emptyObject(resource, {}), undefined);
  const [object, owners] = withConflictsTold(() => merge(application, versions, standing, managed));
  const written = manager === 'kubectl' ? withLastApplied(object, config) : object;
  return withManagedFields(written, encode(owners));
}

function managedOf(live: JsonObject | undefined): Managed {
  try {
    return decode(managedFieldsOf(live));
  } catch (error) {
    throw unexpected(`failed to decode managed fields: ${error instanceof Error ? error.message : ''}`);
  }
}

function checkKind(config: JsonObject, resource: ManagedResource): void {
  const apiVersion = stringAt(config, 'apiVersion') ?? '';
  const kind = stringAt(config, 'kind') ?? '';
  if (apiVersion !== apiVersionOf(resource) || kind !== resource.kind) {
    throw badRequest(`invalid object type: ${kindTitle(apiVersion, kind)}`);
  }
}

function withConflictsTold<Result>(run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    if (error instanceof Conflicts) throw conflictFailure(error.conflicts);
    throw error;
  }
}

/** kubectl owns by its annotation what it has applied without the server's help. */
function merge(
  application: Application,
  versions: Versions,
  live: JsonObject,
  managed: Managed,
): readonly [JsonObject, Managed] {
  try {
    return mergeOnce(application, versions, live, managed);
  } catch (error) {
    if (!(error instanceof Conflicts) || application.manager !== 'kubectl') throw error;
    const own = fieldsOfLastApplied(versions, live);
    if (own === undefined) throw error;
    if (!pathsOf(error.conflicts).difference(own).isEmpty) {
      throw new Conflicts(error.conflicts.filter(({ path }) => !own.has(path)));
    }
    return mergeOnce({ ...application, force: true }, versions, live, managed);
  }
}

function mergeOnce(
  { config, manager, force, resource, subresource, now, live: before }: Application,
  versions: Versions,
  live: JsonObject,
  managed: Managed,
): readonly [JsonObject, Managed] {
  const { fields, times } =
    before === undefined ? managed : withFirst(versions, resource, live, managed, now, subresource);
  checkConfig(config, versions, live);

  const owner = identityText({
    manager: manager === '' ? 'unknown' : manager,
    operation: 'Apply',
    apiVersion: versions.apiVersion,
    subresource,
  });
  const { object, owners } = applied(versions, live, config, fields, owner, force);
  strip(owners, owner);
  if (object === undefined) return [live, { fields: owners, times }];
  return [object, { fields: owners, times: new Map(times).set(owner, timeText(now)) }];
}

/** All that stood before anybody applied belongs to one manager of its own. */
function withFirst(
  versions: Versions,
  resource: ManagedResource,
  live: JsonObject,
  managed: Managed,
  now: Date,
  subresource: string,
): Managed {
  if (managed.fields.size > 0) return managed;
  const author = { manager: 'before-first-apply', subresource, now };
  try {
    return track(versions, emptyObject(resource, live), live, managed, author);
  } catch (error) {
    throw unexpected(`failed to create manager for existing fields: ${error instanceof Error ? error.message : ''}`);
  }
}

function checkConfig(config: JsonObject, { type }: Versions, live: JsonObject): void {
  if (isArray(managedFieldsOf(config))) throw badRequest('metadata.managedFields must be nil');
  const wrong = violations(type, config, false);
  if (wrong.length > 0) {
    throw unexpected(`failed to create typed patch object (${title(config)}): ${violationsText(wrong)}`);
  }
  const standing = violations(type, live, true);
  if (standing.length > 0) {
    throw unexpected(`failed to create typed live object (${title(live)}): ${violationsText(standing)}`);
  }
}

function strip(owners: Map<string, Owned>, owner: string): void {
  const owned = owners.get(owner);
  if (owned === undefined) return;
  const set = owned.set.difference(NOBODYS);
  if (set.isEmpty) owners.delete(owner);
  else owners.set(owner, { ...owned, set });
}

/** `shop/web; apps/v1, Kind=Deployment` */
function title(object: JsonObject): string {
  const namespace = stringAt(object, 'metadata', 'namespace') ?? '';
  const name = stringAt(object, 'metadata', 'name') ?? '';
  return `${namespace}/${name}; ${kindTitle(stringAt(object, 'apiVersion') ?? '', stringAt(object, 'kind') ?? '')}`;
}

/** As Go prints a GroupVersionKind: `apps/v1, Kind=Deployment`, `/v1, Kind=Pod`. */
function kindTitle(apiVersion: string, kind: string): string {
  return `${apiVersion.includes('/') ? apiVersion : `/${apiVersion}`}, Kind=${kind}`;
}

/** Upstream answers errors that it has no Status for with their sentence and 500. */
function unexpected(message: string): Failure {
  return new Failure(500, '', message);
}
