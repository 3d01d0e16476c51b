/** The ratchet: what an object was denied for at a Git ref already only warns. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { groupOf } from '../../kubernetes/kinds.ts';
import { namedPath } from '../../kubernetes/namedPath.ts';
import type { JudgedFinding } from '../check/judgeInput.ts';
import type { Io } from '../io.ts';
import { exportCommit } from './export.ts';
import { findPast } from './repository.ts';

export interface RatchetOptions {
  readonly ref: string;
  readonly io: Io;
  /** Absolute: what was judged. */
  readonly paths: readonly string[];
  /**
   * Judges the same paths as they were, by the policies of today.
   *
   * @param paths where they stand in the export
   * @param toPresent the place in the working tree that a place in the export had
   */
  judgePast(paths: readonly string[], toPresent: (file: string) => string): Promise<readonly JudgedFinding[]>;
}

/** The findings, with denials that stood at the ref already turned into warnings. */
export async function ratchet(
  findings: readonly JudgedFinding[],
  options: RatchetOptions,
): Promise<readonly JudgedFinding[]> {
  const { ref, io } = options;
  const { root, commit, paths } = await findPast(ref, options.paths, io);
  if (!findings.some(({ reported }) => reported.action === 'deny')) return findings;

  const into = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'weir-since-')));
  const remove = () => rmSync(into, { recursive: true, force: true });
  io.signal.addEventListener('abort', remove);
  try {
    await exportCommit({ io, root, commit, paths, into });
    const then = paths.map((each) => path.join(into, path.relative(root, each)));
    const past = await options.judgePast(then, (file) => path.join(root, path.relative(into, file)));
    const known = new Set(past.map(keyOf));
    return findings.map((finding) => (known.has(keyOf(finding)) ? softened(finding, ref) : finding));
  } finally {
    io.signal.removeEventListener('abort', remove);
    remove();
  }
}

function softened(finding: JudgedFinding, ref: string): JudgedFinding {
  if (finding.reported.action !== 'deny') return finding;
  return { ...finding, reported: { ...finding.reported, action: 'warn', since: ref } };
}

/** The same rule on the same object in the same place, with the same values in its sentence. */
function keyOf({ reported, resource }: JudgedFinding): string {
  const { rule, environment, message, path: at } = reported;
  const { apiVersion, kind, namespace, name } = reported.resource;
  return JSON.stringify([
    rule,
    environment,
    groupOf(apiVersion),
    kind,
    namespace,
    name,
    namedPath(resource.object, at),
    message,
  ]);
}
