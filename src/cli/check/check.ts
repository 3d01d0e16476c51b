/** `weir check` from its options to its exit code. */
import { statSync } from 'node:fs';
import path from 'node:path';
import { catalogue } from '../../policy/catalogue.ts';
import type { JudgedObject } from '../../report/reporter.ts';
import type { CheckResult, ReportedError, ReportedFinding } from '../../report/result.ts';
import type { CommandContext } from '../command.ts';
import { type Configuration, environmentOfPath, isExcludedPath } from '../config/configuration.ts';
import { Configurations } from '../config/find.ts';
import { EXIT, Failure } from '../failure.ts';
import { loadInput, STDIN } from '../input/load.ts';
import type { Input } from '../input/resource.ts';
import { type Progress, progressOn } from '../progress.ts';
import { ratchet } from '../since/ratchet.ts';
import { environmentsOf } from './environments.ts';
import { type Assigned, type JudgedFinding, judgeInput } from './judgeInput.ts';
import type { CheckOptions } from './options.ts';
import { writeOutputs } from './outputs.ts';
import { exceptionsBeside, type Policies, policiesFolder, readPolicies, unknownEnvironment } from './policies.ts';

export async function check(options: CheckOptions, context: CommandContext): Promise<number> {
  const progress = progressOn(context.io);
  const { result, judged } = await judgePaths(options, context, progress).finally(() => progress.end());
  await writeOutputs(result, judged, options.outputs, context);
  return exitCode(result, options, context);
}

interface Checked {
  readonly result: CheckResult;
  readonly judged: readonly JudgedObject[];
}

async function judgePaths(options: CheckOptions, { io }: CommandContext, progress: Progress): Promise<Checked> {
  const { cwd } = io;
  if (options.since !== undefined && options.paths.includes(STDIN)) {
    throw new Failure('--since cannot look up what comes from standard input; name files or folders');
  }
  const configurations = new Configurations(cwd);
  const starts = options.paths.map((given) => folderOf(given === STDIN ? cwd : path.resolve(cwd, given)));
  const used = starts.map((folder) => configurations.forFolder(folder)).filter((found) => found !== undefined);

  const folder = policiesFolder(options.policies, used, cwd);
  const policies = await readPolicies(folder, cwd);
  const { environment } = options;
  if (environment !== undefined && !policies.byName.has(environment) && !policies.broken.has(environment)) {
    throw new Failure(unknownEnvironment(environment, policies));
  }

  const configurationOf = (file: string): Configuration | undefined => configurations.forFolder(path.dirname(file));
  const isExcluded = (file: string): boolean => {
    const configuration = configurationOf(file);
    return configuration !== undefined && isExcludedPath(configuration, file);
  };
  const input = await loadInput(options.paths, { io, cwd, progress, isExcluded });

  const ofPath = (origin: string): string | undefined => {
    const configuration = configurationOf(origin);
    return configuration === undefined ? undefined : environmentOfPath(configuration, origin);
  };
  const { assigned, unassigned, problems } = assign(input, policies, environment, ofPath);
  const exceptions = exceptionsBeside(folder, cwd);
  const judged = await judgeInput([...assigned, ...besideOf(exceptions, assigned)], {
    catalogue,
    now: io.now(),
    progress,
  });

  /** What stood in the past is judged as if no exception had run out: what one excused was never let in for good. */
  const judgePast = async (paths: readonly string[], toPresent: (file: string) => string) => {
    const inPast = (file: string) => isExcluded(toPresent(file));
    const past = await loadInput(paths, { io, cwd, progress, isExcluded: inPast });
    const { assigned } = assign(past, policies, environment, (origin) => ofPath(toPresent(origin)));
    const all = [...assigned, ...besideOf(exceptions, assigned)];
    return (await judgeInput(all, { catalogue, now: new Date(0), progress })).findings;
  };

  const errors = [...configurations.problems, ...policies.problems, ...input.problems, ...problems, ...judged.errors];
  const paths = options.paths.map((given) => path.resolve(cwd, given));
  const ratcheted =
    options.since === undefined
      ? judged.findings
      : await ratchet(judged.findings, { ref: options.since, io, paths, judgePast });
  const findings = inReadingOrder(ratcheted);
  const result: CheckResult = {
    kind: 'CheckResult',
    summary: {
      resources: input.resources.length,
      judged: judged.judged.length,
      ...countActions(findings),
      untouched: judged.untouched,
      unassigned,
    },
    findings,
    defaults: judged.defaults,
    errors: errors.map(reportedError),
    excused: judged.excused,
  };
  return { result, judged: judged.judged };
}

/** The exceptions beside the policies count in every environment that is judged. */
function besideOf(exceptions: ReturnType<typeof exceptionsBeside>, assigned: readonly Assigned[]): Assigned[] {
  const policies = new Set(assigned.map(({ policy }) => policy));
  const known = new Set(assigned.map(({ resource }) => resource.origin));
  const extra = exceptions.filter(({ origin }) => !known.has(origin));
  return [...policies].flatMap((policy) => extra.map((resource) => ({ resource, policy, isBeside: true })));
}

interface Assignment {
  readonly assigned: readonly Assigned[];
  readonly unassigned: number;
  readonly problems: readonly ReportedError[];
}

function assign(
  input: Input,
  policies: Policies,
  environment: string | undefined,
  ofPath: (origin: string) => string | undefined,
): Assignment {
  const environmentOf = environment === undefined ? environmentsOf(input.resources, ofPath) : () => environment;
  const assigned: Assigned[] = [];
  const problems: ReportedError[] = [];
  const told = new Set<string>();
  let unassigned = 0;

  for (const resource of input.resources) {
    const name = environmentOf(resource);
    if (name === undefined) {
      unassigned++;
      continue;
    }
    const policy = policies.byName.get(name);
    if (policy !== undefined) {
      assigned.push({ resource, policy });
      continue;
    }
    if (told.has(name)) continue;
    told.add(name);
    const place = environment === undefined ? { file: resource.file } : {};
    problems.push({ ...place, message: unknownEnvironment(name, policies) });
  }
  return { assigned, unassigned, problems };
}

/** By file in the order in which they were read, and from top to bottom in each. */
function inReadingOrder(findings: readonly JudgedFinding[]): ReportedFinding[] {
  const order = new Map<string, number>();
  for (const { reported } of findings) {
    const file = reported.file ?? '';
    if (!order.has(file)) order.set(file, order.size);
  }
  const rank = ({ file }: ReportedFinding) => order.get(file ?? '') ?? 0;
  return findings
    .map(({ reported }) => reported)
    .sort(
      (left, right) =>
        rank(left) - rank(right) || (left.line ?? 0) - (right.line ?? 0) || (left.column ?? 0) - (right.column ?? 0),
    );
}

function countActions(findings: readonly ReportedFinding[]): { deny: number; warn: number; audit: number } {
  const counts = { deny: 0, warn: 0, audit: 0 };
  for (const { action } of findings) counts[action]++;
  return counts;
}

function reportedError({ file, line, column, message }: ReportedError): ReportedError {
  return {
    message,
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
  };
}

function folderOf(file: string): string {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() === true ? file : path.dirname(file);
}

/** 2 where something could not be judged, 1 where something was denied, else 0. Says on stderr what the output does not. */
function exitCode({ summary, errors }: CheckResult, options: CheckOptions, { io }: CommandContext): number {
  if (errors.length > 0) return EXIT.failed;
  if (summary.judged === 0 && !options.allowEmpty) {
    io.stderr.write(`weir: ${nothingJudged(summary, options)}\n`);
    return EXIT.failed;
  }
  if (summary.deny > 0) return EXIT.denied;
  if (options.failOn === 'warn' && summary.warn > 0) return EXIT.denied;
  if (options.maxWarnings !== undefined && summary.warn > options.maxWarnings) {
    io.stderr.write(`weir: ${summary.warn} warnings, and --max-warnings allows ${options.maxWarnings}\n`);
    return EXIT.denied;
  }
  return EXIT.clean;
}

function nothingJudged({ resources, unassigned }: CheckResult['summary'], { paths }: CheckOptions): string {
  const where = paths.join(' ');
  if (unassigned > 0) {
    return `nothing was judged: no environment is known for ${unassigned} of ${resources} resources; say --env NAME, label their Namespace with weir.dev/environment, or map their paths in weir.yaml`;
  }
  if (resources === 0) return `nothing was judged: ${where} holds no Kubernetes objects (--allow-empty accepts that)`;
  return `nothing was judged: no rule knows the kinds of the ${resources} resources in ${where} (--allow-empty accepts that)`;
}
