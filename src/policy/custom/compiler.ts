/** What the loader needs of custom rules, so that it can be had without CEL where no policy brings any. */
import type { JsonObject } from '../../kubernetes/json.ts';
import type { Rule } from '../engine/rule.ts';
import type { CustomRule } from '../model/spec.ts';
import type { CustomProblem } from './problem.ts';

export type CompiledRule =
  | { readonly ok: true; readonly rule: Rule }
  | { readonly ok: false; readonly problems: readonly CustomProblem[] };

export interface CustomCompiler {
  /** Makes a Rule of a custom rule whose shape is as the policy's schema says, or tells everything that is wrong with it. */
  compile(custom: CustomRule): CompiledRule;
  /** Everything that is wrong with a custom rule of any shape; what its schema says is not repeated. */
  check(custom: JsonObject): CustomProblem[];
}
