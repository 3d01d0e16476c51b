/** What to do next, as commands that work: the last lines of `-o text`. */
import path from 'node:path';
import { describe } from '../../kubernetes/object.ts';
import { count, type ReportedDefaults } from '../../report/result.ts';
import { commandLine } from '../../text/commandLine.ts';
import { sameOptions } from '../commandLine.ts';
import { STDIN } from '../input/load.ts';
import type { Resource } from '../input/resource.ts';
import { KUSTOMIZATION_FILES } from '../input/walk.ts';
import type { JudgedFinding } from './judgeInput.ts';
import type { CheckOptions } from './options.ts';

type Hinted = Pick<CheckOptions, 'paths' | 'environment' | 'policies'>;

/** How to see the defaults, and how to have fixes carried out: in files, on standard input, in Kustomize's sources. */
export function hintsFor(
  findings: readonly JudgedFinding[],
  defaults: readonly ReportedDefaults[],
  resources: readonly Resource[],
  options: Hinted,
): string[] {
  const fixable = findings.filter(({ reported }) => reported.fix !== undefined);
  const ofStdin = fixable.filter(({ resource }) => resource.file === STDIN);
  const built = fixable.filter(({ resource }) => isBuilt(resource));
  const inFiles = fixable.filter(({ resource }) => resource.file !== STDIN && !isBuilt(resource));
  const isAllInFiles = resources.every((resource) => resource.file !== STDIN && !isBuilt(resource));

  return [
    ...defaultsHint(defaults, options),
    ...(isAllInFiles ? wholeHint(inFiles, options) : fileHints(inFiles, options)),
    ...stdinHint(ofStdin, options),
    ...builtHint(built, options),
  ];
}

function isBuilt({ position }: Resource): boolean {
  return position === undefined;
}

function defaultsHint(defaults: readonly ReportedDefaults[], options: Hinted): string[] {
  if (defaults.length === 0) return [];
  const objects = new Set(
    defaults.map(({ environment, file, resource }) => `${environment} ${file} ${describe(resource)}`),
  );
  const values = defaults.reduce((sum, each) => sum + each.values.length, 0);
  const text = `${count(values, 'default')} would be filled in for ${count(objects.size, 'object')}`;
  return [`${text}; see them with: ${commandLine('weir', 'render', ...options.paths, ...sameOptions(options))}`];
}

function wholeHint(findings: readonly JudgedFinding[], options: Hinted): string[] {
  if (findings.length === 0) return [];
  const command = commandLine('weir', 'render', '--fix', '-w', ...options.paths, ...sameOptions(options));
  return [`${count(findings.length, 'finding')} can be fixed by: ${command}`];
}

/** Beside what cannot be written, the files are named one by one, and with them the environment that they had. */
function fileHints(findings: readonly JudgedFinding[], options: Hinted): string[] {
  const environments = new Set(findings.map(({ reported }) => reported.environment));
  return [...environments].map((environment) => {
    const own = findings.filter(({ reported }) => reported.environment === environment);
    const command = commandLine(
      'weir',
      'render',
      '--fix',
      '-w',
      ...firstFiles(own),
      ...sameOptions({ ...options, environment }),
    );
    return `${count(own.length, 'finding')} can be fixed by: ${command}`;
  });
}

function stdinHint(findings: readonly JudgedFinding[], options: Hinted): string[] {
  if (findings.length === 0) return [];
  const command = commandLine('weir', 'render', '--fix', STDIN, ...sameOptions(options));
  return [`${count(findings.length, 'finding')} of standard input can be fixed by: ${command}`];
}

/** Fixes belong into the sources; the defaults of one environment do not belong into a base that others share. */
function builtHint(findings: readonly JudgedFinding[], options: Hinted): string[] {
  if (findings.length === 0) return [];
  const text = `${count(findings.length, 'finding')} of what Kustomize builds can be fixed`;
  const files = firstFiles(findings);
  const environment = options.environment ?? findings.at(-1)?.reported.environment;
  if (files.length === 0) return [`${text} where Kustomize calls weir fn`];
  const command = commandLine(
    'weir',
    'render',
    '--fix',
    '--no-defaults',
    '-w',
    ...files,
    ...sameOptions({ ...options, environment }),
  );
  return [`${text} in its sources by: ${command}; or let Kustomize call weir fn`];
}

const MOST_FILES = 8;

function firstFiles(findings: readonly JudgedFinding[]): string[] {
  const files = new Set<string>();
  for (const { reported } of findings) {
    if (reported.file === undefined || KUSTOMIZATION_FILES.includes(path.basename(reported.file))) continue;
    files.add(reported.file);
    if (files.size === MOST_FILES) break;
  }
  return [...files];
}
