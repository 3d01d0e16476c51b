/** From the text of an expression to a program that judges, or to what is wrong with it. */
import { isDyn, showType, type Type } from '../../cel/check/types.ts';
import { estimateCost } from '../../cel/cost/estimate.ts';
import { compile, type Program } from '../../cel/program.ts';
import { bracketProblem } from './brackets.ts';
import { type ExpressionProblem, limitProblems } from './check.ts';
import { typeWords } from './explain.ts';
import { MAX_BRACKETS, MAX_COST, MAX_EXPRESSION_LENGTH } from './limits.ts';
import { told } from './sentences.ts';

export type Compiled =
  | { readonly ok: true; readonly program: Program }
  | { readonly ok: false; readonly problems: readonly ExpressionProblem[] };

/** What an expression is for: a verdict, or a message. */
export type Wanted = 'bool' | 'string';

/** @param variables the types of the names that the expression may use, each of which must be bound when it runs */
export function compileExpression(source: string, variables: Readonly<Record<string, Type>>, wanted: Wanted): Compiled {
  if (source.length > MAX_EXPRESSION_LENGTH) {
    return refused(
      `the expression has ${source.length} characters, and may have ${MAX_EXPRESSION_LENGTH}; make two rules of it`,
    );
  }
  const tooDeep = bracketBeyond(source, MAX_BRACKETS);
  if (tooDeep !== undefined) return refused(`brackets stand more than ${MAX_BRACKETS} deep inside each other`, tooDeep);

  const compiled = compile(source, { variables });
  if (!compiled.ok) {
    const isSyntax = compiled.problems.some(({ about }) => about?.kind === 'syntax');
    const bracket = isSyntax ? bracketProblem(source) : undefined;
    const problems = bracket === undefined ? told(source, compiled.problems) : [bracket];
    return problems.length > 0
      ? { ok: false, problems }
      : refused('the expression nests too deep; make two rules of it');
  }
  const { program } = compiled;
  const problems = [
    ...limitProblems(source, program.expr),
    ...resultProblems(program, wanted),
    ...costProblems(program),
  ];
  return problems.length > 0 ? { ok: false, problems } : { ok: true, program };
}

function refused(message: string, offset?: number): Compiled {
  return { ok: false, problems: [{ ...(offset === undefined ? {} : { offset }), message }] };
}

/** Where brackets first stand deeper than they may. Those inside texts count too: a bound this wide need not be exact. */
function bracketBeyond(source: string, most: number): number | undefined {
  let depth = 0;
  for (let offset = 0; offset < source.length; offset++) {
    const char = source[offset];
    if (char === '(' || char === '[' || char === '{') depth++;
    if (char === ')' || char === ']' || char === '}') depth--;
    if (depth > most) return offset;
  }
  return undefined;
}

const WANTED: Readonly<Record<Wanted, string>> = { bool: 'true or false', string: 'a text' };

/** What comes of an object may be anything; what is known to be something else is no verdict. */
function resultProblems({ checked: { type } }: Program, wanted: Wanted): ExpressionProblem[] {
  if (isDyn(type) || showType(type) === wanted) return [];
  return [{ message: `the expression gives ${typeWords(type)}, and must give ${WANTED[wanted]}` }];
}

/**
 * Nothing bounds the objects of a rule, so that what it costs at most says nothing. What it costs at least, on an object
 * in which it finds nothing, it costs on every object.
 */
function costProblems({ expr, checked }: Program): ExpressionProblem[] {
  const { min } = estimateCost(expr, checked);
  if (min <= MAX_COST) return [];
  const most = MAX_COST.toLocaleString('en');
  return [
    { message: `the expression costs at least ${min.toLocaleString('en')} on every object, and may cost ${most}` },
  ];
}
