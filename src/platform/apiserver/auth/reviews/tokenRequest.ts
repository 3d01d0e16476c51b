/** `serviceaccounts/token`: a token for a ServiceAccount (k8s.io/kubernetes pkg/registry/core/serviceaccount/storage/token.go). */
import { type JsonObject, numberAt, objectAt, stringAt, textsAt } from '../../../../kubernetes/json.ts';
import { timeText } from '../../../../kubernetes/time.ts';
import { invalidValue } from '../../status/causes.ts';
import { badRequest, conflict, invalid, notFound } from '../../status/failure.ts';
import type { Reader, Stored } from '../../store/store.ts';
import { quoted } from '../denied.ts';
import type { AccountTokens, Bindings } from '../tokens/accountTokens.ts';

const KIND = { group: 'authentication.k8s.io', kind: 'TokenRequest' };
const SHORTEST = 600;
const LONGEST = 2 ** 32;
const USUAL = 3600;
/** What the kubelet asks for; such a token lives a year, so that old clients that never read it again go on. */
const EXTENDED_FROM = 3607;
const EXTENDED_TO = 365 * 24 * 3600;

export interface TokenRequestContext {
  /** Of the path. */
  readonly namespace: string;
  readonly name: string;
  readonly reader: Reader;
  readonly tokens: AccountTokens;
  readonly now: Date;
  /** A UUID. */
  readonly newId: () => string;
}

/**
 * The request with its token. Nothing is stored.
 *
 * @throws Failure 404 where the account or what the token shall be bound to is not there, 409 where it is another of
 *   that name, 400 and 422 where the request cannot be met
 */
export function tokenRequest(request: JsonObject, context: TokenRequestContext): JsonObject {
  const { namespace, name, reader, tokens, now } = context;
  confirmPath(request, context);
  const account = found(reader, 'serviceaccounts', namespace, name);
  const uid = stringAt(request, 'metadata', 'uid') ?? '';
  if (uid !== '' && uid !== account.uid) {
    const why = `the UID in the token request (${uid}) does not match the UID of the service account (${account.uid})`;
    throw conflict({ group: KIND.group, plural: KIND.kind }, name, why);
  }

  const seconds = numberAt(request, 'spec', 'expirationSeconds') ?? USUAL;
  confirmSeconds(seconds);
  const asked = textsAt(request, 'spec', 'audiences');
  const audiences = asked.length === 0 ? [tokens.issuer] : asked;
  const bound = boundBy(request, context);
  const isExtended =
    bound.pod !== undefined && seconds === EXTENDED_FROM && audiences.every((each) => each === tokens.issuer);
  const token = tokens.issue({
    namespace,
    account: { name, uid: account.uid },
    bound,
    audiences,
    seconds: isExtended ? EXTENDED_TO : seconds,
    ...(isExtended && { warnAfter: seconds }),
    id: context.newId(),
  });

  return {
    ...request,
    metadata: {
      ...objectAt(request, 'metadata'),
      name,
      namespace,
      uid: account.uid,
      creationTimestamp: timeText(now),
    },
    spec: { boundObjectRef: null, ...objectAt(request, 'spec'), audiences, expirationSeconds: seconds },
    status: { token, expirationTimestamp: timeText(new Date(now.getTime() + seconds * 1000)) },
  };
}

/** A body may name its account again, and no other. */
function confirmPath(request: JsonObject, { namespace, name }: TokenRequestContext): void {
  const given = stringAt(request, 'metadata', 'name') ?? '';
  if (given !== '' && given !== name) {
    const why = 'must match the service account name if specified';
    throw invalid(KIND, name, [invalidValue('metadata.name', given, why)]);
  }
  const home = stringAt(request, 'metadata', 'namespace') ?? '';
  if (home !== '' && home !== namespace) {
    const why = 'must match the service account namespace if specified';
    throw invalid(KIND, name, [invalidValue('metadata.namespace', home, why)]);
  }
}

function confirmSeconds(seconds: number): void {
  const field = 'spec.expirationSeconds';
  if (seconds < SHORTEST) {
    throw invalid(KIND, '', [invalidValue(field, seconds, 'may not specify a duration less than 10 minutes')]);
  }
  if (seconds > LONGEST) {
    throw invalid(KIND, '', [invalidValue(field, seconds, 'may not specify a duration larger than 2^32 seconds')]);
  }
}

function boundBy(request: JsonObject, { namespace, name, reader }: TokenRequestContext): Bindings {
  const reference = objectAt(request, 'spec', 'boundObjectRef');
  if (reference === undefined) return {};
  const [kind, version, target, uid] = ['kind', 'apiVersion', 'name', 'uid'].map((at) => stringAt(reference, at) ?? '');
  const wanted = { kind: kind ?? '', name: target ?? '', uid: uid ?? '' };

  if (version === 'v1' && kind === 'Pod') {
    const pod = sameUid(found(reader, 'pods', namespace, wanted.name), wanted);
    if (stringAt(pod.object(), 'spec', 'serviceAccountName') !== name) {
      const running = 'to pod running with different serviceaccount name.';
      throw badRequest(`cannot bind token for serviceaccount ${quoted(name)} ${running}`);
    }
    return { pod: { name: wanted.name, uid: pod.uid }, ...nodeOf(pod, reader) };
  }
  if (version === 'v1' && kind === 'Node') {
    return { node: { name: wanted.name, uid: sameUid(found(reader, 'nodes', '', wanted.name), wanted).uid } };
  }
  if (version === 'v1' && kind === 'Secret') {
    const secret = sameUid(found(reader, 'secrets', namespace, wanted.name), wanted);
    return { secret: { name: wanted.name, uid: secret.uid } };
  }
  const title = version?.includes('/') === true ? version : `/${version}`;
  throw badRequest(`cannot bind token to object of type ${title}, Kind=${kind}`);
}

function nodeOf(pod: Stored, reader: Reader): Bindings {
  const name = stringAt(pod.object(), 'spec', 'nodeName') ?? '';
  if (name === '') return {};
  return { node: { name, uid: reader.get({ resource: 'nodes', namespace: '', name })?.uid ?? '' } };
}

function found(reader: Reader, resource: string, namespace: string, name: string): Stored {
  const stored = reader.get({ resource, namespace, name });
  if (stored === undefined) throw notFound({ group: '', plural: resource }, name);
  return stored;
}

function sameUid(stored: Stored, { kind, name, uid }: { kind: string; name: string; uid: string }): Stored {
  if (uid === '' || uid === stored.uid) return stored;
  const why = `the UID in the bound object reference (${uid}) does not match the UID in record`;
  const rest = 'The object might have been deleted and then recreated';
  throw conflict({ group: '', plural: kind }, name, `${why}. ${rest}`);
}
