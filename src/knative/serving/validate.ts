/**
 * What Knative Serving would refuse at sync (knative.dev/serving v0.50.0, cmd/webhook): an object is decoded, defaulted,
 * held against its CRD's schema and validated, in that order, and each step's refusals are answered here.
 *
 * An error stands at one place. Where Knative gives several paths for one mistake (a field of many, a tag used twice)
 * or none, or one that its own code garbles, the place is where the author has to look.
 */
import { asArray, asObject, asString, type JsonObject, valueAt } from '../../kubernetes/json.ts';
import { validateObjectMetadataAnnotations } from '../autoscaling/validate.ts';
import type { FieldError } from '../fieldError.ts';
import type { KnativeSettings } from '../settings.ts';
import { servingConfig } from './config.ts';
import { decode } from './decode.ts';
import { applyKnativeDefaults } from './defaults.ts';
import { checkDomainMapping } from './domainMapping.ts';
import { areSame } from './equality.ts';
import { SERVED_VERSIONS, servingKind } from './kind.ts';
import { checkCreatorAndModifier, checkObjectName, checkRolloutDuration, checkServiceLabel } from './metadata.ts';
import { checkRevision } from './revision.ts';
import { checkSchema } from './schema.ts';
import type { Scope } from './scope.ts';
import { objects, type ServingKind, specs } from './shapes.ts';
import { checkNameChange, checkTemplate } from './template.ts';
import { checkTraffic } from './traffic.ts';
import { explainByVersion, NEWEST_MINOR } from './versions.ts';

export interface ValidateOptions {
  /** The object as it stands in the cluster: makes this an update, which may not change everything. */
  readonly old?: JsonObject;
  /** True where Knative's defaults stand in the object already: they are not looked for again. */
  readonly isDefaulted?: boolean;
}

/**
 * Validates a Service, Configuration, Route, Revision or DomainMapping as Knative's webhooks would, after their defaults. Empty
 * for what they accept, and for objects of any other kind. Never throws, whatever the object looks like.
 */
export function validate(object: JsonObject, settings: KnativeSettings, options: ValidateOptions = {}): FieldError[] {
  const kind = servingKind(object);
  if (kind === undefined) return [];
  const apiVersion = asString(object.apiVersion) ?? '';
  if (apiVersion !== SERVED_VERSIONS[kind]) {
    const message = `no matches for kind "${kind}" in version "${apiVersion}"`;
    return [{ path: '/apiVersion', message, details: `Knative serves ${SERVED_VERSIONS[kind]}` }];
  }

  const { mistyped, unknown } = decode(object, objects[kind]);
  if (mistyped.length > 0) return [...mistyped, ...unknown];

  const defaulted = options.isDefaulted === true ? object : applyKnativeDefaults(object, settings, options).object;
  const scope: Scope = {
    config: servingConfig(settings),
    metadata: asObject(defaulted.metadata) ?? {},
    errors: [...unknown],
  };
  if (kind === 'Revision') checkRevision(scope, defaulted, options.old);
  else {
    checkSchema(scope, defaulted.spec);
    checkKind(scope, kind, defaulted);
    if (options.old !== undefined) checkUpdate(scope, kind, defaulted, options.old);
  }
  return explained(scope);
}

/**
 * What `validate` says of an update beside what it says of the new object alone, so that the latter can be remembered for
 * objects that are alike. Empty of a Revision, of which everything hangs on whether it changed.
 *
 * @param object with Knative's defaults
 */
export function validateChange(object: JsonObject, old: JsonObject, settings: KnativeSettings): FieldError[] {
  const kind = servingKind(object);
  if (kind === undefined || kind === 'Revision') return [];
  const scope: Scope = { config: servingConfig(settings), metadata: asObject(object.metadata) ?? {}, errors: [] };
  checkUpdate(scope, kind, object, old);
  // hardly ever is there any: what Knative cannot read it does not compare
  if (scope.errors.length === 0 || !isRead(object, kind)) return [];
  return explained(scope);
}

function isRead(object: JsonObject, kind: ServingKind): boolean {
  return object.apiVersion === SERVED_VERSIONS[kind] && decode(object, objects[kind]).mistyped.length === 0;
}

function explained({ config, errors }: Scope): FieldError[] {
  return config.minor < NEWEST_MINOR ? explainByVersion(errors, config.minor) : errors;
}

function checkKind(scope: Scope, kind: Exclude<ServingKind, 'Revision'>, object: JsonObject): void {
  if (kind === 'DomainMapping') {
    checkDomainMapping(scope, object);
    return;
  }

  checkObjectName(scope, scope.metadata);
  const annotations = asObject(scope.metadata.annotations);
  scope.errors.push(...validateObjectMetadataAnnotations(annotations, '/metadata/annotations'));
  if (kind !== 'Service') checkServiceLabel(scope, scope.metadata);
  if (kind !== 'Configuration') {
    checkRolloutDuration(scope, scope.metadata);
    checkTraffic(scope, object, kind);
  }
  if (kind !== 'Route') checkTemplate(scope, object);
}

function checkUpdate(scope: Scope, kind: Exclude<ServingKind, 'Revision'>, object: JsonObject, old: JsonObject): void {
  // What a Service owns carries no author of its own.
  const isOwned = asArray(scope.metadata.ownerReferences).length > 0;
  if (!isOwned || kind === 'Service' || kind === 'DomainMapping') {
    checkCreatorAndModifier(scope, old, () => areSame(valueAt(old, 'spec'), valueAt(object, 'spec'), specs[kind]));
  }
  if (kind === 'Service' || kind === 'Configuration') checkNameChange(scope, object, old);
}
