/** What a changed policy changes about a cluster: what it finds and fills in that the one before did not. */
import type { Audit, MissingDefault } from '../../audit/judge.ts';
import type { ObjectReference } from '../../kubernetes/object.ts';
import type { Finding } from '../../policy/engine/judge.ts';

export interface Compared {
  /** With what is new alone. */
  readonly audits: readonly Audit[];
  /** Findings of before that are none any more. */
  readonly gone: number;
}

/**
 * A finding is the same when its rule, its action, its object and its place are; of several at one place, when it says the
 * same, too.
 */
export function compareAudits(before: readonly Audit[], after: readonly Audit[]): Compared {
  const crowded = crowdedPlaces([...before, ...after]);
  const keyOfFinding = (finding: Finding): string => {
    const place = placeOf(finding);
    return crowded.has(place) ? `${place}\n${finding.message}` : place;
  };
  const found = new Set(before.flatMap(({ findings }) => findings.map(keyOfFinding)));
  const filled = new Set(before.flatMap(({ defaults }) => defaults.map(defaultKey)));
  const kept = new Set<string>();
  const audits = after.map((audit) => {
    for (const finding of audit.findings) kept.add(keyOfFinding(finding));
    return {
      ...audit,
      findings: audit.findings.filter((finding) => !found.has(keyOfFinding(finding))),
      defaults: audit.defaults.filter((missing) => !filled.has(defaultKey(missing))),
    };
  });
  const gone = [...found].filter((key) => !kept.has(key)).length;
  return { audits, gone };
}

/** Where one rule finds several things at once, before or after: a namespace lacks several guard rails. */
function crowdedPlaces(audits: readonly Audit[]): Set<string> {
  const crowded = new Set<string>();
  for (const { findings } of audits) {
    const seen = new Set<string>();
    for (const finding of findings) {
      const place = placeOf(finding);
      if (seen.has(place)) crowded.add(place);
      seen.add(place);
    }
  }
  return crowded;
}

function placeOf({ rule, action, resource, path }: Finding): string {
  return JSON.stringify([rule, action, keyOf(resource), path]);
}

function defaultKey({ resource, path, value }: MissingDefault): string {
  return JSON.stringify([keyOf(resource), path, value]);
}

function keyOf({ apiVersion, kind, namespace, name }: ObjectReference): string {
  return `${apiVersion}\n${kind}\n${namespace}\n${name}`;
}
