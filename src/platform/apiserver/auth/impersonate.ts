/**
 * Who acts as somebody else, by the Impersonate headers: since Kubernetes 1.36 the rights of the constrained modes are
 * looked at first, then the one of old (k8s.io/apiserver pkg/endpoints/filters/impersonation). Where none of them is
 * there, the sentence is of the first mode.
 */
import { badRequest, Failure } from '../status/failure.ts';
import { denied, quoted } from './denied.ts';
import { type DistinctHeaders, firstOf } from './headers.ts';
import { ANONYMOUS, AUTHENTICATED, accountGroups, accountIn, MASTERS, nodeIn, UNAUTHENTICATED } from './identities.ts';
import type { Attributes, Authorizer, User } from './user.ts';

const EXTRA_PREFIX = 'impersonate-extra-';
const NODE_NAME = 'authentication.kubernetes.io/node-name';
/** From so many groups or extra values on, the right to all of them is asked for first. */
const MANY = 4;

/**
 * The user whom the request is made as: the one who asks, unless headers name another.
 *
 * @param attributes of the request, as it was sent
 * @throws Failure 403 where the user may not, 400 where headers name groups, a uid or extras and no user
 */
export function actingUser(attributes: Attributes, headers: DistinctHeaders, authorizer: Authorizer): User {
  const wanted = wantedIn(headers);
  if (wanted === undefined) return attributes.user;

  let first: Failure | undefined;
  for (const mode of MODES) {
    if (!mode.applies(wanted, attributes.user)) continue;
    try {
      return actAs(mode, wanted, attributes, authorizer);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      first ??= error;
    }
  }
  throw first ?? denied(attributes, 'all impersonation modes failed');
}

interface Mode {
  /** Empty for the mode of old, whose verb is `impersonate` alone. */
  readonly name: string;
  applies(wanted: User, requestor: User): boolean;
}

const LEGACY: Mode = { name: '', applies: () => true };
const MODES: readonly Mode[] = [
  { name: 'associated-node', applies: (wanted, requestor) => isBare(wanted) && isAssociated(wanted, requestor) },
  { name: 'arbitrary-node', applies: (wanted) => isBare(wanted) && nodeIn(wanted.name) !== undefined },
  { name: 'serviceaccount', applies: (wanted) => isBare(wanted) && accountIn(wanted.name) !== undefined },
  {
    name: 'user-info',
    applies: ({ name }) => nodeIn(name) === undefined && accountIn(name) === undefined,
  },
  LEGACY,
];

/** Only a name: the groups and the rest follow from it. */
function isBare({ uid, groups, extra }: User): boolean {
  return uid === '' && groups.length === 0 && Object.keys(extra).length === 0;
}

/** A ServiceAccount whose pod runs on the node. */
function isAssociated(wanted: User, requestor: User): boolean {
  const node = nodeIn(wanted.name);
  const [own, ...more] = requestor.extra[NODE_NAME] ?? [];
  return node !== undefined && accountIn(requestor.name) !== undefined && more.length === 0 && own === node;
}

function actAs(mode: Mode, wanted: User, attributes: Attributes, authorizer: Authorizer): User {
  const isConstrained = mode !== LEGACY;
  const verb = isConstrained ? `impersonate:${mode.name}` : 'impersonate';
  const ask = (asked: Attributes): void => {
    const { allowed, reason } = authorizer.decide(asked);
    if (!allowed) throw denied(asked, reason);
  };
  if (isConstrained) ask({ ...attributes, verb: `impersonate-on:${mode.name}:${attributes.verb}` });

  const of = (plural: string, rest: Partial<NonNullable<Attributes['resource']>>): Attributes => {
    const isAuthentication = isConstrained || plural === 'uids' || plural === 'userextras';
    const group = isAuthentication ? 'authentication.k8s.io' : '';
    const resource = { group, version: 'v1', plural, subresource: '', namespace: '', name: '', ...rest };
    return { user: attributes.user, verb, resource };
  };
  const known = askForName(wanted, isConstrained, of, ask);
  if (wanted.uid !== '') ask(of('uids', { name: wanted.uid }));
  askForGroups(wanted.groups, isConstrained, of, ask);
  askForExtra(wanted.extra, isConstrained, of, ask);
  return { ...wanted, groups: withStanding(wanted.name, wanted.groups.length === 0 ? known : wanted.groups) };
}

type Of = (plural: string, rest: Partial<NonNullable<Attributes['resource']>>) => Attributes;
/** @throws Failure where the user may not */
type Ask = (attributes: Attributes) => void;

/** Gives the groups that follow from the name. */
function askForName({ name }: User, isConstrained: boolean, of: Of, ask: Ask): string[] {
  const account = accountIn(name);
  if (account !== undefined) {
    ask(of('serviceaccounts', account));
    return accountGroups(account.namespace);
  }
  const node = isConstrained ? nodeIn(name) : undefined;
  if (node !== undefined) {
    ask(of('nodes', { name: node }));
    return ['system:nodes'];
  }
  ask(of('users', { name }));
  return [];
}

function askForGroups(groups: readonly string[], isConstrained: boolean, of: Of, ask: Ask): void {
  if (isConstrained && groups.includes('')) {
    throw denied(of('groups', {}), 'impersonating the empty string group is not allowed');
  }
  if (isConstrained && groups.includes(MASTERS)) {
    throw denied(of('groups', { name: MASTERS }), 'impersonating the system:masters group is not allowed');
  }
  if (isConstrained && groups.length >= MANY && isGranted(() => ask(of('groups', { name: '*' })))) return;
  for (const name of groups) ask(of('groups', { name }));
}

function askForExtra(extra: User['extra'], isConstrained: boolean, of: Of, ask: Ask): void {
  const pairs = Object.entries(extra).flatMap(([key, values]) => values.map((value) => [key, value] as const));
  const flaw = isConstrained ? extraFlaw(extra) : undefined;
  if (flaw !== undefined) throw denied(of('userextras', {}), flaw);

  const isLarge = isConstrained && pairs.length >= MANY;
  if (isLarge && isGranted(() => ask(of('userextras', { subresource: '*', name: '*' })))) return;
  for (const [subresource, name] of pairs) ask(of('userextras', { subresource, name }));
}

function extraFlaw(extra: User['extra']): string | undefined {
  for (const [key, values] of Object.entries(extra)) {
    if (key === '') return 'impersonating the empty string key in extra is not allowed';
    if (!/^[^/]+\/./.test(key)) {
      const why = `extra.key: Invalid value: ${quoted(key)}: must be a domain-prefixed path (such as "acme.io/foo")`;
      return `impersonating an invalid key in extra is not allowed: ${why}`;
    }
    if (key !== key.toLowerCase()) return `impersonating a non-lowercase key in extra is not allowed: ${quoted(key)}`;
    if (values.includes('')) return 'impersonating the empty string value in extra is not allowed';
  }
  return undefined;
}

function isGranted(ask: () => void): boolean {
  try {
    ask();
    return true;
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
}

/** With the group that says whether somebody is known; headers may say that it is nobody. */
function withStanding(name: string, groups: readonly string[]): string[] {
  const standing = name === ANONYMOUS.name || groups.includes(UNAUTHENTICATED) ? UNAUTHENTICATED : AUTHENTICATED;
  return groups.includes(standing) ? [...groups] : [...groups, standing];
}

/** What the headers ask for; undefined where they ask for nothing. */
function wantedIn(headers: DistinctHeaders): User | undefined {
  const name = firstOf(headers, 'impersonate-user');
  const uid = firstOf(headers, 'impersonate-uid');
  const groups = headers['impersonate-group'] ?? [];
  const extra = new Map<string, readonly string[]>();
  for (const [header, values = []] of Object.entries(headers)) {
    if (!header.startsWith(EXTRA_PREFIX)) continue;
    const key = unescaped(header.slice(EXTRA_PREFIX.length));
    extra.set(key, [...(extra.get(key) ?? []), ...values]);
  }
  if (name !== '') return { name, uid, groups, extra: Object.fromEntries(extra) };
  if (uid === '' && groups.length === 0 && extra.size === 0) return undefined;
  throw badRequest(`requested ${printed(uid, groups, extra)} without impersonating a user name`);
}

function unescaped(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key; // as it was sent
  }
}

/** As Go prints the user. */
function printed(uid: string, groups: readonly string[], extra: ReadonlyMap<string, readonly string[]>): string {
  const texts = (list: readonly string[]): string => `{${list.map(quoted).join(', ')}}`;
  const pairs = [...extra].map(([key, values]) => `${quoted(key)}:[]string${texts(values)}`).sort();
  const groupList = groups.length === 0 ? '[]string(nil)' : `[]string${texts(groups)}`;
  const extraMap = extra.size === 0 ? 'map[string][]string(nil)' : `map[string][]string{${pairs.join(', ')}}`;
  return `&user.DefaultInfo{Name:"", UID:${quoted(uid)}, Groups:${groupList}, Extra:${extraMap}}`;
}
