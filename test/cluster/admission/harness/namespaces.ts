/** What the suites do in namespaces of an environment, by kubectl. */
import type { ControlPlane } from '../../../../tools/controlplane/controlPlane.ts';
import type { RunResult } from '../../../../tools/controlplane/process/run.ts';
import { cluster, freshNamespace } from '../../harness/cluster.ts';

export const SECONDS = 30;

export function inEnvironment(environment: string, controlPlane: ControlPlane = cluster()): Promise<string> {
  return freshNamespace(controlPlane, { 'weir.dev/environment': environment });
}

/** Somebody to whom RBAC leaves everything, so that admission alone decides. */
export function as(user: string, ...groups: string[]): string[] {
  return [`--as=${user}`, ...['system:masters', ...groups].map((group) => `--as-group=${group}`)];
}

export function apply(namespace: string, manifest: string, ...flags: string[]): Promise<RunResult> {
  return cluster().kubectl(['-n', namespace, 'apply', ...flags, '-f', '-'], manifest);
}
