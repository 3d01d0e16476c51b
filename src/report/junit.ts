/** `-o junit`: a test suite for each environment and a test case for each object, for CI servers that show tests. */
import { describe, type ObjectReference } from '../kubernetes/object.ts';
import { compactFinding } from './compact.ts';
import type { ReportContext } from './reporter.ts';
import { type CheckResult, count, describePlace, type ReportedExcuse, type ReportedFinding } from './result.ts';

export function junit(result: CheckResult, context: ReportContext): string {
  const suites = [...casesByEnvironment(result, context)].map(([name, cases]) => suiteOf(name, [...cases.values()]));
  if (result.errors.length > 0) suites.push(errorSuite(result));
  const total = (attribute: 'tests' | 'failures' | 'errors') =>
    suites.reduce((sum, suite) => sum + suite[attribute], 0);
  const body = suites.map(({ xml }) => xml).join('');
  const counts = `tests="${total('tests')}" failures="${total('failures')}" errors="${total('errors')}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="weir" ${counts}>\n${body}</testsuites>\n`;
}

interface Case {
  readonly resource: ObjectReference;
  readonly file: string;
  readonly findings: ReportedFinding[];
  readonly excused: ReportedExcuse[];
}

interface Suite {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly xml: string;
}

function casesByEnvironment({ findings, excused }: CheckResult, { judged }: ReportContext) {
  const environments = new Map<string, Map<string, Case>>();
  const caseOf = (environment: string, resource: ObjectReference, file: string): Case => {
    const cases = environments.get(environment) ?? new Map<string, Case>();
    environments.set(environment, cases);
    const key = `${resource.apiVersion}\n${describe(resource)}\n${file}`;
    const known = cases.get(key) ?? { resource, file, findings: [], excused: [] };
    cases.set(key, known);
    return known;
  };

  for (const { environment, resource, file = '' } of judged) caseOf(environment, resource, file);
  // A finding in a patch stands in another file than its object.
  const files = new Map<string, string[]>();
  for (const { environment, resource, file = '' } of judged) {
    const key = keyOf(environment, resource);
    const known = files.get(key);
    if (known === undefined) files.set(key, [file]);
    else known.push(file);
  }
  const place = ({ environment, resource, file = '' }: ReportedFinding) => {
    const known = files.get(keyOf(environment, resource)) ?? [];
    return caseOf(environment, resource, known.includes(file) ? file : (known[0] ?? file));
  };
  for (const finding of findings) place(finding).findings.push(finding);
  for (const excuse of excused) place(excuse).excused.push(excuse);
  return environments;
}

function keyOf(environment: string, resource: ObjectReference): string {
  return `${environment}\n${resource.apiVersion}\n${describe(resource)}`;
}

function suiteOf(name: string, cases: readonly Case[]): Suite {
  const xml = cases.map(testCase).join('');
  const failures = cases.filter(isDenied).length;
  const attributes = `name="${attribute(name)}" tests="${cases.length}" failures="${failures}" errors="0"`;
  return { tests: cases.length, failures, errors: 0, xml: ` <testsuite ${attributes}>\n${xml} </testsuite>\n` };
}

function isDenied({ findings }: Case): boolean {
  return findings.some(({ action }) => action === 'deny');
}

/** One failure at most: several readers of this format show only the first. */
function testCase({ resource, file, findings, excused }: Case): string {
  const denied = findings.filter(({ action }) => action === 'deny');
  const others = findings.filter(({ action }) => action !== 'deny');
  const [first] = denied;
  let body = '';
  if (first !== undefined) {
    const message =
      denied.length === 1 ? first.message : `${count(denied.length, 'denial')}; the first: ${first.message}`;
    body += `   <failure type="${attribute(first.rule)}" message="${attribute(message)}">${lines(denied)}</failure>\n`;
  }
  if (others.length > 0 || excused.length > 0) {
    const excuses = excused.map((excuse) => content(`excused: ${compactFinding(excuse)}\n`)).join('');
    body += `   <system-out>${lines(others)}${excuses}</system-out>\n`;
  }
  const attributes = `classname="${attribute(file || resource.namespace || 'cluster')}" name="${attribute(describe(resource))}"`;
  return body === '' ? `  <testcase ${attributes}/>\n` : `  <testcase ${attributes}>\n${body}  </testcase>\n`;
}

function lines(findings: readonly ReportedFinding[]): string {
  return findings.map((finding) => content(`${compactFinding(finding)}\n`)).join('');
}

function errorSuite({ errors }: CheckResult): Suite {
  const xml = errors.map((error) => {
    const name = describePlace(error);
    const attributes = `classname="${attribute(error.file ?? 'weir')}" name="${attribute(name === '' ? 'weir' : name)}"`;
    return `  <testcase ${attributes}>\n   <error message="${attribute(error.message)}"/>\n  </testcase>\n`;
  });
  const counts = `tests="${errors.length}" failures="0" errors="${errors.length}"`;
  return {
    tests: errors.length,
    failures: 0,
    errors: errors.length,
    xml: ` <testsuite name="could not judge" ${counts}>\n${xml.join('')} </testsuite>\n`,
  };
}

/** XML 1.0 (section 2.2) has no place for these, however they are escaped. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is replaced
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

function content(text: string): string {
  return text
    .toWellFormed()
    .replace(FORBIDDEN, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

/** Line breaks and tabs in an attribute would be read as spaces. */
function attribute(text: string): string {
  return content(text)
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;')
    .replaceAll('\r', '&#13;')
    .replaceAll('\t', '&#9;');
}
