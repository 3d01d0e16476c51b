/**
 * `npm run build`: the program as a few files under dist/.
 *
 * Node.js spends more time on finding and linking hundreds of small modules than a check of one manifest takes. What
 * the command line needs goes into one bundle, split where a command or the server is loaded lazily; types are checked
 * elsewhere, by `npm run typecheck`.
 */
import { rmSync } from 'node:fs';
import { build } from 'esbuild';
import { AS_SHIPPED } from './options.ts';

// with what bin/weir.js keeps of an earlier build
for (const old of ['dist', '.cache/compiled']) rmSync(old, { recursive: true, force: true });
await build({
  ...AS_SHIPPED,
  entryPoints: { weir: 'src/cli/main.ts' },
  outdir: 'dist',
  splitting: true,
  sourcemap: 'linked',
  chunkNames: 'chunks/[name]-[hash]',
});
