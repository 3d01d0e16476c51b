/** `-o compact`: one line a finding, for grep and for editors that read `file:line:column: …`. */
import { type CheckResult, describePlace, describeWhere, type ReportedFinding } from './result.ts';
import { oneLine } from './safeText.ts';

export function compact({ errors, findings }: CheckResult): string {
  let lines = '';
  for (const error of errors) lines += `${prefix(describePlace(error))}error: ${oneLine(error.message)}\n`;
  for (const finding of findings) lines += `${compactFinding(finding)}\n`;
  return lines;
}

export function compactFinding(finding: ReportedFinding): string {
  const { rule, action, environment, message } = finding;
  return `${prefix(describeWhere(finding))}${action}: ${rule} [${environment}]: ${oneLine(message)}`;
}

function prefix(place: string): string {
  return place === '' ? '' : `${oneLine(place)}: `;
}
