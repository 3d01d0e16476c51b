/** `npm run bench:serving`: Services on the platform of one machine, each figure beside the least that it could be. */

import { begin, type Part, runParts, tell } from '../parts.ts';
import { bundled } from './bundled.ts';
import { benchBurst } from './burst.ts';
import { benchFromZero } from './fromZero.ts';
import { benchHop } from './hop.ts';
import { benchIdle } from './idle.ts';
import { prepare } from './platform/services.ts';
import { type Platform, startPlatform } from './platform/start.ts';
import { benchTick } from './tick.ts';

const PARTS = ['hop', 'fromZero', 'burst', 'idle', 'tick'] as const;
const USAGE = `usage: npm run bench:serving -- [--quick] [--only ${PARTS.join('|')}] [--profile FOLDER]
  --quick    little of everything: to see that it works, not for figures
  --only     one part of it
  --profile  the platform writes a CPU profile there when it ends
`;

const { isQuick, only, profile } = begin(PARTS, USAGE, true);
const options = { isQuick, tell };
const command = [process.execPath, await bundled('hello')] as const;
const parts: Readonly<Record<(typeof PARTS)[number], () => Promise<Part>>> = {
  hop: () => benchHop(options),
  fromZero: () => onPlatform((platform) => benchFromZero(platform, command, options)),
  burst: () => onPlatform((platform) => benchBurst(platform, command, options)),
  idle: () => onPlatform((platform) => benchIdle(platform, options)),
  tick: () => benchTick(options),
};

await runParts(parts, only);
process.exit(0);

/** Each part has one of its own, in which nothing of another is left. */
async function onPlatform(bench: (platform: Platform) => Promise<Part>): Promise<Part> {
  const platform = await startPlatform({ command, profile });
  try {
    await prepare(platform);
    return await bench(platform);
  } finally {
    await platform.stop();
  }
}
