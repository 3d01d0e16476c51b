/**
 * What an audit found in one namespace, as the report that Kubernetes' policy tools read.
 *
 * The shape is the same in both groups: wgpolicyk8s.io/v1alpha2 (kubernetes-sigs/wg-policy-prototypes) and
 * openreports.io/v1alpha1 (openreports/reports-api config/crd), whose `results` are one struct.
 */
import type { JsonObject, JsonValue } from '../kubernetes/json.ts';
import type { ObjectReference } from '../kubernetes/object.ts';
import type { Excused, Finding } from '../policy/engine/judge.ts';
import { familyOf } from '../policy/engine/rule.ts';
import { cut } from '../text/cut.ts';
import { count } from './result.ts';

/** What a report is made of; an Audit of src/audit is one. */
export interface Reportable {
  /** Empty for what is in no namespace. */
  readonly namespace: string;
  readonly environment: string;
  readonly judged: readonly ObjectReference[];
  readonly findings: readonly Finding[];
  readonly excused: readonly Excused[];
  readonly failures: readonly string[];
}

/** As what the cluster takes reports. */
export interface ReportForm {
  readonly apiVersion: 'wgpolicyk8s.io/v1alpha2' | 'openreports.io/v1alpha1';
  /** Of a namespace's report, and of the report on what is in none. */
  readonly kinds: { readonly namespaced: string; readonly cluster: string };
}

export const WG_POLICY: ReportForm = {
  apiVersion: 'wgpolicyk8s.io/v1alpha2',
  kinds: { namespaced: 'PolicyReport', cluster: 'ClusterPolicyReport' },
};

export const OPEN_REPORTS: ReportForm = {
  apiVersion: 'openreports.io/v1alpha1',
  kinds: { namespaced: 'Report', cluster: 'ClusterReport' },
};

export interface ReportLimits {
  readonly results: number;
  /** As JSON by the rules of Go, as an API server stores it. */
  readonly bytes: number;
}

/** etcd takes 1.5 MiB an object, and everybody who lists reports reads all of them. */
export const LIMITS: ReportLimits = { results: 1_000, bytes: 512 * 1024 };

export const REPORT_NAME = 'weir';

/** So long may a message be, or a path: both quote what the author wrote. */
const MOST_TEXT = 1_024;
/** So many rules have a count of their own for what finds no room: a policy may have a thousand of its author's. */
const MOST_COUNTED = 200;

/**
 * The report: what is denied first, then what is warned of, then what is excused. What finds no room is counted, in one
 * result a rule that names no object, and of many rules in one for the last of them. The same audit gives the same report to the letter, whatever the order in which
 * the objects came.
 */
export function policyReport(audit: Reportable, form: ReportForm, limits: ReportLimits = LIMITS): JsonObject {
  const { namespace } = audit;
  const results = resultsOf(audit).sort(compareResults);
  const report = (shown: readonly JsonObject[]): JsonObject => ({
    apiVersion: form.apiVersion,
    kind: namespace === '' ? form.kinds.cluster : form.kinds.namespaced,
    metadata: {
      name: REPORT_NAME,
      ...(namespace === '' ? {} : { namespace }),
      labels: { 'app.kubernetes.io/managed-by': 'weir' },
    },
    summary: summaryOf(audit),
    results: shown,
  });

  const shown = results.map(({ json }) => json);
  const room = limits.bytes - sizeOf(report([]));
  if (shown.length <= limits.results && sizeOf(shown) <= room) return report(shown);
  return report(cutToFit(results, limits.results, room, audit.environment));
}

interface Result {
  readonly rule: string;
  readonly order: string;
  readonly json: JsonObject;
}

function resultsOf({ environment, findings, excused, failures }: Reportable): Result[] {
  return [
    ...findings.map((finding) => resultOf(finding, environment, {})),
    ...excused.map(({ finding, exception }) => resultOf(finding, environment, { exception: exception.name })),
    ...failures.map((message) => failure(message, environment)),
  ];
}

const OUTCOME: Readonly<Record<Finding['action'], { result: string; severity: string; rank: string }>> = {
  deny: { result: 'fail', severity: 'high', rank: '1' },
  warn: { result: 'warn', severity: 'medium', rank: '2' },
  audit: { result: 'warn', severity: 'info', rank: '3' },
};

function resultOf(finding: Finding, policy: string, excuse: { readonly exception?: string }): Result {
  const { rule, action, resource, path, message } = finding;
  const { result, severity, rank } = OUTCOME[action];
  const isExcused = excuse.exception !== undefined;
  // by name, as Kubernetes stores them: whoever compares the two has nothing to put in order
  const json = {
    category: familyOf(rule),
    message: cut(message, MOST_TEXT),
    policy,
    properties: { ...excuse, path: cut(path, MOST_TEXT) },
    resources: [referenceOf(resource)],
    result: isExcused ? 'skip' : result,
    rule,
    scored: action === 'deny' && !isExcused,
    severity,
    source: 'weir',
  };
  const { namespace, kind, name } = resource;
  return { rule, json, order: [isExcused ? '4' : rank, namespace, kind, name, rule, path, message].join('\0') };
}

/** Without the namespace where there is none: an empty one is refused. */
function referenceOf({ apiVersion, kind, namespace, name }: ObjectReference): JsonObject {
  return namespace === '' ? { apiVersion, kind, name } : { apiVersion, kind, name, namespace };
}

function failure(message: string, policy: string): Result {
  const json = { message: cut(message, MOST_TEXT), policy, result: 'error', scored: false, source: 'weir' };
  return { rule: '', json, order: `0\0${message}` };
}

function compareResults(left: Result, right: Result): number {
  if (left.order === right.order) return 0;
  return left.order < right.order ? -1 : 1;
}

function summaryOf({ judged, findings, excused, failures }: Reportable): JsonObject {
  const denied = findings.filter(({ action }) => action === 'deny').length;
  return {
    error: failures.length,
    fail: denied,
    // objects without a finding; the others count findings
    pass: countOthers(judged, findings),
    skip: excused.length,
    warn: findings.length - denied,
  };
}

/** By their names first: most objects share theirs with none that something was found in. */
function countOthers(judged: readonly ObjectReference[], findings: readonly Finding[]): number {
  const names = new Set<string>();
  const found = new Set<string>();
  for (const { resource } of findings) {
    names.add(resource.name);
    found.add(keyOf(resource));
  }
  let count = 0;
  for (const reference of judged) if (!names.has(reference.name) || !found.has(keyOf(reference))) count++;
  return count;
}

function keyOf({ apiVersion, kind, namespace, name }: ObjectReference): string {
  return `${apiVersion}\0${kind}\0${namespace}\0${name}`;
}

/** As many as fit beside the counts of those that do not. */
function cutToFit(results: readonly Result[], most: number, bytes: number, policy: string): JsonObject[] {
  // with the largest numbers that they can hold
  const rules = new Set(results.map(({ rule }) => rule));
  const reserved = counts(new Map([...rules].map((rule) => [rule, results.length])), policy);
  let roomLeft = bytes - sizeOf(reserved);
  const shown: JsonObject[] = [];
  for (const { json } of results) {
    roomLeft -= sizeOf(json) + 1;
    if (roomLeft < 0 || shown.length + reserved.length >= most) break;
    shown.push(json);
  }

  const left = new Map<string, number>();
  for (const { rule } of results.slice(shown.length)) left.set(rule, (left.get(rule) ?? 0) + 1);
  return [...shown, ...counts(left, policy)];
}

/** One for each rule, and one for all whose names come after the last that has one. */
function counts(left: ReadonlyMap<string, number>, policy: string): JsonObject[] {
  const sorted = [...left].sort(([first], [second]) => (first < second ? -1 : 1));
  const counted = sorted.slice(0, MOST_COUNTED).map(([rule, number]) => rest(rule, number, policy));
  const others = sorted.slice(MOST_COUNTED);
  if (others.length === 0) return counted;
  const number = others.reduce((sum, [, each]) => sum + each, 0);
  const what = `${count(number, 'more finding')} of ${count(others.length, 'further rule')}`;
  return [...counted, skipped(what, number, policy)];
}

function rest(rule: string, number: number, policy: string): JsonObject {
  const what = rule === '' ? 'object that could not be judged' : 'finding';
  const whats = rule === '' ? 'objects that could not be judged' : undefined;
  const many = count(number, `more ${what}`, whats === undefined ? undefined : `more ${whats}`);
  return skipped(many, number, policy, rule);
}

function skipped(what: string, number: number, policy: string, rule = ''): JsonObject {
  return {
    ...(rule === '' ? {} : { category: familyOf(rule) }),
    message: `${what} without room in this report; weir audit lists all`,
    policy,
    properties: { count: String(number) },
    result: 'skip',
    ...(rule === '' ? {} : { rule }),
    scored: false,
    source: 'weir',
  };
}

/** What Go's encoding/json writes as six characters, and JavaScript as it is: U+2028 and U+2029 beside what HTML means by. */
const ESCAPED = /[<>&\u2028\u2029]/g;

/**
 * As etcd holds it, into which an API server writes JSON by Go's rules: somebody who names things `<<<<` must not make the
 * report of a namespace too large to be stored.
 */
function sizeOf(value: JsonValue): number {
  const text = JSON.stringify(value);
  return Buffer.byteLength(text) + 5 * (text.match(ESCAPED)?.length ?? 0);
}
