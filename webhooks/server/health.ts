/** Whether the server can judge. */
import { type Health, healthOf } from '../../src/process/health.ts';
import type { CertificateSource, ClusterView, PolicyStore } from '../dependencies.ts';

export interface HealthParts {
  readonly policies: PolicyStore;
  readonly cluster: ClusterView;
  readonly certificates: CertificateSource;
  /** False until the engine has judged its own examples: the first requests would wait for code that never ran. */
  isWarm(): boolean;
  /** True from the first signal on. */
  isDraining(): boolean;
  now(): Date;
}

/** A refused reload does not show here: the last good policies judge, and that is what ready means. */
export function readiness({ policies, cluster, certificates, isWarm, isDraining, now }: HealthParts): Health {
  return healthOf([
    ['policies', policies.environments().length > 0 ? undefined : 'no environment has a policy'],
    ['caches', cacheProblem(cluster)],
    ['certificate', certificateProblem(certificates, now())],
    ['warm-up', isWarm() ? undefined : 'the engine still judges its own examples'],
    ['shutdown', isDraining() ? 'the server is going away' : undefined],
  ]);
}

function cacheProblem(cluster: ClusterView): string | undefined {
  if (cluster.hasSynced()) return undefined;
  const kinds = cluster.unsynced?.() ?? [];
  return kinds.length === 0 ? 'not every kind was listed yet' : `not listed yet: ${kinds.join(', ')}`;
}

function certificateProblem(certificates: CertificateSource, now: Date): string | undefined {
  const current = certificates.current();
  if (current === undefined) return 'there is none yet';
  return current.expiresAt > now ? undefined : `it expired at ${current.expiresAt.toISOString()}`;
}
