/**
 * What Knative's mutating webhook fills in (knative/serving pkg/apis/serving/v1/{service,configuration,revision,route}_defaults.go,
 * v1beta1/domainmapping_defaults.go).
 *
 * Besides SetDefaults that is what its round trip through Go's types writes although nobody asked for it
 * (`resources: {}`, a probe's `port: 0`), and what the API server itself fills in from the CRD's schema before it (a
 * port's `protocol: TCP`). Left out: the annotations that name the user, an empty `metadata` in the template, and
 * everything for a template without a spec, which is refused anyway. What the webhook takes away (empty lists,
 * misspelt fields) or spells in its own way (`1000m` as `1`) stays as it is.
 */
import { isObject, type JsonObject, type JsonValue, stringAt } from '../../kubernetes/json.ts';
import type { KnativeSettings } from '../settings.ts';
import { type ServingConfig, servingConfig } from './config.ts';
import { fillContainer, fillInitContainer } from './containerDefaults.ts';
import { fillContainerNames } from './containerNames.ts';
import { type Added, changeEach, Draft } from './draft.ts';
import { servingKind } from './kind.ts';

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
  if (kind === 'DomainMapping') fillReference(spec, object);
  if (kind === 'Service' || kind === 'Configuration') fillTemplate(spec, object, servingConfig(settings), options.old);
  if (kind === 'Service' || kind === 'Route') fillTraffic(spec, kind);

  const root = new Draft(object, '', added);
  root.replace('spec', spec.result());
  return { object: root.result(), added };

  function fillReference(draft: Draft, parent: JsonObject): void {
    const reference = draft.get('ref');
    const namespace = stringAt(parent, 'metadata', 'namespace') ?? '';
    if (!isObject(reference) || namespace === '') return;
    const target = new Draft(reference, '/spec/ref', added);
    if (target.lacks('namespace') || target.get('namespace') === '') target.add('namespace', namespace);
    draft.replace('ref', target.result());
  }

  function fillTemplate(draft: Draft, parent: JsonObject, config: ServingConfig, old: JsonObject | undefined): void {
    const template = draft.get('template');
    if (!isObject(template) || !isObject(template.spec) || keepsItsName(template, old)) return;

    const podSpec = new Draft(template.spec, '/spec/template/spec', added);
    fillPodSpec(podSpec, parent, config, { added, isCreate: old === undefined });
    const copy = new Draft(template, '/spec/template', added);
    copy.replace('spec', podSpec.result());
    draft.replace('template', copy.result());
  }

  function fillTraffic(draft: Draft, owner: 'Service' | 'Route'): void {
    const traffic = draft.get('traffic');
    const isEmpty = traffic === undefined || traffic === null || (Array.isArray(traffic) && traffic.length === 0);
    if (isEmpty) {
      if (owner === 'Service') draft.add('traffic', [{ latestRevision: true, percent: 100 }]);
      return;
    }
    draft.replace(
      'traffic',
      changeEach(traffic, (target, index) => fillTarget(target, index, added)),
    );
  }
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
  if (draft.lacks('latestRevision')) draft.add('latestRevision', (stringAt(target, 'revisionName') ?? '') === '');
  if (draft.lacks('percent')) draft.add('percent', 0);
  return draft.result();
}

interface Filling {
  readonly added: Added[];
  readonly isCreate: boolean;
}

function fillPodSpec(spec: Draft, parent: JsonObject, config: ServingConfig, { added, isCreate }: Filling): void {
  const { defaults } = config;
  if (spec.lacks('timeoutSeconds') || spec.get('timeoutSeconds') === 0) {
    spec.add('timeoutSeconds', defaults.revisionTimeoutSeconds);
  }
  const timeout = Number(spec.get('timeoutSeconds'));
  fillTimeout(spec, 'idleTimeoutSeconds', defaults.revisionIdleTimeoutSeconds, timeout);
  fillTimeout(spec, 'responseStartTimeoutSeconds', defaults.revisionResponseStartTimeoutSeconds, timeout);
  if (spec.lacks('containerConcurrency')) spec.add('containerConcurrency', defaults.containerConcurrency);

  fillContainerNames(spec, parent, defaults, added);
  const containers = spec.get('containers');
  if (!Array.isArray(containers)) return;

  const context = { config, podSpec: spec.result(), count: containers.length, added };
  spec.replace(
    'containers',
    changeEach(containers, (container, index) => fillContainer(container, `${spec.path}/containers/${index}`, context)),
  );
  spec.replace(
    'initContainers',
    changeEach(spec.get('initContainers'), (container, index) =>
      fillInitContainer(container, `${spec.path}/initContainers/${index}`, context),
    ),
  );

  const links = defaults.enableServiceLinks;
  if (isCreate && links !== undefined && containers.length > 0 && spec.lacks('enableServiceLinks')) {
    spec.add('enableServiceLinks', links);
  }
}

/** A timeout inside the request's own: only a default that is set, and below the whole, is worth writing. */
function fillTimeout(spec: Draft, field: string, value: number, timeout: number): void {
  if (spec.lacks(field) && value !== 0 && value < timeout) spec.add(field, value);
}
