/** Defaults of pods and pod templates: k8s.io/kubernetes pkg/apis/core/v1/defaults.go. */
import { type Draft, draftAt, draftsAt, ensure, fill, fillEmpty } from '../draft.ts';
import { defaultContainer, roundUp } from './containers.ts';
import { defaultVolume } from './volumes.ts';

const CONTAINERS = ['initContainers', 'containers', 'ephemeralContainers'] as const;

export function defaultPodSpec(spec: Draft | undefined): void {
  if (spec === undefined) return;
  fillEmpty(spec, 'dnsPolicy', 'ClusterFirst');
  fillEmpty(spec, 'restartPolicy', 'Always');
  fill(spec, 'securityContext', {});
  fill(spec, 'terminationGracePeriodSeconds', 30);
  fillEmpty(spec, 'schedulerName', 'default-scheduler');
  sameServiceAccount(spec);
  for (const volume of draftsAt(spec, 'volumes')) defaultVolume(volume);
  for (const list of CONTAINERS) {
    for (const container of draftsAt(spec, list)) defaultContainer(container);
  }
  roundUp(draftAt(spec, 'overhead'));
}

/** The old name of the field always says the same as the new one (pkg/apis/core/v1/conversion.go). */
function sameServiceAccount(spec: Draft): void {
  const name = spec.serviceAccountName || spec.serviceAccount;
  if (typeof name !== 'string' || name === '') return;
  spec.serviceAccountName = name;
  spec.serviceAccount = name;
}

/** A port of a pod on the host's network is the host's. */
function defaultHostPorts(spec: Draft): void {
  for (const list of ['initContainers', 'containers']) {
    for (const container of draftsAt(spec, list)) {
      for (const port of draftsAt(container, 'ports')) fillEmpty(port, 'hostPort', port.containerPort ?? 0);
    }
  }
}

/** What only a Pod gets, and no template. */
export function defaultPod(pod: Draft): void {
  const spec = ensure(pod, 'spec');
  for (const list of ['containers', 'initContainers']) {
    for (const container of draftsAt(spec, list)) requestLimits(container);
  }
  fill(spec, 'enableServiceLinks', true);
  if (spec.hostNetwork === true) defaultHostPorts(spec);
  defaultPodSpec(spec);
}

/** A limit without a request is the request too. */
function requestLimits(container: Draft): void {
  const resources = draftAt(container, 'resources');
  const limits = draftAt(resources, 'limits');
  if (resources === undefined || limits === undefined) return;
  const requests = ensure(resources, 'requests');
  for (const [name, limit] of Object.entries(limits)) {
    if (limit !== undefined && !Object.hasOwn(requests, name)) requests[name] = limit;
  }
}
