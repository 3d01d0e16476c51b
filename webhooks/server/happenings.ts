/** What is worth an Event in the cluster: who broke glass, and policies that cannot be used. Pure: facts in, Events out. */
import type { Happening } from '../../src/kubernetes/client/events.ts';
import { describe } from '../../src/kubernetes/object.ts';
import type { Facts } from '../review/review.ts';

/** Takes what is to be told; never waits and never fails. */
export interface Recorder {
  record(happening: Happening): void;
  /** How many were not written, since the start. */
  lost(): number;
}

export const NOBODY: Recorder = { record: () => {}, lost: () => 0 };

/** Told at the object that was let through. A dry run leaves nothing behind, no Event either. */
export function brokenGlass({ breakGlass, isDryRun }: Facts): Happening | undefined {
  if (breakGlass === undefined || isDryRun) return undefined;
  const { user, group, environment, resource, rules } = breakGlass;
  return {
    regarding: resource,
    type: 'Warning',
    reason: 'BrokeGlass',
    action: 'Admitted',
    note: `${user}, a member of ${group}, passed ${environment}, which denies ${describe(resource)} for ${rules.join(', ')}`,
  };
}

/** Where the server itself stands in the cluster. */
export interface Installation {
  readonly namespace: string;
  /** Of the Deployment; the Service is called so, too. */
  readonly name: string;
}

export function policiesRefused(errors: readonly string[], installation: Installation): Happening {
  const [first = '', ...others] = errors;
  const more = others.length === 0 ? '' : ` (and ${others.length} more; the log has all)`;
  const note = `the new policies cannot be used, and the last good ones judge on: ${first}${more}`;
  return { regarding: deployment(installation), type: 'Warning', reason: 'PoliciesRefused', action: 'Reloaded', note };
}

export function policiesAccepted(hash: string, gone: readonly string[], installation: Installation): Happening {
  const without = gone.length === 0 ? '' : `; nothing is let into ${gone.join(', ')} any more, which has no policy now`;
  return {
    regarding: deployment(installation),
    type: gone.length === 0 ? 'Normal' : 'Warning',
    reason: 'PoliciesAccepted',
    action: 'Reloaded',
    note: `the policies ${hash} judge${without}`,
  };
}

function deployment({ namespace, name }: Installation): Happening['regarding'] {
  return { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name };
}
