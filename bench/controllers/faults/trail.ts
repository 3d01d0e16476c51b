/** What an API server was asked for, by its own audit log: also what changed nothing, of which no watch tells. */
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isObject, type JsonObject, numberAt, stringAt } from '../../../src/kubernetes/json.ts';

/** One request that has its answer; of a watch, one that was accepted. */
export interface Asked {
  /** `patch`, `watch`. */
  readonly verb: string;
  /** `revisions`, `scalingschedules/status`. */
  readonly what: string;
  readonly namespace: string;
  readonly name: string;
  /** Of the answer. */
  readonly status: number;
}

export interface Trail {
  /** For startControlPlane. */
  readonly flags: readonly string[];
  /** From here on. */
  mark(): number;
  /** What Weir asked for since then, as its user agent says. */
  since(mark: number): Asked[];
  remove(): void;
}

/** @param verbs those that are noted, all unless set: each costs the API server a line in a file */
export function keepTrail(verbs?: readonly string[]): Trail {
  const folder = mkdtempSync(path.join(tmpdir(), 'weir-trail-'));
  const [policy, log] = [path.join(folder, 'policy.yaml'), path.join(folder, 'audit.log')];
  const noted = { level: 'Metadata', ...(verbs === undefined ? {} : { verbs }) };
  const rules = [noted, { level: 'None' }];
  const omitStages = ['RequestReceived'];
  writeFileSync(policy, JSON.stringify({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', omitStages, rules }));
  return {
    flags: [`--audit-policy-file=${policy}`, `--audit-log-path=${log}`, '--audit-log-maxsize=4096'],
    mark: () => statSync(log, { throwIfNoEntry: false })?.size ?? 0,
    since: (mark) =>
      textFrom(log, mark)
        .split('\n')
        .map(askedBy)
        .filter((asked) => asked !== undefined),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The log is ASCII but for names, which are too: bytes are characters. */
function textFrom(file: string, start: number): string {
  if (!existsSync(file)) return '';
  const open = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(Math.max(0, fstatSync(open).size - start));
    readSync(open, bytes, 0, bytes.length, start);
    // what stands after the last line break is still being written
    return bytes.toString('latin1', 0, bytes.lastIndexOf('\n') + 1);
  } finally {
    closeSync(open);
  }
}

function askedBy(line: string): Asked | undefined {
  if (line === '') return undefined;
  const event: unknown = JSON.parse(line);
  if (!isObject(event) || stringAt(event, 'userAgent') !== 'weir') return undefined;
  const verb = stringAt(event, 'verb') ?? '';
  // a watch is told of twice: when it is accepted, and when it ends
  if (stringAt(event, 'stage') !== (verb === 'watch' ? 'ResponseStarted' : 'ResponseComplete')) return undefined;
  const subresource = stringAt(event, 'objectRef', 'subresource');
  return {
    verb,
    what: `${textOf(event, 'resource')}${subresource === undefined ? '' : `/${subresource}`}`,
    namespace: textOf(event, 'namespace'),
    name: textOf(event, 'name'),
    status: numberAt(event, 'responseStatus', 'code') ?? 0,
  };
}

function textOf(event: JsonObject, field: string): string {
  return stringAt(event, 'objectRef', field) ?? '';
}

/** How often each was asked for and given: `patch revisions` by `shop/cart`. */
export function writesTo(asked: readonly Asked[], verb: string, what: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const each of asked) {
    if (each.verb !== verb || each.what !== what || each.status >= 300) continue;
    const key = `${each.namespace}/${each.name}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
