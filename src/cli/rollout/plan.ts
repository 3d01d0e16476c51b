/** `weir rollout plan`: what a rollout does when, and what it costs in pods. */
import { DEFAULT_AUTOSCALER_CONFIG } from '../../knative/autoscaling/config.ts';
import { effectiveMinScale, effectiveWindow } from '../../knative/autoscaling/effective.ts';
import { objectAt } from '../../kubernetes/json.ts';
import { nameOf } from '../../kubernetes/object.ts';
import { timeText } from '../../kubernetes/time.ts';
import type { EffectivePolicy } from '../../policy/engine/policy.ts';
import { freezesOf } from '../../policy/freezes.ts';
import { type Given, type Plan, plan } from '../../rollout/plan.ts';
import { Session } from '../check/session.ts';
import type { CommandContext } from '../command.ts';
import { EXIT, Failure } from '../failure.ts';
import { STDIN } from '../input/load.ts';
import type { Io } from '../io.ts';
import { outputFormat } from '../outputFormat.ts';
import { progressOn } from '../progress.ts';
import { readTime, zoneOf } from '../schedule/times.ts';
import { drawPlan } from './drawPlan.ts';
import { findRollout, type Source, type SourceOptions } from './source.ts';

export interface PlanOptions extends SourceOptions {
  readonly from?: string;
  readonly pods?: string;
  readonly env?: string;
  readonly policies?: string;
  readonly output: string;
}

const FORMATS = ['text', 'json'] as const;
const MOST_PODS = 1_000_000;

export async function planRollout(subject: string, options: PlanOptions, context: CommandContext): Promise<number> {
  const { io, colors } = context;
  const output = outputFormat(options.output, FORMATS);
  const source = await findRollout(subject, options, io);
  const { rollout } = source;
  const policy = await policyFor(subject, source, options, io);
  const freezes = policy === undefined ? [] : freezesOf(policy);
  const zone = zoneOf((rollout.freeze ?? freezes[0])?.schedule.timeZone ?? 'UTC');
  const given: Given = {
    from: options.from === undefined ? io.now() : readTime(options.from, '--from', zone, 'start'),
    pods: podsOf(options, source),
    stableWindow: stableWindowOf(source),
    freezes,
    mostPods: policy?.autoscaling?.minScale?.max,
  };
  const planned = plan(rollout, given);
  if (output === 'json') io.stdout.write(`${JSON.stringify(jsonOf(planned, given), null, 2)}\n`);
  else {
    const { columns } = io.stdout;
    const drawing = { rollout, plan: planned, given, zone, policy: policy?.name, columns, colors: colors(io.stdout) };
    io.stdout.write(drawPlan(drawing));
  }
  return EXIT.clean;
}

function podsOf({ pods: text }: PlanOptions, { service, pods }: Source): number {
  if (text !== undefined) {
    const pods = /^\d+$/.test(text) ? Number(text) : 0;
    if (pods >= 1 && pods <= MOST_PODS) return pods;
    throw new Failure(`--pods is "${text}", and must be a number from 1 to ${MOST_PODS}`);
  }
  if (pods !== undefined && pods > 0) return pods;
  return service === undefined ? 1 : Math.max(1, effectiveMinScale(scalingOf(service)).value);
}

function stableWindowOf({ service }: Source): number {
  if (service === undefined) return Number(DEFAULT_AUTOSCALER_CONFIG.stableWindow / NANOSECONDS);
  return Number(effectiveWindow(scalingOf(service)).value / NANOSECONDS);
}

/** In a millisecond. */
const NANOSECONDS = 1_000_000n;

function scalingOf(service: NonNullable<Source['service']>) {
  const annotations = objectAt(service, 'spec', 'template', 'metadata', 'annotations');
  return { annotations, path: '', config: DEFAULT_AUTOSCALER_CONFIG };
}

/** The policy of the environment that is named, that the file goes to, or that the cluster's namespace is in. */
async function policyFor(
  subject: string,
  { environment: known, isFile, rollout }: Source,
  { env, policies }: PlanOptions,
  io: Io,
): Promise<EffectivePolicy | undefined> {
  const environment = env ?? known;
  // standard input is read once
  const paths = isFile && subject !== STDIN ? [subject] : [];
  if (environment === undefined && paths.length === 0) return undefined;
  const session = await Session.open({ paths, environment, policies }, io, progressOn(io));
  if (environment !== undefined) return session.policies.byName.get(environment);
  const { assigned } = await session.read(paths);
  return assigned.find(({ resource }) => nameOf(resource.object) === rollout.name)?.policy;
}

function jsonOf({ steps, end, mostPods, extraPodHours }: Plan, { from, pods }: Given): unknown {
  return {
    from: timeText(from),
    stablePods: pods,
    steps: steps.map(({ at, percent, pause, candidatePods, pods: all, frozen }) => ({
      at: at === undefined ? null : timeText(at),
      percent,
      pauseSeconds: pause === 'person' ? null : pause / 1000,
      waitsForPerson: pause === 'person',
      candidatePods,
      pods: all,
      frozenBy: frozen ?? null,
    })),
    end: end === undefined ? null : timeText(end),
    mostPods,
    extraPodHours: Math.round(extraPodHours * 1000) / 1000,
  };
}
