/** Which way a write of spec.traffic goes: back, for which nobody waits, or on, which takes pods. Pure. */
import type { ServiceSeen } from '../../src/rollout/observed.ts';
import type { RolloutStatus } from '../../src/rollout/status.ts';
import type { Target } from '../../src/rollout/traffic.ts';

/**
 * Nobody gets more but who had all of it before, or whom a person goes back to.
 *
 * @param known before it was decided
 */
export function isWayBack(
  known: RolloutStatus | undefined,
  { stable }: RolloutStatus,
  targets: readonly Target[],
  service: ServiceSeen | undefined,
): boolean {
  const isUndo = stable === known?.previous?.revision;
  const good = [known?.stable, isUndo ? stable : undefined];
  const more = targets.filter(({ revision }) => gains(revision, targets, service));
  return more.length > 0 && more.every(({ revision }) => revision !== undefined && good.includes(revision));
}

/** More for the candidate than it has: not without the pods that go with it. */
export function isForward(
  { candidate }: RolloutStatus,
  targets: readonly Target[],
  service: ServiceSeen | undefined,
): boolean {
  return candidate !== undefined && gains(candidate.revision, targets, service);
}

function gains(revision: string | undefined, targets: readonly Target[], service: ServiceSeen | undefined): boolean {
  return shareOf(revision, targets) > shareOf(revision, service?.traffic ?? []);
}

function shareOf(revision: string | undefined, targets: readonly Target[]): number {
  let share = 0;
  for (const target of targets) if (target.revision === revision) share += target.percent;
  return share;
}
