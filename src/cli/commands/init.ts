import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CommandContext, DefineCommand } from '../command.ts';
import { EXIT, Failure, systemReason } from '../failure.ts';
import { HOOK, initFiles, isInstalled, type NewFile } from '../init/files.ts';

/** `weir init [FOLDER]` */
export const define: DefineCommand = (command, run) => {
  command
    .argument('[folder]', 'the repository', '.')
    .option('--force', 'overwrite files that are there already')
    .action((folder: string, { force }: { force?: boolean }) => {
      run((context) => init(folder, force ?? false, context));
    });
};

async function init(folder: string, force: boolean, { io, colors }: CommandContext): Promise<number> {
  const root = path.resolve(io.cwd, folder);
  const found = statSync(root, { throwIfNoEntry: false });
  if (found === undefined) throw new Failure(`there is no folder ${folder}; make it first`);
  if (!found.isDirectory()) {
    throw new Failure(`${folder} is no folder; name the one of your repository`);
  }

  const { green, dim, bold } = colors(io.stdout);
  let kept = 0;
  for (const file of initFiles(root)) {
    const isThere = existsSync(path.join(root, file.path));
    if (isThere && (!force || file.isShared === true)) {
      if (file.isShared !== true) kept++;
      io.stdout.write(`${dim('kept ')}  ${file.path}\n`);
      continue;
    }
    write(root, file);
    io.stdout.write(`${green('wrote')}  ${file.path}\n`);
  }
  if (kept > 0) io.stdout.write(dim(`${kept} there already; --force overwrites them\n`));
  io.stdout.write(`\n${bold('Next')}\n${nextSteps(root)}`);
  return EXIT.clean;
}

/** What is left to do by hand. Weir is on no registry, and the npm package `weir` is another one: it comes from Git or a checkout. */
function nextSteps(root: string): string {
  const install = [
    "npm install --save-dev git+<the URL of Weir's repository>",
    '     (or a checkout after its npm ci: npm install --save-dev /path/to/weir)',
  ].join('\n');
  const steps = [
    'say in policies/ which registries your images come from, and in weir.yaml which paths go where',
    ...(isInstalled(root) ? [] : [install]),
    'npx --no-install weir check .',
    `git config core.hooksPath ${path.posix.dirname(HOOK)}    (judges before each commit)`,
    'git add package.json package-lock.json and the files above: the workflow needs them',
  ];
  return steps.map((step, index) => `  ${index + 1}. ${step}\n`).join('');
}

function write(root: string, { path: relative, text, isExecutable = false }: NewFile): void {
  const full = path.join(root, relative);
  try {
    mkdirSync(path.dirname(full), { recursive: true });
    writeFileSync(full, text, { mode: isExecutable ? 0o755 : 0o644 });
  } catch (error) {
    throw new Failure(`${relative} cannot be written: ${systemReason(error)}`);
  }
}
