/**
 * What Knative's mutating webhook fills in (knative/serving pkg/apis/serving/v1/{service,configuration,revision,route}_defaults.go,
 * v1beta1/domainmapping_defaults.go).
 *
 * Besides SetDefaults that is what its round trip through Go's types and the CRD's schema write (written.ts). Left out: the annotations that name the user, an empty `metadata` in the template, and
 * everything for a template without a spec, which is refused anyway. What the webhook takes away (empty lists,
 * misspelt fields) or spells in its own way (`1000m` as `1`) stays as it is.
 */
import {
  arrayAt,
  asString,
  isArray,
  isObject,
  type JsonObject,
  type JsonValue,
  stringAt,
} from '../../kubernetes/json.ts';
import type { KnativeSettings } from '../settings.ts';
import { type ServingConfig, servingConfig } from './config.ts';
import { fillContainer, fillInitContainer } from './containerDefaults.ts';
import { fillContainerNames } from './containerNames.ts';
import { type Added, changeEach, Draft } from './draft.ts';
import { servingKind } from './kind.ts';
import { fillWrittenFields } from './written.ts';

export type { Added } from './draft.ts';

export interface Defaulted {
  /** The object itself where nothing had to be filled in; otherwise a copy that shares what did not change. */
  readonly object: JsonObject;
  readonly added: readonly Added[];
}

export interface DefaultsOptions {
  /** The object as it stands in the cluster; an update of it gets fewer defaults than a new object. */
  readonly old?: JsonObject;
}

/** Fills in what Knative would. Leaves objects of other kinds, and values of a wrong type, as they are; idempotent. */
export function applyKnativeDefaults(
  object: JsonObject,
  settings: KnativeSettings,
  options: DefaultsOptions = {},
): Defaulted {
  const kind = servingKind(object);
  const added: Added[] = [];
  if (kind === undefined || !isObject(object.spec)) return { object, added };

  const spec = new Draft(object.spec, '/spec', added);
  if (kind === 'DomainMapping') fillReference(spec, object, added);
  if (kind === 'Revision')
    fillRevision(spec, { parent: NOBODY, config: servingConfig(settings), old: options.old, added });
  if (kind === 'Service' || kind === 'Configuration') {
    fillTemplate(spec, { parent: object, config: servingConfig(settings), old: options.old, added });
  }
  if (kind === 'Service' || kind === 'Route') fillTraffic(spec, kind, added);

  const root = new Draft(object, '', added);
  root.replace('spec', spec.result());
  return { object: root.result(), added };
}

function fillReference(spec: Draft, parent: JsonObject, added: Added[]): void {
  const reference = spec.get('ref');
  const namespace = stringAt(parent, 'metadata', 'namespace') ?? '';
  if (!isObject(reference) || namespace === '') return;

  const draft = new Draft(reference, '/spec/ref', added);
  if (draft.lacks('namespace') || draft.get('namespace') === '') draft.add('namespace', namespace);
  spec.replace('ref', draft.result());
}

interface TemplateContext {
  /** The object whose template it is. */
  readonly parent: JsonObject;
  readonly config: ServingConfig;
  readonly old: JsonObject | undefined;
  readonly added: Added[];
}

function fillTemplate(spec: Draft, context: TemplateContext): void {
  const value = spec.get('template');
  if (!isObject(value) || !isObject(value.spec)) return;

  const podSpec = new Draft(value.spec, '/spec/template/spec', context.added);
  if (!keepsItsName(value, context.old)) fillPodSpec(podSpec, context);
  fillWrittenFields(podSpec, context.added);

  const template = new Draft(value, '/spec/template', context.added);
  template.replace('spec', podSpec.result());
  spec.replace('template', template.result());
}

/** A Revision cannot change once it is there, so that an update of it gets no defaults. Names of containers know no parent. */
function fillRevision(spec: Draft, context: TemplateContext): void {
  if (context.old === undefined) fillPodSpec(spec, context);
  fillWrittenFields(spec, context.added);
}

const NOBODY: JsonObject = {};

function fillTraffic(spec: Draft, kind: 'Service' | 'Route', added: Added[]): void {
  const traffic = spec.get('traffic');
  const isEmpty = spec.lacks('traffic') || (isArray(traffic) && traffic.length === 0);
  if (!isEmpty) {
    spec.replace(
      'traffic',
      changeEach(traffic, (target, index) => fillTarget(target, index, added)),
    );
  } else if (kind === 'Service') spec.add('traffic', [{ latestRevision: true, percent: 100 }]);
}

/** A Revision that its author named is not touched on an update: any change would ask for a new name. */
function keepsItsName(template: JsonObject, old: JsonObject | undefined): boolean {
  if (old === undefined) return false;
  const name = stringAt(template, 'metadata', 'name') ?? '';
  return name !== '' && name === stringAt(old, 'spec', 'template', 'metadata', 'name');
}

function fillTarget(target: JsonValue, index: number, added: Added[]): JsonValue {
  if (!isObject(target)) return target;
  const draft = new Draft(target, `/spec/traffic/${index}`, added);
  if (draft.lacks('latestRevision')) draft.add('latestRevision', (asString(target.revisionName) ?? '') === '');
  if (draft.lacks('percent')) draft.add('percent', 0);
  return draft.result();
}

function fillPodSpec(spec: Draft, { parent, config, old, added }: TemplateContext): void {
  const { defaults } = config;
  if (spec.lacks('timeoutSeconds') || spec.get('timeoutSeconds') === 0) {
    spec.add('timeoutSeconds', defaults.revisionTimeoutSeconds);
  }
  const timeout = Number(spec.get('timeoutSeconds'));
  fillTimeout(spec, 'idleTimeoutSeconds', defaults.revisionIdleTimeoutSeconds, timeout);
  fillTimeout(spec, 'responseStartTimeoutSeconds', defaults.revisionResponseStartTimeoutSeconds, timeout);
  if (spec.lacks('containerConcurrency')) spec.add('containerConcurrency', defaults.containerConcurrency);

  fillContainerNames(spec, parent, defaults, added);
  const { path } = spec;
  const count = arrayAt(spec.result(), 'containers').length;
  const context = { config, podSpec: spec.result(), count, added };
  spec.replace(
    'containers',
    changeEach(spec.get('containers'), (value, index) => fillContainer(value, `${path}/containers/${index}`, context)),
  );
  spec.replace(
    'initContainers',
    changeEach(spec.get('initContainers'), (value, index) =>
      fillInitContainer(value, `${path}/initContainers/${index}`, context),
    ),
  );

  const links = defaults.enableServiceLinks;
  if (old === undefined && links !== undefined && count > 0 && spec.lacks('enableServiceLinks')) {
    spec.add('enableServiceLinks', links);
  }
}

/** A timeout inside the request's own: only a default that is set, and below the whole, is worth writing. */
function fillTimeout(spec: Draft, field: string, value: number, timeout: number): void {
  if (spec.lacks(field) && value !== 0 && value < timeout) spec.add(field, value);
}
