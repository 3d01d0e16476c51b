/** `weir check` from its options to its exit code. */
import path from 'node:path';
import { catalogue } from '../../policy/catalogue.ts';
import { type CheckResult, count, type ReportedError, type ReportedFinding } from '../../report/result.ts';
import type { CommandContext } from '../command.ts';
import { EXIT, Failure } from '../failure.ts';
import { STDIN } from '../input/load.ts';
import type { Resource } from '../input/resource.ts';
import { type Progress, progressOn } from '../progress.ts';
import { countActions } from '../reported.ts';
import { identityOf } from '../since/identity.ts';
import { ratchet } from '../since/ratchet.ts';
import { exitCodeOf } from '../thresholds.ts';
import { hintsFor } from './hints.ts';
import { type Assigned, type JudgedFinding, judgeInput } from './judgeInput.ts';
import type { CheckOptions } from './options.ts';
import { type Beside, writeOutputs } from './outputs.ts';
import { type PastPlaces, Session, type SessionInput } from './session.ts';
import { missedVerdicts, noEnvironment } from './unassigned.ts';

export async function check(options: CheckOptions, context: CommandContext): Promise<number> {
  const progress = progressOn(context.io);
  const { result, missed, ...beside } = await judgePaths(options, context, progress).finally(() => progress.end());
  await writeOutputs(result, beside, options.outputs, context);
  return exitCode(result, missed, options, context);
}

interface Checked extends Beside {
  readonly result: CheckResult;
  /** Objects that would have been judged, had their environment been known. */
  readonly missed: readonly Resource[];
}

async function judgePaths(options: CheckOptions, { io }: CommandContext, progress: Progress): Promise<Checked> {
  if (options.since !== undefined && options.paths.includes(STDIN)) {
    throw new Failure('--since cannot look up what comes from standard input; name files or folders');
  }
  const session = await Session.open(options, io, progress);
  const present = await session.read(options.paths);
  const judged = await judgeInput(present.assigned, { catalogue, now: io.now(), progress });

  const readPast = async (paths: readonly string[], places: PastPlaces) => {
    const environmentToday = environmentsToday(present, places);
    return (await session.read(paths, { ...places, environmentToday })).assigned;
  };
  /** What stood in the past is judged as if no exception had run out: what one excused was never let in for good. */
  const judgePast = async (past: readonly Assigned[]) =>
    (await judgeInput(past, { catalogue, now: new Date(0), progress })).findings;

  const paths = options.paths.map((given) => path.resolve(io.cwd, given));
  const { since } = options;
  const ratcheted =
    since === undefined
      ? judged.findings
      : await ratchet(judged.findings, { ref: since, io, paths, present: present.resources, readPast, judgePast });
  const findings = inReadingOrder(ratcheted);
  const result: CheckResult = {
    kind: 'CheckResult',
    summary: {
      resources: present.resources.length,
      judged: judged.judged.length,
      ...countActions(findings),
      untouched: judged.untouched,
      unassigned: present.unassigned.length,
    },
    findings,
    defaults: judged.defaults,
    errors: [...session.problems, ...present.problems, ...judged.errors].map(reportedError),
    excused: judged.excused,
  };
  const missed = missedVerdicts(present.unassigned, session.policies.byName.values());
  const hints = () => hintsFor(ratcheted, judged.defaults, present.resources, options);
  const textFix = await textFixFor(ratcheted, options);
  return { result, missed, judged: judged.judged, hints, textFix };
}

/** What changes the text of YAML is a sixth of the program, and is loaded for the one output that shows such changes. */
async function textFixFor(findings: readonly JudgedFinding[], { outputs }: CheckOptions): Promise<Beside['textFix']> {
  if (!outputs.some(({ format }) => format === 'sarif')) return () => undefined;
  const { TextFixes } = await import('./textFixes.ts');
  const fixes = new TextFixes(findings);
  return (finding) => fixes.of(finding);
}

/**
 * Looks objects of the past up among those of today: one that had no environment yet is judged for the one that it
 * gets. It is looked for in the folder that its file is in today, and, where it stands no more where it stood, in all.
 */
function environmentsToday(
  { assigned, resources }: SessionInput,
  { toPresent, movedTo }: PastPlaces,
): (resource: Resource) => string | undefined {
  const byFolder = new Map<string, string>();
  const anywhere = new Map<string, Set<string>>();
  for (const { resource, policy } of assigned) {
    const identity = identityOf(resource.object);
    byFolder.set(`${resource.group}\n${identity}`, policy.name);
    anywhere.set(identity, (anywhere.get(identity) ?? new Set()).add(policy.name));
  }
  const standing = new Set(resources.map(({ object, origin }) => `${origin}\n${identityOf(object)}`));

  return ({ object, origin }) => {
    const identity = identityOf(object);
    const there = byFolder.get(`${path.dirname(movedTo(origin))}\n${identity}`);
    if (there !== undefined || standing.has(`${toPresent(origin)}\n${identity}`)) return there;
    const [only, ...others] = anywhere.get(identity) ?? [];
    return others.length === 0 ? only : undefined;
  };
}

/** By file in the order in which they were read, and from top to bottom in each. */
function inReadingOrder(findings: readonly JudgedFinding[]): ReportedFinding[] {
  const byFile = new Map<string, ReportedFinding[]>();
  for (const { reported } of findings) {
    const file = reported.file ?? '';
    const list = byFile.get(file);
    if (list === undefined) byFile.set(file, [reported]);
    else list.push(reported);
  }
  for (const list of byFile.values()) {
    list.sort((left, right) => (left.line ?? 0) - (right.line ?? 0) || (left.column ?? 0) - (right.column ?? 0));
  }
  return [...byFile.values()].flat();
}

function reportedError({ file, line, column, message }: ReportedError): ReportedError {
  return {
    message,
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
  };
}

/** 2 where something could not be judged, 1 where something was denied, else 0. Says on stderr what the output does not. */
function exitCode(
  { summary, errors }: CheckResult,
  missed: readonly Resource[],
  options: CheckOptions,
  { io }: CommandContext,
): number {
  const isNothingJudged = summary.judged === 0 && !options.allowEmpty;
  const isMissed = missed.length > 0 && !options.allowUnassigned && (summary.judged > 0 || !options.allowEmpty);
  if (missed.length > 0) {
    const advice = isMissed && summary.judged > 0 ? ' (--allow-unassigned accepts that)' : '';
    const heading = isNothingJudged ? 'nothing was judged: ' : '';
    io.stderr.write(`weir: ${heading}${noEnvironment(missed, summary.resources)}${advice}\n`);
  } else if (isNothingJudged && errors.length === 0) io.stderr.write(`weir: ${nothingJudged(summary, options)}\n`);
  if (errors.length > 0 || isNothingJudged || isMissed) return EXIT.failed;
  return exitCodeOf(summary, options, io.stderr);
}

function nothingJudged({ resources }: CheckResult['summary'], { paths }: CheckOptions): string {
  const where = paths.join(' ');
  if (resources === 0) return `nothing was judged: ${where} holds no Kubernetes objects (--allow-empty accepts that)`;
  return `nothing was judged: no rule knows the kinds of the ${count(resources, 'resource')} in ${where} (--allow-empty accepts that)`;
}
