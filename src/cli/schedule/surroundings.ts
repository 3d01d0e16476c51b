/** What `weir schedule` knows beside the schedule: the environment, the other objects, and what the author of the target wrote. */
import { keyOf, scalingSchedule } from '../../kubernetes/kinds.ts';
import { referenceTo } from '../../kubernetes/object.ts';
import { type Inventory, inventoryOf } from '../../policy/engine/inventory.ts';
import type { JudgeContext } from '../../policy/engine/judge.ts';
import type { EffectivePolicy } from '../../policy/engine/policy.ts';
import { oneLine } from '../../report/safeText.ts';
import type { ScalingSchedule } from '../../schedule/model.ts';
import { contextFor } from '../check/context.ts';
import { tellShippedPolicies } from '../check/policies.ts';
import { Session } from '../check/session.ts';
import { STDIN } from '../input/load.ts';
import type { Io } from '../io.ts';
import { progressOn } from '../progress.ts';
import { type Author, authorOf } from './author.ts';
import type { Source, SourceOptions } from './source.ts';

export interface EnvironmentOptions extends SourceOptions {
  /** Whose bounds and defaults count; where it is not named, what the file or the cluster says. */
  readonly env?: string;
  readonly policies?: string;
}

export interface Surroundings {
  readonly schedule: ScalingSchedule;
  readonly inventory: Inventory;
  /** Of the environment; undefined where none is known, so that no policy counts. */
  readonly context: JudgeContext | undefined;
  /** Undefined where the target is not in sight. */
  readonly author: Author | undefined;
}

export async function surroundingsOf(
  subject: string,
  source: Source,
  options: EnvironmentOptions,
  at: Date,
  io: Io,
): Promise<Surroundings> {
  const { object, beside, schedule } = source;
  const policy = await policyFor(subject, source, options, io);
  const context = policy === undefined ? undefined : contextFor(policy, [object, ...beside], at);
  const inventory = context?.inventory ?? inventoryOf([object, ...beside]);
  return { schedule, inventory, context, author: authorOf(source, inventory, context) };
}

/** The policy of the environment that is named, that the file goes to, or that the cluster's namespace is in. */
async function policyFor(
  subject: string,
  source: Source,
  { env, policies }: EnvironmentOptions,
  io: Io,
): Promise<EffectivePolicy | undefined> {
  // standard input is read once
  const paths = source.isFile && subject !== STDIN ? [subject] : [];
  const named = env ?? source.environment;
  if (named === undefined && paths.length === 0) return undefined;
  const session = await Session.open({ paths, environment: env, policies, isQuiet: true }, io, progressOn(io));
  const policy = named === undefined ? await policyOfFile(paths, source, session) : policyNamed(named, session, io);
  if (policy !== undefined && paths.length > 0) tellShippedPolicies(session.policies.folder, policies, io);
  return policy;
}

async function policyOfFile(
  paths: readonly string[],
  { schedule: { name, namespace } }: Source,
  session: Session,
): Promise<EffectivePolicy | undefined> {
  const { assigned } = await session.read(paths);
  return assigned.find(({ resource: { object } }) => {
    const reference = referenceTo(object);
    return keyOf(object) === scalingSchedule.key && reference.name === name && reference.namespace === namespace;
  })?.policy;
}

/** The schedule can be shown without it: who asks a cluster need not have its policies. */
function policyNamed(environment: string, { policies }: Session, io: Io): EffectivePolicy | undefined {
  const policy = policies.byName.get(environment);
  if (policy !== undefined) return policy;
  const { shownAs, broken } = policies;
  const readable = broken.has(environment) ? 'policy that can be read' : 'policy';
  io.stderr.write(
    `weir: warning: the environment ${oneLine(environment)} has no ${readable} in ${shownAs}, so that none counts here; --policies FOLDER names others\n`,
  );
  return undefined;
}
