import { asNumber, type JsonObject, objectAt } from '../../../kubernetes/json.ts';
import { configuration, knativeService } from '../../../kubernetes/kinds.ts';
import type { Container } from '../../../kubernetes/podTemplate.ts';
import { join } from '../../../kubernetes/pointer.ts';
import { defineRule, type Violation } from '../../engine/rule.ts';

/**
 * Probes that Knative's webhook lets through and that cannot work: Kubernetes refuses a liveness or startup probe with
 * another successThreshold than 1 (pkg/apis/core/validation), so that the Revision never gets its Deployment; one that
 * waits longer than its period is asked again before it has answered.
 */
export const probeTiming = defineRule({
  id: 'serving/probe-timing',
  title: 'probes end within their period, and only readiness counts successes',
  why: 'A Revision whose Deployment Kubernetes refuses never becomes ready, long after the sync; a probe that waits longer than its period finds a dead program later than it says.',
  howToFix: 'Keep timeoutSeconds at or below periodSeconds; leave successThreshold out of liveness and startup probes.',
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
        livenessProbe:
          httpGet: {path: /health}
          periodSeconds: 5
          timeoutSeconds: 10
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
        livenessProbe:
          httpGet: {path: /health}
          periodSeconds: 10
          timeoutSeconds: 5
`,
  },

  judge({ template }) {
    const violations: Violation[] = [];
    for (const container of template?.containers ?? []) {
      for (const field of PROBES) {
        const probe = objectAt(container.value, field);
        if (probe !== undefined) judgeProbe(container, field, probe, violations);
      }
    }
    return violations;
  },
});

const PROBES = ['readinessProbe', 'livenessProbe', 'startupProbe'] as const;

function judgeProbe(container: Container, field: string, probe: JsonObject, violations: Violation[]): void {
  const place = join(container.path, field);
  const successes = asNumber(probe.successThreshold) ?? 1;
  if (field !== 'readinessProbe' && successes > 1) {
    const path = join(place, 'successThreshold');
    const message = `the ${field} of ${container.name} has successThreshold ${successes}, and Kubernetes accepts 1 alone; leave it out`;
    violations.push({ path, message, fix: [{ remove: path }] });
  }

  // Only where both are written: what Kubernetes fills in is 10 seconds' period and 1 second's timeout.
  const period = asNumber(probe.periodSeconds) ?? 0;
  const timeout = asNumber(probe.timeoutSeconds) ?? 0;
  if (period <= 0 || timeout <= period) return;
  const path = join(place, 'timeoutSeconds');
  const message = `the ${field} of ${container.name} waits ${timeout} s for an answer and asks every ${period} s; set timeoutSeconds to ${period} or less`;
  violations.push({ path, message, fix: [{ set: path, value: period }] });
}
