/**
 * `-o sarif`: SARIF 2.1.0 (docs.oasis-open.org/sarif/sarif/v2.1.0), for code scanning. A fix is there as edits to the
 * file where the object stands in one as it is, and as the JSON Patch that it is among a result's properties.
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe } from '../kubernetes/object.ts';
import { familyOf } from '../policy/engine/rule.ts';
import type { ReportContext } from './reporter.ts';
import type { CheckResult, ReportedExcuse, ReportedFinding, ReportedPlace } from './result.ts';

const LEVELS = { deny: 'error', warn: 'warning', audit: 'note' } as const;
const ROOT = 'SRCROOT';
const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

/** In pieces, since results take far more room than findings. */
export function* sarif({ findings, excused, errors }: CheckResult, context: ReportContext): Iterable<string> {
  const ids = [...new Set([...findings, ...excused].map(({ rule }) => rule))].sort();
  const indexes = new Map(ids.map((id, index) => [id, index]));
  const rules = ids.map((id) => reportingRule(id, context));
  const notifications = errors.map((error) => ({
    level: 'error',
    message: { text: error.message },
    ...locationsOf(error, context),
  }));
  const run = {
    tool: { driver: { name: 'Weir', version: context.version, rules } },
    columnKind: 'utf16CodeUnits',
    originalUriBaseIds: { [ROOT]: { description: { text: 'the root of the repository' } } },
    invocations: [{ executionSuccessful: errors.length === 0, toolExecutionNotifications: notifications }],
  };

  yield `{"$schema":${JSON.stringify(SCHEMA)},\n"version":"2.1.0",\n"runs":[${JSON.stringify(run).slice(0, -1)},\n"results":[`;
  let separator = '\n';
  for (const finding of findings) {
    yield separator + JSON.stringify(resultOf(finding, indexes, context));
    separator = ',\n';
  }
  for (const excuse of excused) {
    const result = { ...resultOf(excuse, indexes, context), suppressions: [suppressionOf(excuse)] };
    yield separator + JSON.stringify(result);
    separator = ',\n';
  }
  yield ']}]}\n';
}

function reportingRule(id: string, context: ReportContext) {
  const rule = context.rule(id);
  if (rule === undefined) return { id };
  return {
    id,
    shortDescription: { text: rule.title },
    fullDescription: { text: rule.why },
    help: { text: `${rule.why}\n\n${rule.howToFix}`, markdown: `${rule.why}\n\n**How to fix:** ${rule.howToFix}` },
    ...(rule.action === 'off' ? {} : { defaultConfiguration: { level: LEVELS[rule.action] } }),
    properties: { tags: [familyOf(id)] },
  };
}

function resultOf(finding: ReportedFinding, indexes: ReadonlyMap<string, number>, context: ReportContext) {
  const { rule, action, environment, resource, path: pointer, message, fix, since } = finding;
  return {
    ruleId: rule,
    ruleIndex: indexes.get(rule) ?? -1,
    level: LEVELS[action],
    message: { text: message },
    ...locationsOf(finding, context, `${describe(resource)}${pointer}`),
    partialFingerprints: { 'weirFinding/v1': fingerprint(finding) },
    ...fixesOf(finding, context),
    properties: {
      environment,
      resource,
      path: pointer,
      ...(fix === undefined ? {} : { fix }),
      ...(since === undefined ? {} : { since }),
    },
  };
}

function fixesOf(finding: ReportedFinding, context: ReportContext) {
  const replacements = finding.fix === undefined ? undefined : context.textFix(finding);
  if (replacements === undefined || replacements.length === 0 || finding.file === undefined) return {};
  const change = {
    artifactLocation: artifact(finding.file, context),
    replacements: replacements.map(({ text, ...region }) => ({
      deletedRegion: region,
      ...(text === '' ? {} : { insertedContent: { text } }),
    })),
  };
  const why = context.rule(finding.rule)?.howToFix;
  return { fixes: [{ ...(why === undefined ? {} : { description: { text: why } }), artifactChanges: [change] }] };
}

/** The same as long as the same object breaks the same rule in the same place, wherever its lines move to. */
function fingerprint({ rule, environment, resource, path: pointer }: ReportedFinding): string {
  const { apiVersion, kind, namespace, name } = resource;
  const parts = [rule, environment, apiVersion, kind, namespace, name, pointer];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

function suppressionOf({ exception }: ReportedExcuse) {
  const owner = exception.owner === '' ? '' : `, ${exception.owner}`;
  return {
    kind: 'external',
    status: 'accepted',
    justification: `${exception.reason} (PolicyException ${exception.name}${owner}, until ${exception.until})`,
  };
}

function locationsOf({ file, line, column }: ReportedPlace, context: ReportContext, logical?: string) {
  const hasFile = file !== undefined && file !== '-';
  if (!hasFile && logical === undefined) return {};
  const region =
    line === undefined ? {} : { region: { startLine: line, ...(column === undefined ? {} : { startColumn: column }) } };
  return {
    locations: [
      {
        ...(hasFile ? { physicalLocation: { artifactLocation: artifact(file, context), ...region } } : {}),
        ...(logical === undefined ? {} : { logicalLocations: [{ fullyQualifiedName: logical, kind: 'resource' }] }),
      },
    ],
  };
}

/** Relative to the repository, as code scanning wants it; absolute for what lies outside. */
function artifact(file: string, { cwd, root }: ReportContext) {
  const absolute = path.resolve(cwd, file);
  const relative = path.relative(root, absolute);
  if (relative.startsWith('..') || path.isAbsolute(relative))
    return { uri: pathToFileURL(absolute.toWellFormed()).href };
  return { uri: relative.toWellFormed().split(path.sep).map(encodeURIComponent).join('/'), uriBaseId: ROOT };
}
