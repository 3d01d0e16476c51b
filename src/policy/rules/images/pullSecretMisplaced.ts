import { asString, isArray, isObject, type JsonObject, type JsonValue, objectAt } from '../../../kubernetes/json.ts';
import { type PodTemplate, podHolders } from '../../../kubernetes/podTemplate.ts';
import { join, pointer, steps } from '../../../kubernetes/pointer.ts';
import type { Edit } from '../../engine/edit.ts';
import { defineRule, type Violation } from '../../engine/rule.ts';
import { FIELD, namesIn } from './pullSecrets.ts';

/** How people write the field, too; Kubernetes knows the plural alone. */
const SINGULAR = 'imagePullSecret';

/**
 * imagePullSecrets at the pod spec, the only place where they mean anything (k8s.io/api core/v1 PodSpec). The fix moves
 * them there, beside those that already stand there.
 */
export const imagePullSecretMisplaced = defineRule({
  id: 'images/pull-secret-misplaced',
  title: 'imagePullSecrets stand at the pod spec',
  why: 'Anywhere else (at a container, at the template) the field is unknown: the image is pulled without a login.',
  howToFix: 'Move imagePullSecrets to where containers stands, as its neighbour: `spec.template.spec`.',
  kinds: podHolders,
  action: 'deny',
  examples: {
    bad: `
apiVersion: apps/v1
kind: Deployment
metadata: {name: worker}
spec:
  selector: {matchLabels: {app: worker}}
  template:
    metadata: {labels: {app: worker}}
    spec:
      containers:
      - name: worker
        image: ghcr.io/knative/worker:2.0.1
        securityContext: {runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}, seccompProfile: {type: RuntimeDefault}}
        resources: {requests: {cpu: 100m, memory: 128Mi}, limits: {cpu: 500m, memory: 256Mi}}
        imagePullSecrets:
        - name: ghcr
`,
    good: `
apiVersion: apps/v1
kind: Deployment
metadata: {name: worker}
spec:
  selector: {matchLabels: {app: worker}}
  template:
    metadata: {labels: {app: worker}}
    spec:
      containers:
      - name: worker
        image: ghcr.io/knative/worker:2.0.1
        securityContext: {runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}, seccompProfile: {type: RuntimeDefault}}
        resources: {requests: {cpu: 100m, memory: 128Mi}, limits: {cpu: 500m, memory: 256Mi}}
      imagePullSecrets:
      - name: ghcr
`,
  },

  judge(subject) {
    const { template } = subject;
    if (template === undefined) return [];

    const violations: Violation[] = [];
    // As the author wrote it: what the policy fills in is no reason to drop the author's own.
    const written = subject.writtenTemplate ?? template;
    const judge = (place: JsonObject, path: string, where = `at ${nameOf(path)}`) => {
      violations.push(...misplacedIn(place, path, where, written));
    };
    const way = steps(template.path);
    let place: JsonObject | undefined = subject.object;
    for (let depth = 0; depth <= way.length; depth++) {
      if (mayBeMisplacedIn(place)) judge(place, pointer(...way.slice(0, depth)));
      place = objectAt(place, way[depth] ?? '');
    }
    if (mayBeMisplacedIn(template.metadata)) judge(template.metadata, `${template.path}/metadata`);
    if (template.spec[SINGULAR] !== undefined)
      judge(template.spec, template.specPath, `of ${nameOf(template.specPath)}`);
    for (const { value, path, name } of template.containers) {
      if (mayBeMisplacedIn(value)) judge(value, path, `at the container ${name}`);
    }
    return violations;
  },
});

/** Nearly every place is right: paths, names and sentences are made only where one is not. */
function mayBeMisplacedIn(place: JsonObject | undefined): place is JsonObject {
  return place !== undefined && (place[FIELD] !== undefined || place[SINGULAR] !== undefined);
}

function misplacedIn(place: JsonObject, placePath: string, where: string, template: PodTemplate): Violation[] {
  const violations: Violation[] = [];
  for (const spelling of [FIELD, SINGULAR]) {
    const value = place[spelling];
    if (value === undefined || (spelling === FIELD && placePath === template.specPath)) continue;
    const path = `${placePath}/${spelling}`;
    violations.push({
      path,
      message: `${spelling} ${where} means nothing; it belongs at ${nameOf(`${template.specPath}/${FIELD}`)}`,
      fix: move(template, path, value),
    });
  }
  return violations;
}

/** `spec.template`, as people write it. */
function nameOf(path: string): string {
  return path === '' ? 'the object' : path.slice(1).replaceAll('/', '.');
}

/** Takes the field away from its place and puts its secrets beside those that the pod spec names already. */
function move(template: PodTemplate, path: string, value: JsonValue): Edit[] {
  const list = isArray(template.spec[FIELD]) ? template.spec[FIELD] : [];
  const known = namesIn(list);
  const added = secretsMeant(value).filter((name) => !known.includes(name));
  const removal: Edit = { remove: path };
  if (added.length === 0) return [removal];
  return [removal, { set: join(template.specPath, FIELD), value: [...list, ...added.map((name) => ({ name }))] }];
}

/** A list of names or of `{name}`, or a single one of either: the shapes that people write. */
function secretsMeant(value: JsonValue): string[] {
  const names: string[] = [];
  for (const item of isArray(value) ? value : [value]) {
    const name = isObject(item) ? asString(item.name) : item;
    if (typeof name === 'string' && name !== '' && !names.includes(name)) names.push(name);
  }
  return names;
}
