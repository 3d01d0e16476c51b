/** Options of lists and watches (k8s.io/apimachinery pkg/apis/meta/internalversion/validation). */
import { forbiddenValue, invalidValue, notSupportedValue } from '../status/causes.ts';
import { badRequest, type Cause, Failure } from '../status/failure.ts';
import type { ListOptions } from '../store/store.ts';
import { booleanIn, integerIn, refuse } from './query.ts';

const EXACT = 'Exact';
const NOT_OLDER = 'NotOlderThan';

export interface WatchRequest {
  /** Events after it; undefined where the present objects come first. */
  readonly since: number | undefined;
  readonly allowBookmarks: boolean;
  readonly sendsInitialEvents: boolean;
  readonly timeoutSeconds: number | undefined;
}

/** @throws Failure 400, 422 */
export function listOptionsOf(query: URLSearchParams): ListOptions {
  const match = query.get('resourceVersionMatch') ?? '';
  const version = query.get('resourceVersion') ?? '';
  const token = query.get('continue') ?? '';
  const limit = integerIn(query, 'limit') ?? 0;

  refuse('ListOptions', listCauses(query, match, version, token));
  if (token !== '' && version !== '' && version !== '0') {
    throw badRequest('specifying resource version is not allowed when using continue');
  }
  const revision = version === '' || version === '0' || token !== '' ? undefined : revisionOf(version);
  // a page at a revision is of that revision, as it has always been
  const isExact = match === EXACT || (match === '' && limit > 0);
  return {
    ...(limit > 0 && { limit }),
    ...(token !== '' && { continue: token }),
    ...(revision !== undefined && { revision, exact: isExact }),
  };
}

function listCauses(query: URLSearchParams, match: string, version: string, token: string): Cause[] {
  const causes: Cause[] = [];
  const field = 'resourceVersionMatch';
  if (match !== '') {
    if (version === '') causes.push(forbiddenValue(field, `${field} is forbidden unless resourceVersion is provided`));
    if (token !== '') causes.push(forbiddenValue(field, `${field} is forbidden when continue is provided`));
    if (match !== EXACT && match !== NOT_OLDER) causes.push(notSupportedValue(field, match, [EXACT, NOT_OLDER, '']));
    if (match === EXACT && version === '0') {
      causes.push(forbiddenValue(field, `${field} "exact" is forbidden for resourceVersion "0"`));
    }
  }
  if (booleanIn(query, 'sendInitialEvents') !== undefined) {
    causes.push(forbiddenValue('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  }
  return causes;
}

/** @throws Failure 400, 422 */
export function watchRequestOf(query: URLSearchParams): WatchRequest {
  const match = query.get('resourceVersionMatch') ?? '';
  const version = query.get('resourceVersion') ?? '';
  const sends = booleanIn(query, 'sendInitialEvents');
  const causes: Cause[] = [];
  const field = 'resourceVersionMatch';
  if (sends !== undefined && match !== NOT_OLDER) {
    causes.push(forbiddenValue(field, `sendInitialEvents requires setting resourceVersionMatch to ${NOT_OLDER}`));
  }
  if (match !== '') {
    if (sends === undefined) {
      causes.push(forbiddenValue(field, `${field} is forbidden for watch unless sendInitialEvents is provided`));
    }
    if (match !== NOT_OLDER) causes.push(notSupportedValue(field, match, [NOT_OLDER]));
    if ((query.get('continue') ?? '') !== '') {
      causes.push(forbiddenValue(field, `${field} is forbidden when continue is provided`));
    }
  }
  refuse('ListOptions', causes);

  const isAnyVersion = version === '' || version === '0';
  const beginsWithAll = sends === true || (sends === undefined && isAnyVersion);
  return {
    since: beginsWithAll || isAnyVersion ? undefined : watchedRevision(version),
    allowBookmarks: booleanIn(query, 'allowWatchBookmarks') === true,
    sendsInitialEvents: sends === true,
    timeoutSeconds: integerIn(query, 'timeoutSeconds'),
  };
}

function revisionOf(version: string): number {
  if (/^\d{1,15}$/.test(version)) return Number(version);
  const why = `strconv.ParseUint: parsing ${JSON.stringify(version)}: invalid syntax`;
  throw badRequest(`invalid resource version: resourceVersion: ${invalidValue('', version, why).message}`);
}

/** A watch says the same without knowing whose fault it is. */
function watchedRevision(version: string): number {
  try {
    return revisionOf(version);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(500, '', error.message.replace('invalid resource version: ', ''));
  }
}
