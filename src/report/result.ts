/** What a check found, as every output tells it: the shape of `-o json`, where each default stands by itself. */
import type { PatchOperation } from '../kubernetes/jsonPatch.ts';
import { describe, type ObjectReference } from '../kubernetes/object.ts';
import type { AppliedDefault } from '../policy/engine/default.ts';

export interface CheckResult {
  readonly kind: 'CheckResult';
  readonly summary: Summary;
  readonly findings: readonly ReportedFinding[];
  readonly defaults: readonly ReportedDefaults[];
  readonly errors: readonly ReportedError[];
  readonly excused: readonly ReportedExcuse[];
}

export interface Summary {
  /** Objects in the input. */
  readonly resources: number;
  /** Objects of a kind that some rule knows, in a known environment. */
  readonly judged: number;
  /** Findings by action. */
  readonly deny: number;
  readonly warn: number;
  readonly audit: number;
  /** Objects of other kinds, which pass as they are. */
  readonly untouched: number;
  /** Objects that neither --env nor a Namespace's label nor weir.yaml gives an environment. */
  readonly unassigned: number;
}

/** A place in a file, each part absent where it is not known. */
export interface ReportedPlace {
  /** Relative to the working folder; `-` for standard input. */
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
  /** 1-based, in UTF-16 code units. */
  readonly column?: number;
}

export interface ReportedFinding extends ReportedPlace {
  readonly rule: string;
  readonly action: 'deny' | 'warn' | 'audit';
  readonly environment: string;
  readonly resource: ObjectReference;
  /** JSON pointer into the object. */
  readonly path: string;
  readonly message: string;
  /** JSON Patch against the object as it was written. */
  readonly fix?: readonly PatchOperation[];
  /** The ref at which the object already had the finding, which therefore only warns. */
  readonly since?: string;
}

/** A range of a file gives way to another text. */
export interface TextReplacement {
  /** 1-based. */
  readonly startLine: number;
  /** 1-based, in UTF-16 code units. */
  readonly startColumn: number;
  readonly endLine: number;
  /** Of the first character behind the range. */
  readonly endColumn: number;
  readonly text: string;
}

/** What is filled into one object. Objects that are alike share the list: there are six such values for each Service. */
export interface ReportedDefaults {
  readonly environment: string;
  readonly resource: ObjectReference;
  readonly values: readonly AppliedDefault[];
  /** Absent where the object comes from no file. */
  readonly file?: string;
}

export interface ReportedError extends ReportedPlace {
  readonly message: string;
}

export interface ReportedExcuse extends ReportedFinding {
  readonly exception: {
    readonly name: string;
    readonly namespace: string;
    readonly reason: string;
    readonly owner: string;
    /** RFC 3339. */
    readonly until: string;
  };
}

/** Where a finding is: in a file, or, of an object of a cluster, in the object itself: `Service shop/cart /spec/traffic`. */
export function describeWhere(finding: ReportedFinding): string {
  if (finding.file !== undefined) return describePlace(finding);
  const { resource, path } = finding;
  return path === '' ? describe(resource) : `${describe(resource)} ${path}`;
}

/** `cart.yaml:12:5`, as far as it is known. */
/** `policies/prod.yaml:14:9: …`; what is about no file is the sentence alone. */
export function describeProblem(error: ReportedError): string {
  const place = describePlace(error);
  return place === '' ? error.message : `${place}: ${error.message}`;
}

export function describePlace({ file, line, column }: ReportedPlace): string {
  if (file === undefined) return '';
  if (line === undefined) return file;
  return column === undefined ? `${file}:${line}` : `${file}:${line}:${column}`;
}

/** `1 warning`, `2 warnings`. */
export function count(number: number, singular: string, plural = `${singular}s`): string {
  return `${number} ${number === 1 ? singular : plural}`;
}
