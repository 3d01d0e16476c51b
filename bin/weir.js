#!/usr/bin/env node
/**
 * Starts the built program on Node 24. On an older host it starts again under the Node that npm installed beside it,
 * so that `npx --no-install weir` works whatever the machine has.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const NEEDED = 24;
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

if (Number.parseInt(process.versions.node, 10) < NEEDED) {
  const bundled = here('../node_modules/node/bin/node');
  if (!existsSync(bundled)) {
    console.error(`weir needs Node.js ${NEEDED} or newer, and this is ${process.version}`);
    process.exit(2);
  }
  const child = spawnSync(bundled, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  process.exit(child.status ?? 2);
}
if (!existsSync(here('../dist/src/cli/main.js'))) {
  console.error('weir is not built yet; build it with: npm ci');
  process.exit(2);
}
const { main } = await import('../dist/src/cli/main.js');
process.exitCode = await main(process.argv.slice(2));
