/** What the shipped policies deny of an example, its page says, and no more than that. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it, jest } from '@jest/globals';
import { catalogue } from '../../src/policy/catalogue.ts';
import { check } from '../cli/harness.ts';

jest.setTimeout(60_000);

const ENVIRONMENTS = ['dev', 'staging', 'prod'];
const EXAMPLES = readdirSync('examples').filter((name) => existsSync(`examples/${name}/weir.yaml`));

function pageOf(example: string): string {
  return readFileSync(`examples/${example}/README.md`, 'utf8');
}

/** The rules that deny something in any of the environments. */
async function denyingIn(example: string): Promise<string[]> {
  const rules = new Set<string>();
  for (const environment of ENVIRONMENTS) {
    // the shop says itself what goes where
    const where = example === 'shop' ? [] : ['--env', environment];
    const args = [`examples/${example}`, ...where, '--policies', 'policies'];
    const { result } = await check(args, { cwd: process.cwd() });
    expect(result.errors).toEqual([]);
    for (const { rule, action } of result.findings) if (action === 'deny') rules.add(rule);
  }
  return [...rules].sort();
}

describe('the pages of the examples', () => {
  it.each(EXAMPLES)('%s names each rule that denies it', async (example) => {
    const page = pageOf(example);
    const named = catalogue.rules.map(({ id }) => id).filter((id) => page.includes(`\`${id}\``));
    expect(named.sort()).toEqual(await denyingIn(example));
  });
});
