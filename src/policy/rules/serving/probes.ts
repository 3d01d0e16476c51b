import { asArray, isObject, type JsonObject, type JsonValue, objectAt, valueAt } from '../../../kubernetes/json.ts';
import { configuration, knativeService } from '../../../kubernetes/kinds.ts';
import type { Container, PodTemplate } from '../../../kubernetes/podTemplate.ts';
import { placeIn, resolve } from '../../../kubernetes/pointer.ts';
import { defineRule, type Violation } from '../../engine/rule.ts';

/**
 * A readiness and a liveness probe of the author's own on the container that takes the traffic.
 *
 * Without a readinessProbe Knative writes `tcpSocket: {port: 0}` (knative/serving pkg/apis/serving/v1/revision_defaults.go):
 * pods get traffic once something listens. That counts as none. A probe by httpGet, grpc or exec asks the program
 * itself and counts, also where it leaves the port to Knative; so does a livenessProbe by tcpSocket, which only an
 * author writes.
 */
export const probes = defineRule({
  id: 'serving/probes',
  title: 'the container that takes traffic has a readiness and a liveness probe',
  why: 'Knative sends traffic as soon as a port is open, which is before most programs can answer; and a program that hangs is restarted by nobody.',
  howToFix:
    'Give the container a `readinessProbe` and a `livenessProbe` that ask the program, such as `httpGet: {path: /health}`.',
  kinds: [knativeService, configuration],
  action: 'warn',
  examples: {
    bad: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template:
    spec:
      containers:
      - image: registry.example.com/shop/cart:1.4.2
`,
    good: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template:
    spec:
      containers:
      - image: registry.example.com/shop/cart:1.4.2
        readinessProbe:
          httpGet: {path: /ready}
        livenessProbe:
          httpGet: {path: /health}
`,
  },

  judge(subject) {
    const container = servingContainer(subject.template);
    if (container === undefined) return [];

    const fields = ['readinessProbe', 'livenessProbe'] as const;
    const empty = fields.filter((field) => hasNoHandler(subject.written, container, field));
    const missing = fields.filter((field) => !empty.includes(field) && isMissing(container, field));
    const violations: Violation[] = empty.map((field) => ({
      path: placeIn(container.path, field),
      message: `the ${field} of ${container.name} has no handler, so that it asks nothing; add one, such as httpGet on /health`,
    }));
    const [first] = missing;
    if (first === undefined) return violations;
    const violation: Violation = {
      path: missing.length === 1 ? placeIn(container.path, first) : container.path,
      message: `${container.name} has no ${missing.join(' and no ')}; add what asks the program, such as httpGet on /health`,
    };
    return [...violations, violation];
  },
});

/** The container with a port, or the only one (knative/serving k8s_validation.go). Where none can be told, Knative refuses. */
export function servingContainer(template: PodTemplate | undefined): Container | undefined {
  let only: Container | undefined;
  let count = 0;
  for (const container of template?.containers ?? []) {
    if (container.isInit) continue;
    if (asArray(container.value.ports).length > 0) return container;
    only = container;
    count++;
  }
  return count === 1 ? only : undefined;
}

/** A probe that only says when: Knative gives a readinessProbe its stand-in, and refuses any other. */
function hasNoHandler(written: JsonObject, container: Container, field: 'readinessProbe' | 'livenessProbe'): boolean {
  if (field !== 'readinessProbe') return false;
  const probe = resolve(written, placeIn(container.path, field));
  return isObject(probe) && Object.keys(probe).length > 0 && !HANDLERS.some((name) => isObject(probe[name]));
}

const HANDLERS = ['httpGet', 'grpc', 'exec', 'tcpSocket'] as const;

const ASKING = ['httpGet', 'grpc', 'exec'] as const;

function isMissing(container: Container, field: 'readinessProbe' | 'livenessProbe'): boolean {
  const probe = objectAt(container.value, field);
  if (probe === undefined) return true;
  if (ASKING.some((handler) => isObject(probe[handler]))) return false;
  if (field === 'livenessProbe') return !isObject(probe.tcpSocket);
  return !namesPort(valueAt(probe, 'tcpSocket', 'port'));
}

function namesPort(port: JsonValue | undefined): boolean {
  return (typeof port === 'number' && port > 0) || (typeof port === 'string' && port !== '' && port !== '0');
}
