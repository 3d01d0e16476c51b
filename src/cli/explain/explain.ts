/** `weir explain`: what a rule is for, or who decided each value of a manifest. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { stringAt } from '../../kubernetes/json.ts';
import { describe, referenceTo } from '../../kubernetes/object.ts';
import { readYaml } from '../../kubernetes/yaml/read.ts';
import { catalogue } from '../../policy/catalogue.ts';
import { type ExplainedLine, explainObject } from '../../policy/explain.ts';
import { everyRule } from '../../policy/rules/every.ts';
import { describePlace, describeProblem } from '../../report/result.ts';
import { ruleText } from '../../report/ruleText.ts';
import { contextFor } from '../check/context.ts';
import { Session } from '../check/session.ts';
import { noEnvironment } from '../check/unassigned.ts';
import type { CommandContext } from '../command.ts';
import { EXIT, Failure } from '../failure.ts';
import { STDIN } from '../input/load.ts';
import { readRegularFile } from '../input/readFile.ts';
import type { Resource } from '../input/resource.ts';
import type { Colors, Io } from '../io.ts';
import { progressOn } from '../progress.ts';
import { meantBy, nearestRule, rulesList } from './rules.ts';

export interface ExplainOptions {
  readonly environment: string | undefined;
  readonly policies: string | undefined;
}

/** Without a subject, every rule is listed. */
export async function explain(
  subject: string | undefined,
  options: ExplainOptions,
  context: CommandContext,
): Promise<number> {
  const { io } = context;
  const isFile = subject !== undefined && (subject === STDIN || existsSync(path.resolve(io.cwd, subject)));
  const session = await Session.open({ ...options, paths: isFile ? [subject] : [] }, io, progressOn(io));
  const policies = [...session.policies.byName.values()];

  const rules = [...everyRule, ...policies.flatMap((policy) => policy.custom)];
  const colors = context.colors(io.stdout);
  const meant = subject === undefined ? { listed: rules } : meantBy(subject, rules);
  // a folder `security` beside the manifests is no reason to explain the family of that name
  const isExactRule = meant !== undefined && 'rule' in meant && meant.rule.id === subject;
  if (subject !== undefined && isFile && !isExactRule) return explainFile(session, subject, context);
  if (meant === undefined) {
    const hint = nearestRule(subject ?? '', rules);
    throw new Failure(
      `"${subject}" is neither a rule nor a file${hint === '' ? '; weir explain without an argument lists the rules' : hint}`,
    );
  }
  io.stdout.write('rule' in meant ? ruleText(meant.rule, policies, colors) : rulesList(meant.listed, colors));
  return EXIT.clean;
}

async function explainFile(session: Session, file: string, context: CommandContext): Promise<number> {
  const { io } = context;
  const input = await session.read([file]);
  const colors = context.colors(io.stdout);
  const blocks: string[] = [];
  for (const policy of new Set(input.assigned.map((assigned) => assigned.policy))) {
    const members = input.assigned.filter((assigned) => assigned.policy === policy);
    const objects = members.map(({ resource }) => resource.object);
    const judging = contextFor(policy, objects, io.now());
    for (const { resource, isBeside } of members) {
      if (isBeside === true) continue;
      const lines = explainObject(resource.object, judging, catalogue);
      const heading = colors.bold(`${describe(referenceTo(resource.object))} for ${policy.name}`);
      blocks.push(
        lines === undefined
          ? `${heading}\n  of a kind that no rule knows: it passes as it is\n`
          : `${heading}\n${table(lines, resource, colors)}`,
      );
    }
  }
  io.stdout.write(blocks.join('\n'));
  if (input.resources.length === 0 && input.problems.length === 0)
    throw new Failure(nothingToExplain(session, file, io));

  const problems = [...session.problems, ...input.problems];
  for (const problem of problems) io.stderr.write(`${describeProblem(problem)}\n`);
  if (input.unassigned.length > 0) {
    io.stderr.write(`weir: ${noEnvironment(input.unassigned, input.resources.length)}\n`);
  }
  return problems.length > 0 || input.unassigned.length > 0 ? EXIT.failed : EXIT.clean;
}

/** A policy is no resource, and has a command of its own. */
function nothingToExplain({ policies }: Session, file: string, { cwd }: Io): string {
  const content = file === STDIN ? undefined : readRegularFile(path.resolve(cwd, file));
  const text = content !== undefined && 'bytes' in content ? content.bytes : '';
  const [document] = readYaml(text, file).documents;
  if (stringAt(document?.value, 'kind') !== 'EnvironmentPolicy')
    return `${file} holds no Kubernetes objects to explain`;

  const name = stringAt(document?.value, 'metadata', 'name');
  const others = [...policies.byName.keys()].sort().join(', ');
  const command = name === undefined ? `weir policy show NAME (${others})` : `weir policy show ${name}`;
  return `${file} is a policy, and no manifest; what it comes to, and where each value was written, says: ${command}`;
}

/** Sources stand below each other, unless a line is longer than this. */
const WIDEST = 64;

function table(lines: readonly ExplainedLine[], resource: Resource, colors: Colors): string {
  const width = Math.max(...lines.map(({ text }) => (text.length <= WIDEST ? text.length : 0)));
  return lines.map((line) => `  ${row(line, width, resource, colors)}\n`).join('');
}

function row(
  { text, by, path: place, source }: ExplainedLine,
  width: number,
  resource: Resource,
  colors: Colors,
): string {
  const padded = text.padEnd(width);
  if (by === 'policy') return colors.green(`${padded}  ${source ?? ''}`.trimEnd());
  if (by === 'knative') return `${colors.dim(padded)}  ${colors.dim("Knative's default")}`;
  return `${padded}  ${colors.dim(describePlace(resource.locate(place)).replace(/:\d+$/, ''))}`;
}
