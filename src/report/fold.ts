/** Findings for people: what a base has for several environments is told once. */
import { describe } from '../kubernetes/object.ts';
import { describePlace, type ReportedFinding } from './result.ts';

export interface ToldFinding {
  readonly finding: ReportedFinding;
  /** `Service shop/cart for dev, prod`. */
  readonly subject: string;
  /** The finding's, with the names of all environments where it names one. */
  readonly message: string;
}

/**
 * The findings in their order. Those of one place, rule and action whose messages differ in nothing but the name of the
 * environment come together: an overlay's objects may have names and namespaces of their own.
 *
 * @param findings those of one place follow each other
 */
export function* toldOnce(findings: readonly ReportedFinding[]): Iterable<ToldFinding> {
  const [first] = findings;
  const isOneEnvironment = findings.every(({ environment }) => environment === first?.environment);
  if (isOneEnvironment) {
    for (const finding of findings) yield told([finding]);
    return;
  }

  for (let start = 0; start < findings.length; ) {
    const end = endOfPlace(findings, start);
    for (const group of groupsOf(findings.slice(start, end))) yield told(group);
    start = end;
  }
}

type Group = readonly [ReportedFinding, ...ReportedFinding[]];

function endOfPlace(findings: readonly ReportedFinding[], start: number): number {
  const place = describePlace(findings[start] ?? {});
  let end = start + 1;
  while (end < findings.length && describePlace(findings[end] ?? {}) === place) end++;
  return end;
}

/** Of one place. What is not known to stand in one line stays by itself, and so does what one environment has twice. */
function groupsOf(findings: readonly ReportedFinding[]): Group[] {
  const groups: [ReportedFinding, ...ReportedFinding[]][] = [];
  const open = new Map<string, [ReportedFinding, ...ReportedFinding[]]>();
  for (const finding of findings) {
    const key = keyOf(finding);
    const group = open.get(key);
    const isNew = group?.every(({ environment }) => environment !== finding.environment) === true;
    if (group !== undefined && isNew && finding.line !== undefined) {
      group.push(finding);
      continue;
    }
    const own: [ReportedFinding, ...ReportedFinding[]] = [finding];
    groups.push(own);
    open.set(key, own);
  }
  return groups;
}

function keyOf({ rule, action, since, resource, fix, message, environment }: ReportedFinding): string {
  return JSON.stringify([
    rule,
    action,
    since,
    resource.kind,
    fix === undefined,
    withEnvironment(message, environment, ''),
  ]);
}

function told(group: Group): ToldFinding {
  const [finding] = group;
  const environments = group.map(({ environment }) => environment).join(', ');
  const resource = describe(finding.resource);
  const isOneResource = group.every((other) => other === finding || describe(other.resource) === resource);
  const subject = isOneResource
    ? `${resource} for ${environments}`
    : group.map((other) => `${describe(other.resource)} for ${other.environment}`).join(', ');
  const message =
    group.length === 1 ? finding.message : withEnvironment(finding.message, finding.environment, environments);
  return { finding, subject, message };
}

/** The message with another text where the environment's name stands as a word of its own. */
function withEnvironment(message: string, environment: string, other: string): string {
  return message
    .split(' ')
    .map((word) => (word === environment ? other : word))
    .join(' ');
}
