/** Writes policies/environmentpolicy.schema.json, by which editors complete and check policy files. */
import { spawnSync } from 'node:child_process';
import { editorSchema } from '../../src/policy/load/editorSchema.ts';
import { everyRule } from '../../src/policy/rules/every.ts';
import { writeGenerated } from './generated.ts';

const FILE = 'policies/environmentpolicy.schema.json';

/** As the formatter would leave it, so that formatting and generating agree. */
function formatted(value: unknown): string {
  const biome = ['format', `--stdin-file-path=${FILE}`];
  const run = spawnSync('node_modules/.bin/biome', biome, { input: JSON.stringify(value), encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`biome format failed: ${run.stderr}`);
  return run.stdout;
}

writeGenerated(FILE, formatted(editorSchema(everyRule)));
