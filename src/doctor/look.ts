/** What came of looking at something in the cluster: it may be there, absent, or not to be seen with these rights. */
import type { JsonObject } from '../kubernetes/json.ts';
import { unseen, type Verdict } from './verdict.ts';

/** What RBAC would have to allow. */
export interface Right {
  readonly verb: 'get' | 'list' | 'create';
  /** As RBAC and kubectl name it: `deployments.apps`. */
  readonly resource: string;
  /** Undefined: in the whole cluster. */
  readonly namespace: string | undefined;
}

export type Look<Value> =
  | { readonly is: 'seen'; readonly value: Value }
  /** There is no such object, or the server does not have the kind. */
  | { readonly is: 'absent' }
  | { readonly is: 'unseen'; readonly why: string; readonly right: Right | undefined };

export type ObjectLook = Look<JsonObject>;
export type ListLook = Look<readonly JsonObject[]>;

export function seen<Value>(value: Value): Look<Value> {
  return { is: 'seen', value };
}

export const ABSENT = { is: 'absent' } as const;

/** What was seen, or undefined. */
export function seenIn<Value>(look: Look<Value> | undefined): Value | undefined {
  return look?.is === 'seen' ? look.value : undefined;
}

/** What was seen of a list; nothing of one that is absent or cannot be seen. */
export function itemsOf(look: ListLook | undefined): readonly JsonObject[] {
  return seenIn(look) ?? [];
}

/** The verdict of a check that could not look; undefined where it could. */
export function blind(check: string, what: string, look: Look<unknown>): Verdict | undefined {
  return look.is === 'unseen' ? unseen(check, `${what} cannot be looked at: ${look.why}`) : undefined;
}

/** `list deployments.apps in knative-serving`. */
export function rightText({ verb, resource, namespace }: Right): string {
  return `${verb} ${resource}${namespace === undefined ? '' : ` in ${namespace}`}`;
}
