/** How the program is built, for its own build and for benches that measure what is shipped. */
import type { BuildOptions } from 'esbuild';
import { precompilePolicySchema } from './precompile.ts';

/** Loaded by the server alone, and left as they are: some find their own files by path, and all start slowly. */
const SERVER_PACKAGES = [
  '@kubernetes/client-node',
  '@platformatic/kafka',
  'cloudevents',
  'express',
  'jsonata',
  'node-forge',
  'pino',
  'prom-client',
];

export const AS_SHIPPED = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  external: SERVER_PACKAGES.flatMap((name) => [name, `${name}/*`]),
  // packages that are CommonJS ask for Node's own modules by `require`, which ES modules do not have; under a name of its own,
  // since what stands here is not renamed where a module imports the same
  banner: {
    js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
  },
  plugins: [precompilePolicySchema],
  logLevel: 'warning',
} satisfies BuildOptions;
