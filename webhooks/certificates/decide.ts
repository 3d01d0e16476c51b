/**
 * The next step of the certificates' life, from what is there and the time: the state machine that README.md draws.
 * Pure. Every step leads from any state that a crash can leave, so that nothing needs to be remembered between two.
 */
import type { Authority, Examined } from './examine.ts';
import type { Timing } from './timing.ts';

/** One webhook's caBundle. */
export interface Bundle {
  /** The name of the configuration, `policy.weir.dev`. */
  readonly configuration: string;
  /** The name of the entry in it, `prod.policy.weir.dev`. */
  readonly webhook: string;
  readonly pem: string;
  /** The CAs of ours in it that are good now. */
  readonly authorities: readonly Authority[];
}

export interface State {
  readonly secret: Examined | undefined;
  /** Somebody asks for a new CA by the annotation. */
  readonly isRotationAsked: boolean;
  /** For how many milliseconds this replica has seen this very Secret. */
  readonly unchangedFor: number;
  /** For how many milliseconds this replica has seen something wrong. */
  readonly troubledFor: number;
  /** The last good content of the Secret that this replica served. */
  readonly remembered: Examined | undefined;
  /** Of every webhook in those configurations that exist. */
  readonly bundles: readonly Bundle[];
  /** For how many milliseconds this replica has seen the configurations as they are. */
  readonly publishedFor: number;
  /** Milliseconds since this replica last wrote the Secret. */
  readonly sinceWrite: number;
}

/** A write of the Secret; it counts only if the Secret is as it was read. */
export interface Write {
  readonly do: 'restore' | 'repair' | 'rotate' | 'issue' | 'retire';
  readonly why: string;
  readonly authority: 'kept' | 'new' | 'remembered';
  readonly leaf: 'kept' | 'new' | 'none' | 'remembered';
  /** What previous-ca.crt is to hold. */
  readonly previous: readonly Authority[];
}

/** A write of the caBundle into every webhook of one configuration; it counts only if that is as it was read. */
export interface Publish {
  readonly do: 'publish';
  readonly why: string;
  readonly configuration: string;
  readonly pem: string;
}

export interface Wait {
  readonly do: 'wait';
  readonly why: string;
  /** Milliseconds. */
  readonly for: number;
}

export type Step = Write | Publish | Wait;

export interface Decision {
  readonly step: Step;
  /** Whether the Secret's serving certificate may be served. */
  readonly isServed: boolean;
  /** Something is wrong that no step of ours leads to. */
  readonly isTroubled: boolean;
}

/** @param now milliseconds since 1970 */
export function decide(state: State, now: number, timing: Timing): Decision {
  const { secret, bundles } = state;
  const lost = whatIsLost(state);
  if (secret === undefined || lost !== undefined) {
    const step = mend(state, lost ?? 'there is no Secret yet', timing);
    return { step: paced(step, state, timing), isServed: isLeafTrusted(secret, bundles), isTroubled: true };
  }

  const step = routine(secret, state, now, timing);
  return { step: paced(step, state, timing), isServed: secret.leaf !== undefined, isTroubled: false };
}

/** Whether the Secret is of the same descent as what a replica serves: the one thing to go by where no caBundle can be read. */
export function isContinued(secret: Examined, served: Examined | undefined): boolean {
  return served?.leaf === undefined || has(heldBy(secret), served.leaf.issuer);
}

/** What trusts the material: the text that belongs into every caBundle, the CA that signs first. */
export function bundleOf({ authority, previous }: Pick<Examined, 'authority' | 'previous'>): string {
  return [...(authority === undefined ? [] : [authority]), ...previous].map(({ pem }) => pem).join('');
}

/** Why the Secret as it stands cannot be gone on from; undefined where it can. */
function whatIsLost(state: State): string | undefined {
  const { secret, bundles, remembered } = state;
  if (secret === undefined) {
    const isFirst = remembered === undefined && authoritiesOf(bundles).length === 0;
    return isFirst ? 'there is no Secret yet' : 'the Secret is gone';
  }
  if (secret.flaws.length > 0) return secret.flaws.join('; ');
  // others may serve what a CA signed that only the caBundles know; it must not leave them before there is a new certificate
  if (secret.leaf === undefined && without(authoritiesOf(bundles), heldBy(secret)).length > 0) {
    return 'there is no serving certificate that is good now, and the caBundles hold a CA that the Secret has lost';
  }
  if (isStrange(secret, state)) return 'the caBundles know none of the CAs in the Secret, but others of ours';
  return undefined;
}

/** Puts back what this replica remembers; leaves it to others that may remember; at last makes what is missing. */
function mend(state: State, why: string, timing: Timing): Step {
  const { secret, remembered, bundles, troubledFor } = state;
  if (remembered !== undefined && isRestorable(remembered, bundles)) return restore(remembered, state, why);

  const published = authoritiesOf(bundles);
  if (published.length > 0 && troubledFor < timing.grace) {
    return { do: 'wait', for: timing.grace - troubledFor, why: `${why}; a replica that remembers it may put it back` };
  }

  const isKept = secret?.authority !== undefined && secret.canSign;
  const known = union(heldBy(secret), heldBy(remembered), published);
  const previous = isKept ? known.filter(({ id }) => id !== secret.authority?.id) : known;
  // where others are trusted, a certificate waits until the API servers trust its CA as well
  const made = previous.length === 0 ? 'new' : 'none';
  const leaf = isLeafTrusted(secret, bundles) ? 'kept' : made;
  return { do: 'repair', why, authority: isKept ? 'kept' : 'new', leaf, previous };
}

function restore(remembered: Examined, { secret, bundles }: State, why: string): Write {
  const held = union(heldBy(remembered), heldBy(secret), authoritiesOf(bundles));
  const previous = held.filter(({ id }) => id !== remembered.authority?.id);
  return { do: 'restore', why, authority: 'remembered', leaf: 'remembered', previous };
}

/** Good to put back: it is complete, and the API server trusts it. */
function isRestorable(remembered: Examined, bundles: readonly Bundle[]): boolean {
  return remembered.flaws.length === 0 && remembered.canSign && isLeafTrusted(remembered, bundles);
}

/** Every webhook that trusts anything of ours trusts the certificate. */
function isLeafTrusted(examined: Examined | undefined, bundles: readonly Bundle[]): boolean {
  const leaf = examined?.leaf;
  if (leaf === undefined) return false;
  return bundles.every(({ authorities }) => authorities.length === 0 || has(authorities, leaf.issuer));
}

/**
 * True for a Secret that is good in itself, but of which no caBundle knows anything, while they hold other CAs of ours:
 * an old copy that was put in the place of the real one, a write that came much too late, or caBundles that were put
 * back. No step of ours leads there. The replica's own memory says which of the two is the stranger.
 */
function isStrange(secret: Examined, { bundles, remembered }: State): boolean {
  if (secret.leaf === undefined || (remembered?.leaf !== undefined && isContinued(secret, remembered))) return false;
  const published = authoritiesOf(bundles);
  if (published.length === 0) return false;
  return heldBy(secret).every(({ id }) => !has(published, id));
}

/** The way of a Secret in good order. */
function routine(secret: Examined, state: State, now: number, timing: Timing): Step {
  return (
    publish(secret, state.bundles) ??
    issue(secret, state, now, timing) ??
    retire(secret, state, timing) ??
    rotate(secret, state, now, timing)
  );
}

function publish(secret: Examined, bundles: readonly Bundle[]): Publish | undefined {
  const pem = bundleOf(secret);
  const wrong = bundles.find((bundle) => bundle.pem !== pem);
  if (wrong === undefined) return undefined;
  const why = wrong.pem === '' ? 'is empty' : 'is not what the Secret asks for';
  return { do: 'publish', configuration: wrong.configuration, pem, why: `the caBundle of ${wrong.webhook} ${why}` };
}

/** Once every API server trusts the CA, and not before, what it signs is served. */
function issue(secret: Examined, state: State, now: number, timing: Timing): Step | undefined {
  const { authority, previous, leaf } = secret;
  const why = whyIssue(secret, now);
  if (authority === undefined || why === undefined) return undefined;

  const write: Write = { do: 'issue', why, authority: 'kept', leaf: 'new', previous };
  const isAnybodyElseTrusted = previous.length > 0;
  if (leaf === undefined && !isAnybodyElseTrusted) return write;
  if (state.publishedFor >= timing.takeUp) return write;
  // what has expired is refused for certain, what may not be known yet only perhaps
  if (leaf !== undefined && leaf.notAfter - now <= timing.takeUp) return write;
  return { do: 'wait', for: timing.takeUp - state.publishedFor, why: `${why}; the API servers take up the caBundle` };
}

function whyIssue({ authority, leaf }: Examined, now: number): string | undefined {
  if (leaf === undefined) return 'there is no serving certificate that is good now';
  if (leaf.issuer !== authority?.id) return 'the CA is new';
  if (leaf.notAfter < authority.notAfter && now >= thirdLeftAt(leaf)) return 'the serving certificate ends soon';
  return undefined;
}

/** An old CA leaves once no replica can serve what it signed: the Secret has been the same for long enough. */
function retire(secret: Examined, { unchangedFor }: State, timing: Timing): Step | undefined {
  if (!secret.hasPrevious || unchangedFor < timing.overlap) return undefined;
  const why = 'every replica serves what the new CA signed';
  return { do: 'retire', why, authority: 'kept', leaf: 'kept', previous: [] };
}

function rotate(secret: Examined, state: State, now: number, timing: Timing): Step {
  const { authority, previous, hasPrevious } = secret;
  const due = authority === undefined ? now : rotationAt(authority, timing);
  if (state.isRotationAsked || now >= due) {
    const why = state.isRotationAsked ? 'somebody asked for it' : 'a third of the CA’s life is left';
    const old = union(authority === undefined ? [] : [authority], previous);
    return { do: 'rotate', why, authority: 'new', leaf: 'kept', previous: old };
  }
  const retirement = hasPrevious ? timing.overlap - state.unchangedFor : Number.POSITIVE_INFINITY;
  return { do: 'wait', for: Math.min(due - now, retirement), why: 'all is well' };
}

/** When the rotation of a CA begins: early enough for its serving certificate to be replaced before a third of its life is left. */
export function rotationAt(authority: Authority, { takeUp }: Timing): number {
  return thirdLeftAt(authority) - 2 * takeUp;
}

function thirdLeftAt({ notBefore, notAfter }: Pick<Authority, 'notBefore' | 'notAfter'>): number {
  return notAfter - (notAfter - notBefore) / 3;
}

/** Two replicas that disagree for good, about a name or the time, write in turns; they shall not do so without a pause. */
function paced(step: Step, { sinceWrite }: State, { takeUp }: Timing): Step {
  if (step.do === 'wait' || step.do === 'publish' || sinceWrite >= takeUp) return step;
  return { do: 'wait', for: takeUp - sinceWrite, why: `${step.why}; this replica wrote the Secret just now` };
}

function heldBy(examined: Examined | undefined): Authority[] {
  if (examined === undefined) return [];
  return union(examined.authority === undefined ? [] : [examined.authority], examined.previous);
}

function authoritiesOf(bundles: readonly Bundle[]): Authority[] {
  return union(...bundles.map(({ authorities }) => authorities));
}

/** Each once, the youngest first. */
function union(...lists: readonly (readonly Authority[])[]): Authority[] {
  const found = new Map<string, Authority>();
  for (const list of lists) {
    for (const each of list) found.set(each.id, each);
  }
  return [...found.values()].sort((one, other) => other.notBefore - one.notBefore || (one.id < other.id ? -1 : 1));
}

function without(authorities: readonly Authority[], known: readonly Authority[]): Authority[] {
  return authorities.filter(({ id }) => !has(known, id));
}

function has(authorities: readonly Authority[], id: string): boolean {
  return authorities.some((each) => each.id === id);
}
