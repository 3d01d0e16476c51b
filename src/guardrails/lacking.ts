/**
 * What a namespace lacks of its guard rails, from the objects alone: whoever reads the cluster says the same as the
 * controller would, whether one runs or not.
 */
import { equals, type JsonObject } from '../kubernetes/json.ts';
import {
  type Kind,
  keyOf,
  limitRange,
  networkPolicy,
  resourceQuota,
  role,
  roleBinding,
  secret,
  serviceAccount,
} from '../kubernetes/kinds.ts';
import { nameOf, referenceTo, titleOf } from '../kubernetes/object.ts';
import { pointer } from '../kubernetes/pointer.ts';
import type { Inventory } from '../policy/engine/inventory.ts';
import type { EffectivePolicy } from '../policy/engine/policy.ts';
import type { Violation } from '../policy/engine/rule.ts';
import { ENVIRONMENT_LABEL } from '../policy/environmentLabel.ts';
import { compareRail } from './compare.ts';
import { type GuardRails, guardRailsOf } from './guardRails.ts';
import { leftOver } from './leftOver.ts';
import { OPT_OUT } from './marks.ts';
import { isOurs, isTracked } from './owner.ts';
import { namesSecret, type PullSecrets, sourceProblem } from './pullSecrets.ts';
import { CONTROLLER, notInGit } from './sentences.ts';

/** The kinds that guard rails are of, beside Secrets and the ServiceAccounts that name them. */
export const RAIL_KINDS: readonly Kind[] = [networkPolicy, role, roleBinding, limitRange, resourceQuota];

/** The label asks for the guard rails: what is missing has no place of its own. */
const LABEL = pointer('metadata', 'labels', ENVIRONMENT_LABEL);
const ANNOTATION = pointer('metadata', 'annotations', OPT_OUT);

/** A team's object that says the same as a guard rail is as good as it. */
export function lackingGuardRails(namespace: JsonObject, policy: EffectivePolicy, inventory: Inventory): Violation[] {
  const rails = guardRailsOf(namespace, policy);
  const found: Violation[] = rails.optOut.refused.map((message) => ({ path: ANNOTATION, message }));
  const add = (message: string): void => void found.push({ path: LABEL, message });
  if (rails.mislabelled !== undefined) add(rails.mislabelled);
  lackingObjects(rails, policy, inventory, add);
  if (rails.pullSecrets !== undefined) {
    const copies = new Copies(nameOf(namespace), rails.pullSecrets, policy, inventory, add);
    for (const name of rails.pullSecrets.names) copies.judge(name);
  }
  for (const message of leftOver(nameOf(namespace), rails, policy, inventory)) add(message);
  return found;
}

type Add = (message: string) => void;

function lackingObjects({ objects }: GuardRails, policy: EffectivePolicy, inventory: Inventory, add: Add): void {
  let isRoleTheirs = false;
  for (const { object } of objects) {
    const kind = RAIL_KINDS.find(({ key }) => key === keyOf(object));
    const { namespace, name } = referenceTo(object);
    if (kind === undefined || !inventory.knows(kind, name)) continue;
    const title = titleOf(referenceTo(object));
    if (kind === roleBinding && isRoleTheirs) {
      add(`${title} is not kept, since the Role of that name is not Weir's, and who knows what it grants; rename it`);
      continue;
    }
    const { state, fields } = compareRail(object, inventory.find(kind, namespace, name));
    const at = fields.join(', ');
    if (state === 'make') {
      add(`${title} is not there, and ${policy.name} wants it; ${CONTROLLER}`);
    } else if (state === 'change') {
      add(`${title} is not what ${policy.name} wants at ${at}; ${CONTROLLER}`);
    } else if (state === 'overridden') {
      add(
        `${title} is not Weir's, and says something else than ${policy.name} at ${at}, so that this guard rail does not hold; rename it, or write what the policy says: weir namespace preview ${namespace}`,
      );
    }
    if (kind === role) isRoleTheirs = state === 'overridden';
  }
}

/** The copies of pull secrets, of which an audit knows the type and the registries and no login. */
class Copies {
  readonly #namespace: string;
  readonly #wanted: PullSecrets;
  readonly #policy: EffectivePolicy;
  readonly #inventory: Inventory;
  readonly #add: Add;

  constructor(namespace: string, wanted: PullSecrets, policy: EffectivePolicy, inventory: Inventory, add: Add) {
    this.#namespace = namespace;
    this.#wanted = wanted;
    this.#policy = policy;
    this.#inventory = inventory;
    this.#add = add;
  }

  judge(name: string): void {
    if (!this.#inventory.knows(secret, name)) return;
    const { from, serviceAccounts } = this.#wanted;
    const source = this.#inventory.find(secret, from, name);
    const copy = this.#inventory.find(secret, this.#namespace, name);
    const problem = sourceProblem(source, from, name);
    if (source === undefined || problem !== undefined) {
      const left = copy === undefined ? 'there is no copy of it here' : 'the copy here stays as it is';
      this.#add(`${problem}; ${left}`);
      return;
    }
    if (copy === undefined) {
      this.#add(`Secret ${name} is not there, and ${this.#policy.name} wants a copy of ${from}/${name}; ${CONTROLLER}`);
    } else if (!isSameSecret(source, copy)) {
      this.#differs(name, copy);
      if (!isOurs(copy)) return;
    }
    for (const account of serviceAccounts) this.#account(account, name);
  }

  #differs(name: string, copy: JsonObject): void {
    const source = `${this.#wanted.from}/${name}`;
    const message = isOurs(copy)
      ? `Secret ${name} is not as its source ${source}; ${CONTROLLER}`
      : `Secret ${name} is not Weir's, and says something else than ${source}, so that it does not follow it; rename it, or delete it`;
    this.#add(message);
  }

  #account(account: string, name: string): void {
    if (!this.#inventory.knows(serviceAccount, account)) return;
    const object = this.#inventory.find(serviceAccount, this.#namespace, account);
    if (object === undefined || namesSecret(object, name)) return;
    this.#add(
      isTracked(object)
        ? notInGit(account, name)
        : `ServiceAccount ${account} does not name the pull secret ${name}; ${CONTROLLER}`,
    );
  }
}

function isSameSecret(source: JsonObject, copy: JsonObject): boolean {
  return source.type === copy.type && equals(source.data, copy.data);
}
