/**
 * Rules that a policy file brings along, written in CEL (https://cel.dev), the language of Kubernetes' own
 * ValidatingAdmissionPolicy. What belongs here: everything from the text of a custom rule to a Rule like any other.
 */
import type { Program } from '../../cel/program.ts';
import { arrayAt, type JsonObject } from '../../kubernetes/json.ts';
import { hasLabels, labelsOf } from '../../kubernetes/object.ts';
import type { Rule, RuleContext, Violation } from '../engine/rule.ts';
import type { Subject } from '../engine/subject.ts';
import type { CustomRule, CustomRuleMatch } from '../model/spec.ts';
import { matchesPattern } from '../pattern.ts';
import type { CompiledRule, CustomCompiler } from './compiler.ts';
import { explainFailure, valueWords } from './explain.ts';
import { checkCoreService, kindsOf } from './kinds.ts';
import { MAX_COST, MAX_MESSAGE_LENGTH } from './limits.ts';
import type { CustomProblem } from './problem.ts';
import { compileExpression, type Wanted } from './program.ts';
import { bindingsFor, VARIABLE_TYPES } from './variables.ts';

/** Makes a Rule of a custom rule whose shape is as the policy's schema says, or tells everything that is wrong with it. */
export function compileCustomRule(custom: CustomRule): CompiledRule {
  const problems: CustomProblem[] = [];
  const program = compileField(custom.expression, 'expression', problems);
  const messageProgram =
    custom.messageExpression === undefined
      ? undefined
      : compileField(custom.messageExpression, 'messageExpression', problems);
  const kinds = kindsOf(custom.match.kinds, problems);
  checkCoreService(custom.match.kinds, custom.expression, problems);
  if (program === undefined || problems.length > 0) return { ok: false, problems };

  const text = custom.message?.trim();
  const rule: Rule = {
    id: `custom/${custom.name}`,
    title: text ?? `custom rule ${custom.name}`,
    why: `The policy asks for it: ${custom.expression.trim()}`,
    howToFix: `Make this true: ${custom.expression.trim()}`,
    kinds,
    action: custom.action ?? 'deny',
    examples: { bad: '', good: '' },
    needsOthers: program.used.has('namespaceObject') || messageProgram?.used.has('namespaceObject') === true,
    asksWho: program.used.has('user'),
    judge: (subject, context) => judge(custom, { program, messageProgram, text }, subject, context),
  };
  return { ok: true, rule };
}

/** Everything that is wrong with a custom rule of any shape; what its schema says is not repeated. */
export function checkCustomRule(custom: JsonObject): CustomProblem[] {
  const problems: CustomProblem[] = [];
  for (const field of ['expression', 'messageExpression'] as const) {
    const source = custom[field];
    if (typeof source === 'string') compileField(source, field, problems);
  }
  const kinds = arrayAt(custom, 'match', 'kinds');
  kindsOf(kinds, problems);
  checkCoreService(kinds, typeof custom.expression === 'string' ? custom.expression : '', problems);
  return problems;
}

export const customCompiler: CustomCompiler = { compile: compileCustomRule, check: checkCustomRule };

const WANTED = { expression: 'bool', messageExpression: 'string' } as const satisfies Record<string, Wanted>;

function compileField(source: string, field: keyof typeof WANTED, problems: CustomProblem[]): Program | undefined {
  const compiled = compileExpression(source, VARIABLE_TYPES, WANTED[field]);
  if (compiled.ok) return compiled.program;
  for (const problem of compiled.problems) problems.push({ pointer: `/${field}`, ...problem });
  return undefined;
}

interface Programs {
  readonly program: Program;
  readonly messageProgram: Program | undefined;
  readonly text: string | undefined;
}

function judge(custom: CustomRule, programs: Programs, subject: Subject, context: RuleContext): readonly Violation[] {
  if (!applies(custom.match, subject)) return [];
  const bindings = bindingsFor(subject, context);
  const outcome = programs.program.run(bindings, MAX_COST);
  if (outcome.ok && outcome.value === true) return [];

  const path = custom.path ?? '';
  if (!outcome.ok) return [{ path, message: `cannot be judged: ${explainFailure(outcome, programs.program)}` }];
  if (outcome.value === false) return [{ path, message: messageFor(custom, programs, bindings) }];
  const words = valueWords(outcome.value);
  return [{ path, message: `cannot be judged: the expression gives ${words}, and must give true or false` }];
}

/** The message that the expression makes, or else the one that stands in the file. */
function messageFor(
  custom: CustomRule,
  { program, messageProgram, text }: Programs,
  bindings: Parameters<Program['run']>[0],
): string {
  const fallback = text ?? `breaks the rule ${custom.name}: ${program.source.trim()}`;
  const outcome = messageProgram?.run(bindings, MAX_COST);
  const made = outcome?.ok === true ? outcome.value : undefined;
  if (typeof made !== 'string' || made.trim() === '') return fallback;
  const line = made.trim().replaceAll(/\s*[\r\n]+\s*/g, ' ');
  return line.length <= MAX_MESSAGE_LENGTH ? line : `${line.slice(0, MAX_MESSAGE_LENGTH)}…`;
}

function applies(match: CustomRuleMatch, subject: Subject): boolean {
  if (match.names !== undefined && !match.names.some((name) => matchesPattern(name, subject.name))) return false;
  if (match.labels !== undefined && !hasLabels(labelsOf(subject.object), match.labels)) return false;
  if (match.namespaces === undefined || subject.namespace === '') return true;
  return match.namespaces.some((name) => matchesPattern(name, subject.namespace));
}
