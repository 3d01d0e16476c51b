import { isArray, isObject, type JsonValue, objectAt, stringAt } from '../../../kubernetes/json.ts';
import type { Container, PodTemplate } from '../../../kubernetes/podTemplate.ts';
import { workloads } from '../../../kubernetes/podTemplate.ts';
import { join, pointer, resolve, steps } from '../../../kubernetes/pointer.ts';
import type { Edit } from '../../engine/edit.ts';
import { defineRule, type Violation } from '../../engine/rule.ts';
import type { Subject } from '../../engine/subject.ts';
import { FIELD, namesIn } from './pullSecrets.ts';

/** How people write the field; Kubernetes knows the plural alone. */
const SPELLINGS = [FIELD, 'imagePullSecret'];

/**
 * imagePullSecrets at the pod spec, the only place where they mean anything (k8s.io/api core/v1 PodSpec). The fix moves
 * them there, beside those that already stand there.
 */
export const imagePullSecretMisplaced = defineRule({
  id: 'images/pull-secret-misplaced',
  title: 'imagePullSecrets stand at the pod spec',
  why: 'Anywhere else (at a container, at the template) the field is unknown: the image is pulled without a login.',
  howToFix: 'Move imagePullSecrets to where containers stands, as its neighbour: `spec.template.spec`.',
  kinds: workloads,
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
        image: registry.example.com/shop/worker:2.0.1
        resources: {requests: {cpu: 100m, memory: 128Mi}, limits: {cpu: 500m, memory: 256Mi}}
        imagePullSecrets:
        - name: regcred
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
        image: registry.example.com/shop/worker:2.0.1
        resources: {requests: {cpu: 100m, memory: 128Mi}, limits: {cpu: 500m, memory: 256Mi}}
      imagePullSecrets:
      - name: regcred
`,
  },

  judge(subject) {
    const { template } = subject;
    if (template === undefined) return [];

    const violations: Violation[] = [];
    for (const place of placesOf(subject, template)) {
      for (const spelling of SPELLINGS) {
        if (place.path === template.specPath && spelling === FIELD) continue;
        const path = join(place.path, spelling);
        const value = resolve(subject.object, path);
        if (value === undefined) continue;
        const right = join(template.specPath, FIELD).slice(1).replaceAll('/', '.');
        violations.push({
          path,
          message: `${spelling} ${place.what} means nothing; it belongs at ${right}`,
          fix: move(template, path, value),
        });
      }
    }
    return violations;
  },
});

interface Place {
  readonly path: string;
  /** `at the container cart`. */
  readonly what: string;
}

/** From the object down to the template, the pod spec (for the wrong spelling), then each container. */
function placesOf(subject: Subject, template: PodTemplate): Place[] {
  const places: Place[] = [];
  const way = steps(template.path);
  for (let depth = 0; depth <= way.length; depth++) {
    const path = pointer(...way.slice(0, depth));
    places.push({ path, what: path === '' ? 'at the object' : `at ${path.slice(1).replaceAll('/', '.')}` });
  }
  if (objectAt(template.metadata) !== undefined) {
    const path = join(template.path, 'metadata');
    places.push({ path, what: `at ${path.slice(1).replaceAll('/', '.')}` });
  }
  places.push({ path: template.specPath, what: `of ${subject.name}` });
  for (const container of template.containers) places.push(atContainer(container));
  return places;
}

function atContainer(container: Container): Place {
  return {
    path: container.path,
    what: `at ${container.name.startsWith('container ') ? '' : 'the container '}${container.name}`,
  };
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
    const name = isObject(item) ? stringAt(item, 'name') : item;
    if (typeof name === 'string' && name !== '' && !names.includes(name)) names.push(name);
  }
  return names;
}
