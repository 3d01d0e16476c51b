/** Something wrong with an expression. */
import type { CallExpr } from '../syntax/expr.ts';
import type { Type } from './types.ts';

export interface CheckProblem {
  /** In UTF-16 code units. */
  readonly at: number;
  /** As cel-go says it. */
  readonly message: string;
  readonly about?: About;
}

/** What a problem is about, for those who say it in other words. */
export type About =
  | { readonly kind: 'syntax' }
  | { readonly kind: 'name'; readonly name: string; readonly known: readonly string[] }
  | { readonly kind: 'function'; readonly name: string; readonly expr: CallExpr }
  | { readonly kind: 'field'; readonly name: string; readonly known: readonly string[] }
  | { readonly kind: 'overload'; readonly name: string; readonly types: readonly Type[]; readonly isMethod: boolean }
  | { readonly kind: 'type' | 'mixed'; readonly wanted: Type; readonly found: Type }
  | { readonly kind: 'pattern'; readonly pattern: string };
