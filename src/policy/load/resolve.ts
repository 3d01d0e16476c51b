/**
 * From the files of a policy folder to effective policies. What belongs in this folder: reading policy files, saying
 * everything that is wrong with them, and `extends`; what the values mean is for the rules.
 */
import { customCompiler } from '../custom/compile.ts';
import { type PolicyFile, readPolicies } from './document.ts';
import { type PolicySet, type ResolveOptions, resolveWith } from './resolver.ts';

export type { OtherDocument, PolicyFile } from './document.ts';
export { describeError, type PolicyError } from './error.ts';
export type { PolicySet, ResolveOptions } from './resolver.ts';

/**
 * Validates the files' policies and resolves `extends`. A policy with an error is unusable, and so are those that
 * extend it; the others are as good as ever. Pure.
 */
export function resolvePolicies(files: readonly PolicyFile[], options: ResolveOptions): PolicySet {
  return resolveWith(readPolicies(files), { ...options, custom: customCompiler });
}
