/** Pages of a collection as it was at one revision (k8s.io/apiserver pkg/storage/etcd3/store.go, GetList). */
import { expired, tooLargeRevision } from '../status/failure.ts';
import { Collection, pathOf } from './collection.ts';
import { decodePosition, encodePosition, LATEST } from './continueToken.ts';
import type { History } from './history.ts';
import type { ListOptions, Page, Selection, Stored } from './store.ts';

const INCONSISTENT =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without ' +
  'the continue parameter, or use the continue token in this response to retrieve the remainder of the results. ' +
  'Continuing with the provided token results in an inconsistent list - objects that were created, modified, or ' +
  'deleted between the time the first chunk was returned and now may show up in the list.';

const EMPTY = new Collection();

/** Where a list begins, and which state it shows. */
interface Start {
  readonly revision: number;
  /** Empty: at the beginning. */
  readonly path: string;
}

/** @throws Failure as Reader.list */
export function listPage(
  collection: Collection | undefined,
  history: History,
  selection: Selection,
  options: ListOptions,
): Page {
  const { namespace, matches } = selection;
  const limit = options.limit ?? 0;
  const { revision, path } = startOf(namespace, options, history);
  const { paths, at } = stateAt(collection ?? EMPTY, history, selection, revision, path);

  if (limit <= 0 && matches === undefined) return { items: paths.map(at).filter(isThere), revision };

  const items: Stored[] = [];
  for (const each of paths) {
    const stored = at(each);
    if (stored === undefined) continue;
    if (limit > 0 && items.length === limit) return pageBefore(items, paths.length, revision, selection);
    if (matches === undefined || matches(stored)) items.push(stored);
  }
  return { items, revision };
}

function pageBefore(items: readonly Stored[], count: number, revision: number, selection: Selection): Page {
  const { namespace, matches } = selection;
  const last = items[items.length - 1]?.key ?? { namespace: '', name: '' };
  // Immediately after the last one, so that nothing is told twice.
  const start = `${namespace === '' ? pathOf(last) : last.name}\0`;
  const token = encodePosition({ revision, start });
  return { items, revision, continue: token, ...(matches === undefined && { remaining: count - items.length }) };
}

function startOf(namespace: string, options: ListOptions, history: History): Start {
  if (options.continue !== undefined && options.continue !== '') {
    const { revision, start } = decodePosition(options.continue);
    const path = namespace === '' ? start : `${namespace}/${start}`;
    if (revision === LATEST) return { revision: history.revision, path };
    if (revision > history.revision) throw tooLargeRevision(revision, history.revision);
    if (revision < history.floor) throw expired(INCONSISTENT, encodePosition({ revision: LATEST, start }));
    return { revision, path };
  }

  const { revision = 0, exact = false } = options;
  if (revision > history.revision) throw tooLargeRevision(revision, history.revision);
  if (!exact || revision === 0) return { revision: history.revision, path: '' };
  if (revision < history.floor) throw expired('The resourceVersion for the provided list is too old.');
  return { revision, path: '' };
}

/** The paths that stood at the revision, in order, and what stood at each. */
function stateAt(
  collection: Collection,
  history: History,
  { resource, namespace }: Selection,
  revision: number,
  from: string,
): { readonly paths: readonly string[]; at(path: string): Stored | undefined } {
  const present = collection.paths(namespace, from);
  if (revision === history.revision) return { paths: present, at: (path) => collection.get(path) };

  /** What stood where something has changed since: the oldest change comes last, and says it. */
  const past = new Map<string, Stored | undefined>();
  for (const { stored, last, previous, resource: changed } of history.backTo(revision)) {
    const key = stored?.key ?? last?.key;
    if (changed !== resource || key === undefined || (namespace !== '' && key.namespace !== namespace)) continue;
    const path = pathOf(key);
    if (path >= from) past.set(path, previous);
  }
  if (past.size === 0) return { paths: present, at: (path) => collection.get(path) };

  const paths = present.filter((path) => !past.has(path));
  for (const [path, stored] of past) if (stored !== undefined) paths.push(path);
  return { paths: paths.sort(), at: (path) => past.get(path) ?? collection.get(path) };
}

function isThere(stored: Stored | undefined): stored is Stored {
  return stored !== undefined;
}
