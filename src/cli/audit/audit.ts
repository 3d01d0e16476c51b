/** `weir audit` from its options to its exit code. */
import { auditCatalogue as catalogue } from '../../audit/catalogue.ts';
import type { Audit } from '../../audit/judge.ts';
import { auditedKinds } from '../../audit/kinds.ts';
import { keyOf, namespace } from '../../kubernetes/kinds.ts';
import { nameOf } from '../../kubernetes/object.ts';
import { type CheckResult, count, describePlace } from '../../report/result.ts';
import { oneLine } from '../../report/safeText.ts';
import { didYouMean } from '../../text/nearest.ts';
import { writeOutputs } from '../check/outputs.ts';
import {
  type Policies,
  policiesFolder,
  readPolicies,
  tellShippedPolicies,
  unknownEnvironment,
} from '../check/policies.ts';
import { withCluster } from '../cluster.ts';
import type { CommandContext } from '../command.ts';
import { EXIT, Failure } from '../failure.ts';
import type { Io } from '../io.ts';
import { progressOn } from '../progress.ts';
import { asExcuse, countActions } from '../reported.ts';
import { exitCodeOf } from '../thresholds.ts';
import { compareAudits } from './compare.ts';
import { type ClusterAudit, judgeCluster } from './judge.ts';
import type { AuditOptions } from './options.ts';
import { type ClusterObjects, readCluster } from './read.ts';

export async function audit(options: AuditOptions, context: CommandContext): Promise<number> {
  const { io } = context;
  const policies = await usablePolicies('--policies', options.policies, options, io);
  tellShippedPolicies(policies.folder, options.policies, io);
  const before =
    options.compare === undefined ? undefined : await usablePolicies('--compare', options.compare, options, io);

  const progress = progressOn(io);
  const audited = await auditCluster(options, policies, before, io, progress).finally(() => progress.end());
  const result = resultOf(audited, policies);
  const hints = () => audited.hints;
  const judged = audited.audits.flatMap(({ environment, judged }) =>
    judged.map((resource) => ({ environment, resource })),
  );
  await writeOutputs(result, { judged, hints, textFix: () => undefined }, options.outputs, context);
  return exitCode(result, options, io);
}

interface Audited extends ClusterAudit {
  readonly problems: readonly string[];
  readonly hints: readonly string[];
}

/** A policy that cannot be used would leave namespaces unjudged without a word: it ends the audit. */
async function usablePolicies(
  option: string,
  named: string | undefined,
  { grade }: AuditOptions,
  { cwd }: Io,
): Promise<Policies> {
  const policies = await readPolicies(policiesFolder(named, [], cwd, option), cwd);
  if (policies.problems.length > 0) {
    const lines = policies.problems.map((problem) => `  ${describePlace(problem)}: ${problem.message}`);
    throw new Failure(`the policies cannot be used\n${lines.join('\n')}`);
  }
  if (grade !== undefined && !policies.byName.has(grade)) throw new Failure(unknownEnvironment(grade, policies));
  return policies;
}

async function auditCluster(
  options: AuditOptions,
  policies: Policies,
  before: Policies | undefined,
  io: Io,
  progress: ReturnType<typeof progressOn>,
): Promise<Audited> {
  const cluster = await read(options, [policies, ...(before === undefined ? [] : [before])], io, progress);
  const judge = ({ byName }: Policies) =>
    judgeCluster({ ...options, cluster, policies: byName, now: io.now(), catalogue, progress });
  const now = await judge(policies);
  const problems = [...cluster.problems, ...namespacesThatAreNotThere(options, cluster)];
  const hints = UNREAD.flatMap(([kind, hint]) => (cluster.unread.has(kind) ? [hint] : []));
  if (before === undefined) return { ...now, problems, hints: [...hints, ...defaultsHint(now.audits)] };

  const { audits, gone } = compareAudits((await judge(before)).audits, now.audits);
  const compared = `told is what is new by the policies in ${policies.shownAs}; ${count(gone, 'finding')} by those in ${before.shownAs} would be gone`;
  return { ...now, audits, problems, hints: [...hints, ...defaultsHint(audits), compared] };
}

/** What an audit does without, and what it says nothing about then. */
const UNREAD: readonly (readonly [kind: string, hint: string])[] = [
  ['Secret', 'Secrets cannot be read with these rights, so that nothing is said about whether pull secrets are there'],
  ['ResourceQuota', 'ResourceQuotas cannot be listed with these rights: whether quotas are there is not said'],
  [
    'LimitRange',
    'LimitRanges cannot be listed with these rights: whether the limits of containers are there is not said',
  ],
];

/** A slip in a name would otherwise look like a namespace in which all is well. */
function namespacesThatAreNotThere({ namespaces }: AuditOptions, { objects, unread }: ClusterObjects): string[] {
  if (unread.has(namespace.key)) return [];
  const there = objects.filter((object) => keyOf(object) === namespace.key).map(nameOf);
  const missing = namespaces.filter((name) => !there.includes(name));
  return missing.map((name) => {
    const hint = didYouMean(name, there);
    return `-n ${oneLine(name)}: the cluster has no such namespace${hint === '' ? '; kubectl get namespaces lists them' : hint}`;
  });
}

async function read(
  options: AuditOptions,
  policies: readonly Policies[],
  io: Io,
  progress: ReturnType<typeof progressOn>,
): Promise<ClusterObjects> {
  const all = policies.flatMap(({ byName }) => [...byName.values()]);
  const { known, unknown } = auditedKinds(catalogue, all);
  const systemNamespaces = [...new Set(all.map(({ knative }) => knative.systemNamespace))];
  return withCluster(options, io, (client) =>
    readCluster({ client, kinds: known, unknown, systemNamespaces, progress, signal: io.signal }),
  );
}

function defaultsHint(audits: readonly Audit[]): string[] {
  const defaults = audits.flatMap((audit) => audit.defaults);
  if (defaults.length === 0) return [];
  const objects = new Set(defaults.map(({ resource }) => JSON.stringify(resource)));
  return [
    `${count(defaults.length, 'default')} would be filled in for ${count(objects.size, 'object')}, were they written today; -o json lists them`,
  ];
}

function resultOf(
  { audits, resources, unassigned, withoutPolicy, problems }: Audited,
  policies: Policies,
): CheckResult {
  const findings = audits.flatMap((each) => each.findings);
  const missing = [...withoutPolicy].map(([name, namespace]) => ({
    message: `Namespace ${namespace}: ${unknownEnvironment(name, policies)}`,
  }));
  return {
    kind: 'CheckResult',
    summary: {
      resources,
      judged: audits.reduce((sum, { judged }) => sum + judged.length, 0),
      ...countActions(findings),
      untouched: audits.reduce((sum, { untouched }) => sum + untouched, 0),
      unassigned,
    },
    findings,
    defaults: audits.flatMap(({ environment, defaults }) =>
      defaults.map(({ resource, ...value }) => ({ environment, resource, values: [value] })),
    ),
    errors: [
      ...problems.map((message) => ({ message })),
      ...missing,
      ...audits.flatMap(({ failures }) => failures.map((message) => ({ message }))),
    ],
    excused: audits.flatMap(({ excused }) => excused.map(({ finding, exception }) => asExcuse(finding, exception))),
  };
}

/** As of `weir check`: 2 where something could not be judged, 1 where something is denied. */
function exitCode({ summary, errors }: CheckResult, options: AuditOptions, { stderr }: Io): number {
  if (summary.judged === 0 && errors.length === 0) {
    stderr.write(
      'weir: nothing was judged: no namespace with the label weir.dev/environment holds what a rule knows; set it, or name others with -n\n',
    );
    return EXIT.failed;
  }
  if (errors.length > 0) return EXIT.failed;
  return exitCodeOf(summary, options, stderr);
}
