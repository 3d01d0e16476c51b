/** Defaults of containers: k8s.io/kubernetes pkg/apis/core/v1/defaults.go and zz_generated.defaults.go. */
import { parseImage } from '../../../../kubernetes/image.ts';
import { parseQuantity } from '../../../../kubernetes/quantity.ts';
import { type Draft, draftAt, draftsAt, fill, fillEmpty } from '../draft.ts';

const MILLI = 1_000_000n;

export function defaultContainer(container: Draft): void {
  fillEmpty(container, 'imagePullPolicy', pullPolicyOf(container.image));
  fillEmpty(container, 'terminationMessagePath', '/dev/termination-log');
  fillEmpty(container, 'terminationMessagePolicy', 'File');
  for (const port of draftsAt(container, 'ports')) fillEmpty(port, 'protocol', 'TCP');
  for (const variable of draftsAt(container, 'env')) {
    const source = draftAt(variable, 'valueFrom');
    fillEmpty(draftAt(source, 'fieldRef'), 'apiVersion', 'v1');
    fill(draftAt(source, 'fileKeyRef'), 'optional', false);
  }
  roundUp(draftAt(container, 'resources', 'limits'));
  roundUp(draftAt(container, 'resources', 'requests'));
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) defaultProbe(draftAt(container, probe));
  for (const hook of ['postStart', 'preStop']) defaultHttpGet(draftAt(container, 'lifecycle', hook, 'httpGet'));
}

/** By the tag that the image names: `latest`, or none and no digest, is pulled always. */
export function pullPolicyOf(image: unknown): string {
  const { tag, digest } = parseImage(typeof image === 'string' ? image : '');
  return tag === 'latest' || (tag === undefined && digest === undefined) ? 'Always' : 'IfNotPresent';
}

function defaultProbe(probe: Draft | undefined): void {
  fillEmpty(probe, 'timeoutSeconds', 1);
  fillEmpty(probe, 'periodSeconds', 10);
  fillEmpty(probe, 'successThreshold', 1);
  fillEmpty(probe, 'failureThreshold', 3);
  defaultHttpGet(draftAt(probe, 'httpGet'));
  fill(draftAt(probe, 'grpc'), 'service', '');
}

function defaultHttpGet(get: Draft | undefined): void {
  fillEmpty(get, 'path', '/');
  fillEmpty(get, 'scheme', 'HTTP');
}

/** Kubernetes keeps no less than a thousandth. */
export function roundUp(resources: Draft | undefined): void {
  if (resources === undefined) return;
  for (const [name, quantity] of Object.entries(resources)) {
    const nanos = parseQuantity(quantity);
    if (nanos !== undefined && nanos % MILLI !== 0n) resources[name] = `${nanos / MILLI + (nanos > 0n ? 1n : 0n)}m`;
  }
}
