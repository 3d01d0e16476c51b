/** Names for containers without one (knative/serving pkg/apis/serving/v1/revision_defaults.go applyDefaultContainerNames). */
import { arrayAt, asObject, isArray, isObject, type JsonObject, stringAt } from '../../kubernetes/json.ts';
import type { Defaults } from './config.ts';
import { type Added, changeEach, Draft } from './draft.ts';

/** Fills in the names of containers and init containers; a number tells several apart, and no name is given twice. */
export function fillContainerNames(spec: Draft, parent: JsonObject, defaults: Defaults, added: Added[]): void {
  const pod = spec.result();
  const unnamed = hasUnnamed(pod, 'containers') || hasUnnamed(pod, 'initContainers');
  if (!unnamed) return;

  const taken = new Set<string>();
  for (const field of ['containers', 'initContainers']) {
    for (const container of arrayAt(pod, field)) taken.add(stringAt(container, 'name') ?? '');
  }
  fillList(spec, 'containers', nameFrom(defaults.userContainerNameTemplate, parent), taken, added);
  fillList(spec, 'initContainers', nameFrom(defaults.initContainerNameTemplate, parent), taken, added);
}

function hasUnnamed(pod: JsonObject, field: string): boolean {
  for (const container of arrayAt(pod, field)) {
    if (isObject(container) && lacksName(container)) return true;
  }
  return false;
}

function lacksName(container: JsonObject): boolean {
  const { name } = container;
  return name === undefined || name === null || name === '';
}

function fillList(spec: Draft, field: string, base: string, taken: ReadonlySet<string>, added: Added[]): void {
  const containers = spec.get(field);
  if (!isArray(containers)) return;

  let suffix = 0;
  const changed = changeEach(containers, (container, index) => {
    if (!isObject(container) || !lacksName(container)) return container;
    let name = base;
    if (containers.length > 1 || taken.has(base)) {
      do name = childName(base, `-${suffix++}`);
      while (taken.has(name));
    }
    // An empty name is what a template gives that Knative cannot fill in.
    if (name === '') return container;
    const draft = new Draft(container, `${spec.path}/${field}/${index}`, added);
    draft.add('name', name);
    return draft.result();
  });
  spec.replace(field, changed);
}

const PLACEHOLDER = /\{\{-?\s*\.([A-Za-z]+)(?:\.([A-Za-z0-9_]+))?\s*-?\}\}/g;
const TEXTS: Readonly<Record<string, string>> = { Name: 'name', GenerateName: 'generateName', Namespace: 'namespace' };
const MAPS: Readonly<Record<string, string>> = { Labels: 'labels', Annotations: 'annotations' };

/**
 * Fills a Go template in from the object's metadata: `{{.Name}}`, `{{.Namespace}}`, `{{.Labels.team}}`. Anything more
 * that Go's templates can do is left as it stands.
 */
function nameFrom(template: string, parent: JsonObject): string {
  if (!template.includes('{{')) return template;
  const metadata = asObject(parent.metadata) ?? {};
  return template.replace(PLACEHOLDER, (whole, field: string, key: string | undefined) => {
    const text = TEXTS[field];
    if (text !== undefined && key === undefined) return stringAt(metadata, text) ?? '';
    const map = MAPS[field];
    if (map !== undefined && key !== undefined) return stringAt(metadata, map, key) ?? '<no value>';
    return whole;
  });
}

const LONGEST = 63;
/** How much of a parent's name stays where the rest has to become an MD5 sum. */
const HEAD = LONGEST - 32;

/** A name with a suffix that Kubernetes still takes (knative/pkg kmeta/names.go ChildName, for short suffixes). */
function childName(parent: string, suffix: string): string {
  if (parent.length <= LONGEST - suffix.length) return parent + suffix;
  const sum = md5(parent);
  return parent.slice(0, HEAD - suffix.length) + sum + suffix;
}

/** Hardly any name is that long, and to load node:crypto takes a tenth of a short check: it is loaded when it is needed. */
function md5(text: string): string {
  return process.getBuiltinModule('node:crypto').createHash('md5').update(text).digest('hex');
}
