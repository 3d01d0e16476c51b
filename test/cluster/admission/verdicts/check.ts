/** What `weir check` says of documents: the command itself, with its JSON. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isObject, type JsonObject, stringAt } from '../../../../src/kubernetes/json.ts';
import { catalogue } from '../../../../src/policy/catalogue.ts';
import { run } from '../../../../tools/controlplane/process/run.ts';
import { objectsAt } from '../../../overlays/read.ts';

const SECONDS = 60;

/** Of one document. Each list is sorted. */
export interface Verdict {
  /** `rule at path: message` of what denies. */
  readonly denied: readonly string[];
  /** The rules that warn. */
  readonly warned: readonly string[];
}

export const NOTHING: Verdict = { denied: [], warned: [] };

/** Rules that only warn at the API, since what they look for may still come. */
const needsOthers = new Set(catalogue.rules.filter((rule) => rule.needsOthers === true).map(({ id }) => id));
/** Said of files, and of nothing that the API server is asked to store. */
const OF_FILES = 'security/secret-in-git';

/** True for a rule of which the two doors say the same: what is in sight differs, and needs no comparison. */
export function isComparable(rule: string): boolean {
  return !needsOthers.has(rule) && rule !== OF_FILES;
}

/** In one run: each document is in a namespace of its own, so that none is in sight of another. */
export async function check(environment: string, objects: readonly JsonObject[]): Promise<Verdict[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'weir-verdicts-'));
  try {
    for (const [index, object] of objects.entries()) {
      writeFileSync(path.join(folder, `${index}.json`), JSON.stringify(object));
    }
    const args = ['bin/weir.js', 'check', folder, '--env', environment, '--policies', 'policies', '-o', 'json'];
    const { code, stdout, stderr } = await run(process.execPath, args, { env: {}, seconds: SECONDS });
    if (code !== 0 && code !== 1) throw new Error(`weir check ended with ${code}: ${stderr}`);
    const result: unknown = JSON.parse(stdout);
    return verdictsOf(isObject(result) ? result : {}, objects.length);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function verdictsOf(result: JsonObject, count: number): Verdict[] {
  const verdicts = Array.from({ length: count }, () => ({ denied: [] as string[], warned: [] as string[] }));
  for (const finding of objectsAt(result, 'findings')) {
    const verdict = verdicts[Number.parseInt(path.basename(stringAt(finding, 'file') ?? ''), 10)];
    const [rule = '', place = '', message = ''] = ['rule', 'path', 'message'].map((key) => stringAt(finding, key));
    if (verdict === undefined || !isComparable(rule)) continue;
    if (finding.action === 'deny') verdict.denied.push(`${rule}${place === '' ? '' : ` at ${place}`}: ${message}`);
    if (finding.action === 'warn') verdict.warned.push(rule);
  }
  return verdicts.map(({ denied, warned }) => ({ denied: denied.sort(), warned: [...new Set(warned)].sort() }));
}
