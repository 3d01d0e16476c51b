/**
 * Which Revision is stable where the status does not say, or says one that is gone: at the first look, after a status was
 * lost, and after a Revision was deleted. What spec.traffic says is believed; a Service that follows its latest Revision is
 * pinned to the one that serves now.
 */
import type { ServiceSeen } from './observed.ts';
import type { RolloutStatus } from './status.ts';
import { TAGS, type Target } from './traffic.ts';
import { end, seen, type Turn, tell } from './turn.ts';

export function adopt(status: RolloutStatus, turn: Turn): RolloutStatus {
  const stable = stableOf(turn);
  if (stable === undefined) return status;
  tell(turn, 'Normal', 'Pinned', `${stable} is stable, and new Revisions get traffic step by step from now on`);
  const failed = status.failed.filter(({ revision }) => revision !== stable);
  return { ...end(status, 'Healthy', turn), stable, failed };
}

/** Why nothing can be pinned. */
export function whyNot({ service }: Turn): { readonly reason: string; readonly message: string } {
  const pinned = pinnedIn(service);
  if (pinned.length > 1) {
    const names = pinned.map(({ revision, percent }) => `${revision ?? 'the latest Revision'} ${percent} %`).join(', ');
    return {
      reason: 'TrafficSplit',
      message: `spec.traffic is split (${names}) by somebody else; give one Revision 100 %, and it is taken for stable`,
    };
  }
  const name = pinned[0]?.revision;
  if (name !== undefined) {
    return { reason: 'RevisionMissing', message: `spec.traffic names ${name}, which is not there; name one that is` };
  }
  return {
    reason: 'NotProtected',
    message: 'no Revision is Ready yet; the first one goes live directly, and is protected from then on',
  };
}

function stableOf(turn: Turn): string | undefined {
  const { service } = turn;
  const pinned = pinnedIn(service);
  const [target] = pinned;
  if (target === undefined || pinned.length > 1) return undefined;
  const revision = target.revision ?? service.latestReady;
  return seen(turn, revision) === undefined ? undefined : revision;
}

/**
 * Those that take requests at the Service's own address, but for candidates of a rollout whose status was lost: its tags
 * mean that only in what it wrote itself.
 */
function pinnedIn({ traffic, owner }: ServiceSeen): readonly Target[] {
  if (owner.kind !== 'ours') return traffic.filter(({ percent }) => percent > 0);
  const isOurs = ({ tag }: Target): boolean => tag === TAGS.candidate || tag === TAGS.preview || tag === TAGS.previous;
  const stable = traffic.find(({ tag }) => tag === TAGS.stable);
  if (stable !== undefined) return [stable];
  return traffic.filter((target) => target.percent > 0 && !isOurs(target));
}
