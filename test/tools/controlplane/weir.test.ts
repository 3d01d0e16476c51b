/** What `npm run controlplane -- --weir` tells to try; the suites of test/cluster see its overlay work. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { TRY } from '../../../tools/controlplane/weir/start.ts';
import { check, folderWith } from '../../cli/harness.ts';

const FILE = 'examples/mistakes/payment.yaml';

async function denied(text: string): Promise<string[]> {
  const cwd = folderWith({ 'payment.yaml': text });
  const { result } = await check(['.', '--env', 'prod', '--policies', path.resolve('policies')], { cwd });
  return result.findings.filter(({ action }) => action === 'deny').map(({ rule }) => rule);
}

describe('what to try beside the webhook', () => {
  it('is denied for its min-scale alone, and let in once that is mended', async () => {
    const [, from = '', to = ''] = /sed 's\/([^/]+)\/([^/]+)\/' examples\/mistakes\/payment\.yaml/.exec(TRY) ?? [];
    const text = readFileSync(FILE, 'utf8');
    expect(text).toContain(from);
    expect(await denied(text)).toEqual(['autoscaling/min-scale']);
    expect(await denied(text.replace(from, to))).toEqual([]);
  });

  it('is what the page says', () => {
    const page = readFileSync('tools/controlplane/README.md', 'utf8');
    for (const line of TRY.split('\n').filter((each) => !each.startsWith('#'))) expect(page).toContain(line);
  });
});
