/** The files that `weir init` writes into a repository. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { shippedPolicies } from '../package.ts';

export interface NewFile {
  /** Relative to the repository. */
  readonly path: string;
  readonly text: string;
  readonly isExecutable?: boolean;
  /** A file that a repository of any kind may have, with more in it than Weir's: one that is there stays, whatever --force says. */
  readonly isShared?: boolean;
}

export function initFiles(folder: string): NewFile[] {
  return [
    { path: 'weir.yaml', text: weirYaml(folder) },
    ...policyFiles(),
    { path: HOOK, text: PRE_COMMIT, isExecutable: true },
    { path: '.github/workflows/weir.yaml', text: WORKFLOW },
    // npm installs into the nearest folder above that has a package.json; without one here that may be somebody's home.
    { path: 'package.json', text: '{\n  "private": true\n}\n', isShared: true },
    { path: '.gitignore', text: 'node_modules/\n', isShared: true },
  ];
}

/** Whether Weir is installed in the repository already. */
export function isInstalled(folder: string): boolean {
  return existsSync(path.join(folder, 'node_modules', '@weir-dev', 'weir', 'package.json'));
}

export const HOOK = '.githooks/pre-commit';

/** Without the kustomization, which packs the policies for Weir's own installation. */
function policyFiles(): NewFile[] {
  const shipped = shippedPolicies();
  return readdirSync(shipped)
    .filter((name) => /\.(ya?ml|json)$/.test(name) && name !== 'kustomization.yaml')
    .sort()
    .map((name) => ({ path: `policies/${name}`, text: readFileSync(path.join(shipped, name), 'utf8') }));
}

const ENVIRONMENTS = ['dev', 'staging', 'prod', 'edge'];
/** Where repositories keep a folder for each environment. */
const PARENTS = ['overlays', 'environments', 'envs', 'clusters', 'apps', '.'];

/** Maps the folders that are there; for the other environments it shows what to write once theirs is. */
function weirYaml(folder: string): string {
  const there: string[] = [];
  const missing: string[] = [];
  for (const name of ENVIRONMENTS) {
    const paths = PARENTS.map((parent) => path.posix.join(parent, name)).filter((each) => isFolder(folder, each));
    if (paths.length > 0) there.push(`- name: ${name}\n  paths: [${paths.join(', ')}]\n`);
    else missing.push(`# - name: ${name}\n#   paths: [overlays/${name}]\n`);
  }
  const list = there.length > 0 ? `environments:\n${there.join('')}` : 'environments: []\n';
  const example =
    missing.length === 0
      ? ''
      : `# No folder was found for these; once there is one, name it above:\n${missing.join('')}`;
  return `# Which paths go to which environment. A Namespace's label weir.dev/environment in the manifests comes first.
# A pattern names a file or a folder with all that is in it; * stands for any text within a name, ** for any folders.
# The first entry that fits counts.
apiVersion: weir.dev/v1alpha1
kind: Configuration
policies: policies
${list}${example}# Paths that hold no manifests to judge, such as Helm charts:
exclude: []
`;
}

function isFolder(folder: string, name: string): boolean {
  const full = path.join(folder, name);
  return existsSync(full) && statSync(full).isDirectory();
}

const PRE_COMMIT = `#!/bin/sh
# Judges the manifests before they are committed. In use after: git config core.hooksPath ${path.posix.dirname(HOOK)}
# It reads the files as they are in the folder, staged or not.
# A repository older than its policy can commit: what stood in HEAD already warns, only what is new is denied, and what
# weir.yaml gives no environment yet is passed over. The workflow is stricter.
if git rev-parse --quiet --verify HEAD >/dev/null; then
  exec npx --no-install weir check . --allow-empty --allow-unassigned --since HEAD
fi
exec npx --no-install weir check . --allow-empty --allow-unassigned
`;

const WORKFLOW = `name: weir
on:
  pull_request:
  push:
    branches: [main]
permissions:
  contents: read
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
    - uses: actions/checkout@v7
      with:
        fetch-depth: 0 # --since looks into the past
    - uses: actions/setup-node@v7
      with:
        node-version: 24
    # Installs Weir as package.json and package-lock.json say; commit both.
    - run: npm ci
    # For a repository that is older than its policy, add: --since origin/main
    # What stood there already then warns, and only what is new is denied.
    - run: npx --no-install weir check . -o github
`;
