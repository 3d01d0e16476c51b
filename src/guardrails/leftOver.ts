/** What is left in a namespace of pull secrets that its policy hands out no more. */
import type { JsonObject } from '../kubernetes/json.ts';
import { secret, serviceAccount } from '../kubernetes/kinds.ts';
import { nameOf } from '../kubernetes/object.ts';
import type { Inventory } from '../policy/engine/inventory.ts';
import type { EffectivePolicy } from '../policy/engine/policy.ts';
import type { GuardRails } from './guardRails.ts';
import { isGuardRail, isOurs, isTracked } from './owner.ts';
import { joinedOn, namesSecret } from './pullSecrets.ts';
import { CONTROLLER } from './sentences.ts';

const FIELD = 'namespace.pullSecrets.retired';

/** @param rails what the namespace is to contain */
export function leftOver(
  namespace: string,
  rails: GuardRails,
  policy: EffectivePolicy,
  inventory: Inventory,
): string[] {
  const copies = inventory
    .inNamespace(secret, namespace)
    .filter((copy) => isGuardRail(copy) && isOurs(copy) && !rails.sources.includes(nameOf(copy)));
  return copies.flatMap((copy) => [
    ...leftCopy(nameOf(copy), rails, policy),
    ...leftNames(copy, namespace, rails, policy, inventory),
  ]);
}

function leftCopy(name: string, { pullSecrets }: GuardRails, policy: EffectivePolicy): string[] {
  if (pullSecrets?.names.includes(name) === true) return [];
  const { names = [], retired = {} } = policy.namespace?.pullSecrets ?? {};
  const isNamed = [...names, ...(retired.names ?? [])].includes(name);
  const next = isNamed ? CONTROLLER : `Weir may take it away once ${FIELD}.names names it`;
  return [`Secret ${name} is a copy that ${policy.name} hands out no more; ${next}`];
}

/** ServiceAccounts that still name the copy; one that Argo CD tracks is Git's to change. */
function leftNames(
  copy: JsonObject,
  namespace: string,
  { pullSecrets: wanted }: GuardRails,
  policy: EffectivePolicy,
  inventory: Inventory,
): string[] {
  const { serviceAccounts = [], retired = {} } = policy.namespace?.pullSecrets ?? {};
  const named = [...serviceAccounts, ...(retired.serviceAccounts ?? [])];
  const name = nameOf(copy);
  const staying = wanted?.names.includes(name) === true ? wanted.serviceAccounts : [];
  const left = joinedOn(copy).filter((account) => {
    const object = inventory.find(serviceAccount, namespace, account);
    return !staying.includes(account) && object !== undefined && !isTracked(object) && namesSecret(object, name);
  });
  return left.map((account) => {
    const next = named.includes(account) ? CONTROLLER : `Weir may take it out once ${FIELD}.serviceAccounts names it`;
    return `ServiceAccount ${account} names the pull secret ${name}, which Weir wrote there and ${policy.name} hands out to it no more; ${next}`;
  });
}
