/** JSON Patch (RFC 6902): the operations that Weir writes. */
import type { JsonValue } from './json.ts';

export type PatchOperation =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: JsonValue }
  | { readonly op: 'remove'; readonly path: string };
