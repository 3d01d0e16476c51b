/** An account: what can happen to it, what it is by what happened, and what may happen next. Nothing here reads or writes. */

export type Fact =
  | { readonly type: 'account.opened.v1'; readonly owner: string }
  | { readonly type: 'account.deposited.v1'; readonly cents: number }
  | { readonly type: 'account.withdrawn.v1'; readonly cents: number };

export interface Command {
  readonly type: string;
  readonly owner?: unknown;
  /** Money in whole cents: sums of fractions are not exact. */
  readonly cents?: unknown;
}

export interface Account {
  readonly owner: string;
  readonly cents: number;
}

export const NOBODYS: Account = { owner: '', cents: 0 };
/** Of Account: another one makes snapshots of before worthless, and they are made anew from the events. */
export const SHAPE = 1;

/** The command cannot be, by the rules of accounts. */
export class NotAllowed extends Error {}

/** What an account is after a fact. Facts are true: nothing is asked or refused here. */
export function apply(account: Account, fact: Fact): Account {
  switch (fact.type) {
    case 'account.opened.v1':
      return { owner: fact.owner, cents: 0 };
    case 'account.deposited.v1':
      return { ...account, cents: account.cents + fact.cents };
    case 'account.withdrawn.v1':
      return { ...account, cents: account.cents - fact.cents };
  }
}

/** What happens when an account is asked for something. @throws NotAllowed with the reason */
export function decide(account: Account, { type, owner, cents }: Command): Fact {
  if (type === 'account.open.v1') {
    if (account.owner !== '') throw new NotAllowed(`it is ${account.owner}'s already`);
    if (typeof owner !== 'string' || owner === '') throw new NotAllowed('an account needs an owner');
    return { type: 'account.opened.v1', owner };
  }
  if (account.owner === '') throw new NotAllowed('nobody has opened it');
  if (typeof cents !== 'number' || !Number.isSafeInteger(cents) || cents <= 0) {
    throw new NotAllowed(`cents is ${JSON.stringify(cents)}; a whole number above 0 is needed`);
  }
  if (type === 'account.deposit.v1') return { type: 'account.deposited.v1', cents };
  if (type !== 'account.withdraw.v1') throw new NotAllowed(`nobody knows what ${type} is`);
  if (cents > account.cents) throw new NotAllowed(`${cents} cents are asked for, and ${account.cents} are there`);
  return { type: 'account.withdrawn.v1', cents };
}
