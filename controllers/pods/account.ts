/** Who runs Pods: an account of its own, for it reads every Secret. */
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { accountWithRole } from '../manager/account.ts';
import type { MakeController } from '../manager/controller.ts';

export const NODE_ACCOUNT = { namespace: 'weir-system', name: 'weir-node' } as const;

export function nodeRole(controllers: readonly MakeController[]): readonly JsonObject[] {
  return accountWithRole(NODE_ACCOUNT, controllers);
}
