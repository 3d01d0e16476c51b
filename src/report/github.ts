/**
 * `-o github`: workflow commands, which GitHub shows beside the changed lines. A step shows at most ten errors and ten
 * warnings (docs.github.com, actions/reference/limits), so denials come first.
 */
import path from 'node:path';
import type { ReportContext } from './reporter.ts';
import { type CheckResult, count, describeWhere, type ReportedFinding, type ReportedPlace } from './result.ts';

const COMMANDS = { deny: 'error', warn: 'warning', audit: 'notice' } as const;

export function github({ errors, findings, summary }: CheckResult, context: ReportContext): string {
  let lines = '';
  for (const error of errors) lines += command('error', error, 'weir', error.message, context);
  for (const action of ['deny', 'warn', 'audit'] as const) {
    for (const finding of findings) {
      if (finding.action === action) lines += findingCommand(finding, context);
    }
  }
  const total = `${count(summary.deny, 'denial')}, ${count(summary.warn, 'warning')} in ${count(summary.judged, 'resource')}`;
  return `${lines}weir: ${total}\n`;
}

function findingCommand(finding: ReportedFinding, context: ReportContext): string {
  const { action, rule, environment, message } = finding;
  const text = finding.file === undefined ? `${describeWhere(finding)}: ${message}` : message;
  return command(COMMANDS[action], finding, `${rule} (${environment})`, text, context);
}

function command(
  name: 'error' | 'warning' | 'notice',
  { file, line, column }: ReportedPlace,
  title: string,
  message: string,
  { cwd, root }: ReportContext,
): string {
  const properties: string[] = [];
  if (file !== undefined && file !== '-') {
    const fromRoot = path.relative(root, path.resolve(cwd, file)).split(path.sep).join('/');
    properties.push(`file=${escapeProperty(fromRoot)}`);
    if (line !== undefined) properties.push(`line=${line}`);
    if (column !== undefined) properties.push(`col=${column}`);
  }
  properties.push(`title=${escapeProperty(title)}`);
  return `::${name} ${properties.join(',')}::${escapeData(message)}\n`;
}

/** actions/toolkit packages/core/src/command.ts, escapeData. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** actions/toolkit packages/core/src/command.ts, escapeProperty. */
function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
