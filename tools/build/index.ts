/**
 * `npm run build`: the program as a few files under dist/.
 *
 * Node.js spends more time on finding and linking hundreds of small modules than a check of one manifest takes. What
 * the command line needs goes into one bundle, split where a command or the server is loaded lazily; types are checked
 * elsewhere, by `npm run typecheck`.
 */
import { rmSync } from 'node:fs';
import { build } from 'esbuild';
import { precompilePolicySchema } from './precompile.ts';

/** Loaded by the server alone, and left as they are: some find their own files by path, and all start slowly. */
const SERVER_PACKAGES = ['@kubernetes/client-node', 'cloudevents', 'express', 'node-forge', 'pino', 'prom-client'];

// with what bin/weir.js keeps of an earlier build
for (const old of ['dist', '.cache/compiled']) rmSync(old, { recursive: true, force: true });
await build({
  entryPoints: { weir: 'src/cli/main.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  external: SERVER_PACKAGES.flatMap((name) => [name, `${name}/*`]),
  sourcemap: 'linked',
  chunkNames: 'chunks/[name]-[hash]',
  // packages that are CommonJS ask for Node's own modules by `require`, which ES modules do not have
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  plugins: [precompilePolicySchema],
  logLevel: 'warning',
});
