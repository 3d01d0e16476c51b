/** Runs a policy test: judges its objects as any door would, and says how what came differs from what was expected. */
import type { JsonObject } from '../../kubernetes/json.ts';
import { equals } from '../../kubernetes/json.ts';
import { keyOf, policyException } from '../../kubernetes/kinds.ts';
import { type ObjectReference, referenceTo } from '../../kubernetes/object.ts';
import { didYouMean } from '../../text/nearest.ts';
import type { AppliedDefault } from '../engine/default.ts';
import { readException, readMoment } from '../engine/exceptions.ts';
import { inventoryOf } from '../engine/inventory.ts';
import { type Catalogue, type Finding, type JudgeContext, judge } from '../engine/judge.ts';
import type { PolicySet } from '../load/resolve.ts';
import { matchesPattern } from '../pattern.ts';
import { withClusterSettings } from '../settings.ts';
import { pairUp } from './pair.ts';
import type { ExpectedDefault, ExpectedFinding, PolicyTest } from './policyTest.ts';

export interface TestResult {
  readonly test: PolicyTest;
  /** One sentence for each difference; none where the test passes. */
  readonly differences: readonly string[];
}

export interface TestSurroundings {
  readonly policies: PolicySet;
  readonly catalogue: Catalogue;
  /** For tests that name no moment of their own. */
  readonly now: Date;
}

export function runPolicyTest(test: PolicyTest, surroundings: TestSurroundings): TestResult {
  const policy = surroundings.policies.policies.get(test.spec.environment);
  if (policy === undefined) return { test, differences: [noEnvironment(test.spec.environment, surroundings.policies)] };

  const inventory = inventoryOf(test.objects);
  const exceptions = test.objects.flatMap((object) => {
    const exception = keyOf(object) === policyException.key ? readException(object, policy) : undefined;
    return exception === undefined ? [] : [exception];
  });
  const now = test.spec.now === undefined ? undefined : readMoment(test.spec.now);
  const context: JudgeContext = {
    policy: withClusterSettings(policy, inventory),
    inventory,
    exceptions,
    now: now ?? surroundings.now,
  };

  const outcome = judgeAll(test, context, surroundings.catalogue);
  return {
    test,
    differences: [
      ...outcome.failures,
      ...differencesInFindings(test.spec.expect, outcome.findings),
      ...(test.spec.defaults ?? []).flatMap((expected) => differencesInDefault(expected, outcome.defaults)),
    ],
  };
}

function noEnvironment(name: string, { policies, abstract, broken }: PolicySet): string {
  if (broken.has(name)) return `the policy ${name} has errors, so that nothing can be judged by it`;
  if (abstract.has(name)) return `the policy ${name} is abstract: name an environment that extends it`;
  const names = [...policies.keys()];
  return `there is no environment "${name}"${didYouMean(name, names) || `; there are ${names.join(', ')}`}`;
}

interface FilledIn extends AppliedDefault {
  readonly object: string;
}

interface Outcome {
  readonly findings: Finding[];
  readonly defaults: FilledIn[];
  readonly failures: string[];
}

function judgeAll(test: PolicyTest, context: JudgeContext, catalogue: Catalogue): Outcome {
  const { rules, old = [] } = test.spec;
  const outcome: Outcome = { findings: [], defaults: [], failures: [] };
  for (const object of test.objects) {
    const before = old.find((candidate) => isSame(candidate, object));
    const verdict = judge(object, before === undefined ? context : { ...context, old: before }, catalogue);
    const name = labelOf(referenceTo(object));
    outcome.failures.push(...verdict.failures.map((failure) => `${name}: ${failure}`));
    outcome.defaults.push(...verdict.defaults.map((fill) => ({ ...fill, object: name })));
    for (const finding of verdict.findings) {
      const counts = rules === undefined || rules.some((rule) => matchesPattern(rule, finding.rule));
      if (counts) outcome.findings.push(finding);
    }
  }
  return outcome;
}

function isSame(left: JsonObject, right: JsonObject): boolean {
  const one = referenceTo(left);
  const other = referenceTo(right);
  return keyOf(left) === keyOf(right) && one.namespace === other.namespace && one.name === other.name;
}

/** `Service/cart`. */
function labelOf({ kind, name }: ObjectReference): string {
  return `${kind}/${name}`;
}

function differencesInFindings(expected: readonly ExpectedFinding[], findings: readonly Finding[]): string[] {
  const { missing, unexpected } = pairUp(expected, findings, meets);
  const differences: string[] = [];
  const left = [...unexpected];
  for (const one of missing) {
    // the same rule, and yet not as expected: told as one difference
    const near = left.findIndex((finding) => finding.rule === one.rule);
    const [finding] = near < 0 ? [] : left.splice(near, 1);
    differences.push(
      finding === undefined ? `missing: ${describeExpected(one)}` : `other than expected: ${deviation(one, finding)}`,
    );
  }
  for (const finding of left) differences.push(`unexpected: ${describeFinding(finding)}`);
  return differences;
}

function meets(expected: ExpectedFinding, finding: Finding): boolean {
  return (
    expected.rule === finding.rule &&
    (expected.action === undefined || expected.action === finding.action) &&
    (expected.path === undefined || expected.path === finding.path) &&
    (expected.object === undefined || matchesPattern(expected.object, labelOf(finding.resource))) &&
    (expected.message === undefined || matchesPattern(expected.message, finding.message))
  );
}

/** Field by field, what came and what was expected. */
function deviation(expected: ExpectedFinding, finding: Finding): string {
  const parts: string[] = [];
  const say = (field: string, got: string, wanted: string | undefined): void => {
    if (wanted !== undefined && !matchesPattern(wanted, got))
      parts.push(`${field} is ${JSON.stringify(got)}, expected ${JSON.stringify(wanted)}`);
  };
  say('action', finding.action, expected.action);
  say('object', labelOf(finding.resource), expected.object);
  if (expected.path !== undefined && expected.path !== finding.path) {
    parts.push(`path is ${JSON.stringify(finding.path)}, expected ${JSON.stringify(expected.path)}`);
  }
  say('message', finding.message, expected.message);
  return `${expected.rule} of ${labelOf(finding.resource)}: ${parts.join('; ')}`;
}

function describeExpected({ rule, action, object, path, message }: ExpectedFinding): string {
  const what = action === undefined ? rule : `${action} ${rule}`;
  const where = `${object === undefined ? '' : ` of ${object}`}${path === undefined ? '' : ` at ${path || 'the object itself'}`}`;
  return `${what}${where}${message === undefined ? '' : `: ${message}`}`;
}

function describeFinding({ rule, action, resource, path, message }: Finding): string {
  return `${action} ${rule} of ${labelOf(resource)} at ${path || 'the object itself'}: ${message}`;
}

function differencesInDefault(expected: ExpectedDefault, defaults: readonly FilledIn[]): string[] {
  const { object, path, value } = expected;
  const of = object === undefined ? '' : ` of ${object}`;
  const there = defaults.filter(
    (fill) => fill.path === path && (object === undefined || matchesPattern(object, fill.object)),
  );
  const [first] = there;
  if (first === undefined) return value === null ? [] : [`missing: a default at ${path}${of}`];
  if (value === undefined || there.some((fill) => equals(fill.value, value))) return [];
  return [
    `other than expected: the default at ${path} of ${first.object} is ${JSON.stringify(first.value)}, expected ${value === null ? 'none' : JSON.stringify(value)}`,
  ];
}
