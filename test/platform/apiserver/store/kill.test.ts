/** kill -9 in the middle of writing: WEIR_KILLS=200 does it as often as one likes. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Stored } from '../../../../src/platform/apiserver/store/store.ts';
import { aFolder, aStore, at } from './stores.ts';

const KILLS = Number(process.env.WEIR_KILLS ?? 4);
const WRITER = path.resolve('test/platform/apiserver/store/writer.ts');

interface Acknowledged {
  readonly round: number;
  readonly revision: number;
}

describe('a process that is killed while it writes', () => {
  it.each([false, true])(
    'has kept every write that it acknowledged, and no half one (fsync: %j)',
    async (fsync) => {
      const file = path.join(aFolder(), 'store.db');
      const acknowledged = new Map<string, Acknowledged>();
      for (let kill = 0; kill < KILLS; kill++) {
        // From the first write on, at another moment each time.
        for (const line of await linesUntilKilled(file, fsync, 1 + ((kill * 131) % 700))) {
          const [name = '', round, revision] = line.split(' ');
          acknowledged.set(name, { round: Number(round), revision: Number(revision) });
        }
        acknowledged.delete('open');
        const store = await aStore({ file, fsync });
        const [...wrong] = [...acknowledged].filter(
          ([name, each]) => !holds(store.get(at(name)), each, store.revision),
        );
        expect(wrong).toEqual([]);
        for (const stored of store.list({ resource: 'configmaps', namespace: '' }).items)
          expect(isWhole(stored)).toBe(true);
        await store.close();
      }
      expect(acknowledged.size).toBeGreaterThan(0);
    },
    30_000 + KILLS * 20_000,
  );
});

/** As acknowledged, or as a later write has left it that was done and not acknowledged any more. */
function holds(stored: Stored | undefined, { round, revision }: Acknowledged, last: number): boolean {
  if (last < revision) return false;
  if (stored === undefined) return round === 0 || last > revision;
  return (
    stored.revision > revision ||
    (stored.revision === revision && stored.object().data !== undefined && roundOf(stored) === round)
  );
}

function isWhole(stored: Stored): boolean {
  const round = roundOf(stored);
  const { text } = stored.object().data as { text: string };
  return text === `${round} `.repeat(1 + ((round * 37) % 3000)) && stored.labels.round === String(round);
}

function roundOf(stored: Stored): number {
  return (stored.object().data as { round: number }).round;
}

/** All whole lines that the writer has said by the time it is dead. */
function linesUntilKilled(file: string, fsync: boolean, lines: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const writer = spawn(process.execPath, ['--no-warnings', WRITER, file, String(fsync)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    let seen = 0;
    writer.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      seen += chunk.split('\n').length - 1;
      if (seen > lines) writer.kill('SIGKILL');
    });
    writer.on('error', reject);
    writer.on('close', (code, signal) => {
      if (signal === 'SIGKILL') resolve(text.split('\n').slice(0, -1));
      else reject(new Error(`the writer ended by itself with ${code}`));
    });
  });
}
