/** The ratchet: what an object was denied for at a Git ref already only warns. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { namedPath } from '../../kubernetes/namedPath.ts';
import type { Assigned, JudgedFinding } from '../check/judgeInput.ts';
import type { PastPlaces } from '../check/session.ts';
import type { Resource } from '../input/resource.ts';
import type { Io } from '../io.ts';
import { exportCommit } from './export.ts';
import { identityOf, identityOfReference } from './identity.ts';
import { filesMentioning, renamedRoots, Standing } from './moved.ts';
import { renamesSince } from './renames.ts';
import { findPast } from './repository.ts';

export interface RatchetOptions {
  readonly ref: string;
  readonly io: Io;
  /** Absolute: what was judged. */
  readonly paths: readonly string[];
  /** What stands under the paths today. */
  readonly present: readonly Resource[];
  /**
   * Reads what stood there, and finds out by today's weir.yaml and policies which environment each object went to.
   *
   * @param paths where it stands in the export
   */
  readPast(paths: readonly string[], places: PastPlaces): Promise<readonly Assigned[]>;
  /** Judges it by the policies of today. */
  judgePast(past: readonly Assigned[]): Promise<readonly JudgedFinding[]>;
}

/** The findings, with denials that stood at the ref already turned into warnings. */
export async function ratchet(
  findings: readonly JudgedFinding[],
  options: RatchetOptions,
): Promise<readonly JudgedFinding[]> {
  const { ref, io } = options;
  const { root, commit, paths } = await findPast(ref, options.paths, io);
  const denied = findings.filter(({ reported }) => reported.action === 'deny');
  if (denied.length === 0) return findings;

  const into = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'weir-since-')));
  const remove = () => rmSync(into, { recursive: true, force: true });
  io.signal.addEventListener('abort', remove);
  try {
    const renames = await renamesSince(commit, root, io);
    const places = placesOf(root, into, renames);
    const read = async (files: readonly string[]) => {
      await exportCommit({ io, root, commit, paths: files, into });
      return options.readPast(
        files.map((file) => path.join(into, path.relative(root, file))),
        places,
      );
    };

    const past = [...(await read(paths))];
    const isNew = strangersTo(past);
    const strangers = denied.filter(isNew);
    if (strangers.length > 0) {
      const names = strangers.map(({ reported }) => reported.resource.name);
      const files = await filesMentioning(names, paths, { io, root, commit });
      const elsewhere = await read([...files, ...renamedRoots(renames, paths, options.present)]);
      const standing = new Standing();
      const wanted = new Set(strangers.map(keyOfObject));
      past.push(
        ...elsewhere.filter(
          ({ resource, policy, isBeside }) =>
            isBeside !== true &&
            wanted.has(JSON.stringify([policy.name, identityOf(resource.object)])) &&
            !standing.has(resource, places.toPresent(resource.origin)),
        ),
      );
    }

    const known = new Set((await options.judgePast(past)).map(keyOf));
    return findings.map((finding) => (known.has(keyOf(finding)) ? softened(finding, ref) : finding));
  } finally {
    io.signal.removeEventListener('abort', remove);
    remove();
  }
}

function placesOf(root: string, into: string, renames: ReadonlyMap<string, string>): PastPlaces {
  const toPresent = (file: string) => path.join(root, path.relative(into, file));
  return {
    toPresent,
    movedTo: (file) => {
      const there = toPresent(file);
      return renames.get(there) ?? there;
    },
  };
}

/** Tells findings about objects that are not among those of the past. */
function strangersTo(past: readonly Assigned[]): (finding: JudgedFinding) => boolean {
  const known = new Set(past.map(({ policy, resource }) => JSON.stringify([policy.name, identityOf(resource.object)])));
  return (finding) => !known.has(keyOfObject(finding));
}

function keyOfObject({ reported }: JudgedFinding): string {
  return JSON.stringify([reported.environment, identityOfReference(reported.resource)]);
}

function softened(finding: JudgedFinding, ref: string): JudgedFinding {
  if (finding.reported.action !== 'deny') return finding;
  return { ...finding, reported: { ...finding.reported, action: 'warn', since: ref } };
}

/**
 * The same rule on the same object in the same place, with the same values in its sentence. The sentences of the
 * family yaml hold lines of the file instead, which any other change moves.
 */
function keyOf({ reported, resource }: JudgedFinding): string {
  const { rule, environment, message, path: at } = reported;
  return JSON.stringify([
    rule,
    environment,
    identityOfReference(reported.resource),
    namedPath(resource.object, at),
    rule.startsWith('yaml/') ? '' : message,
  ]);
}
