/** `weir explain`: what a rule is for, or who decided each value of a manifest. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, referenceTo } from '../../kubernetes/object.ts';
import { catalogue } from '../../policy/catalogue.ts';
import { type ExplainedLine, explainObject } from '../../policy/explain.ts';
import { inputRules } from '../../policy/rules/yaml/index.ts';
import { describePlace } from '../../report/result.ts';
import { ruleText } from '../../report/ruleText.ts';
import { didYouMean } from '../../text/nearest.ts';
import { contextFor } from '../check/context.ts';
import { Session } from '../check/session.ts';
import { noEnvironment } from '../check/unassigned.ts';
import type { CommandContext } from '../command.ts';
import { EXIT, Failure } from '../failure.ts';
import { STDIN } from '../input/load.ts';
import type { Resource } from '../input/resource.ts';
import type { Colors } from '../io.ts';
import { progressOn } from '../progress.ts';

export interface ExplainOptions {
  readonly environment: string | undefined;
  readonly policies: string | undefined;
}

export async function explain(subject: string, options: ExplainOptions, context: CommandContext): Promise<number> {
  const { io } = context;
  const isFile = subject === STDIN || existsSync(path.resolve(io.cwd, subject));
  const session = await Session.open({ ...options, paths: isFile ? [subject] : ['.'] }, io, progressOn(io));
  const policies = [...session.policies.byName.values()];

  const rules = [...catalogue.rules, ...inputRules, ...policies.flatMap((policy) => policy.custom)];
  const rule = rules.find(({ id }) => id === subject);
  if (rule !== undefined) {
    io.stdout.write(ruleText(rule, policies, context.colors(io.stdout)));
    return EXIT.clean;
  }
  if (!isFile) {
    const hint = didYouMean(
      subject,
      rules.map(({ id }) => id),
    );
    throw new Failure(
      `"${subject}" is neither a rule nor a file${hint}${hint === '' ? '; docs/rules.md lists the rules' : ''}`,
    );
  }
  return explainFile(session, subject, context);
}

async function explainFile(session: Session, file: string, context: CommandContext): Promise<number> {
  const { io } = context;
  const input = await session.read([file]);
  const colors = context.colors(io.stdout);
  const blocks: string[] = [];
  for (const policy of new Set(input.assigned.map((assigned) => assigned.policy))) {
    const members = input.assigned.filter((assigned) => assigned.policy === policy && assigned.isBeside !== true);
    const judging = contextFor(
      policy,
      members.map(({ resource }) => resource.object),
      io.now(),
    );
    for (const { resource } of members) {
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

  const problems = [...session.problems, ...input.problems];
  for (const problem of problems) io.stderr.write(`${describePlace(problem)}: ${problem.message}\n`);
  if (input.unassigned.length > 0) {
    io.stderr.write(`weir: ${noEnvironment(input.unassigned, input.resources.length)}\n`);
  }
  return problems.length > 0 || input.unassigned.length > 0 ? EXIT.failed : EXIT.clean;
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
