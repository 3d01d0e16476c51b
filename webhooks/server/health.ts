/** Whether the server can judge: one named check a line, as Kubernetes' own components answer. */
import type { CertificateSource, ClusterView, PolicyStore } from '../dependencies.ts';

export interface Health {
  readonly isReady: boolean;
  /** `[+]policies ok` or `[-]caches failed: …`, a line each, and the sum of them. */
  readonly text: string;
}

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
  const checks: readonly (readonly [name: string, problem: string | undefined])[] = [
    ['policies', policies.environments().length > 0 ? undefined : 'no environment has a policy'],
    ['caches', cacheProblem(cluster)],
    ['certificate', certificateProblem(certificates, now())],
    ['warm-up', isWarm() ? undefined : 'the engine still judges its own examples'],
    ['shutdown', isDraining() ? 'the server is going away' : undefined],
  ];
  const isReady = checks.every(([, problem]) => problem === undefined);
  const lines = checks.map(([name, problem]) =>
    problem === undefined ? `[+]${name} ok` : `[-]${name} failed: ${problem}`,
  );
  return { isReady, text: `${lines.join('\n')}\nreadyz check ${isReady ? 'passed' : 'failed'}\n` };
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
