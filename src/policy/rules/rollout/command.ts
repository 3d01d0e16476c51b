import { type JsonObject, stringAt } from '../../../kubernetes/json.ts';
import { trafficRollout } from '../../../kubernetes/kinds.ts';
import { pointer } from '../../../kubernetes/pointer.ts';
import { COMMAND_ANNOTATION, parseCommand, type Verb } from '../../../rollout/command.ts';
import { defineRule } from '../../engine/rule.ts';
import { aRollout, together } from './examples.ts';

/** RBAC lets this group do anything (kubernetes plugin/pkg/auth/authorizer/rbac). */
const MASTERS = 'system:masters';

/** What lets a new Revision on. What stops one, or goes back, everybody may who may write TrafficRollouts. */
const KEPT: readonly Verb[] = ['promote', 'promote-full', 'resume', 'retry'];

const BEFORE = `# applied by jane of team-shop
${aRollout()}`;

export const rolloutCommand = defineRule({
  id: 'rollout/command',
  title: 'rollouts are promoted by those whom the policy names',
  why: 'Who may write a TrafficRollout may say promote: a step that waits for a person would wait for anybody.',
  howToFix: 'Ask a member of the groups that `serving.progressive.promoters` of the environment names.',
  kinds: [trafficRollout],
  action: 'deny',
  judgedAt: 'change',
  examples: {
    bad: together(
      BEFORE,
      aRollout({
        metadata: '{name: api-service, annotations: {weir.dev/rollout-command: promote api-service-00002 step-1}}',
      }),
    ),
    good: together(
      BEFORE,
      aRollout({ metadata: '{name: api-service, annotations: {weir.dev/rollout-command: abort api-service-00002}}' }),
    ),
  },

  judge({ object }, { policy, user, old }) {
    const groups = policy.serving?.progressive?.promoters?.groups;
    const text = commandIn(object);
    if (groups === undefined || user === undefined || text === '' || text === commandIn(old)) return [];
    const { verb } = parseCommand(text);
    if (verb === undefined || !KEPT.includes(verb) || user.groups.includes(MASTERS)) return [];
    if (user.groups.some((group) => groups.includes(group))) return [];
    const named = groups.length === 0 ? 'nobody' : `the groups ${groups.join(', ')}`;
    const message = `${user.name} may not say ${verb} to a rollout: ${policy.name} keeps that for ${named}; pause, abort and undo are for everybody who may write TrafficRollouts`;
    return [{ path: pointer('metadata', 'annotations', COMMAND_ANNOTATION), message }];
  },
});

function commandIn(object: JsonObject | undefined): string {
  return stringAt(object, 'metadata', 'annotations', COMMAND_ANNOTATION)?.trim() ?? '';
}
