/** `npm run bench:serving`: Services on the platform of one machine, each figure beside the least that it could be. */
import { parseArgs } from 'node:util';
import { load as busy } from '../admission/table.ts';
import { bundled } from './bundled.ts';
import { benchBurst } from './burst.ts';
import { benchFromZero } from './fromZero.ts';
import { benchHop } from './hop.ts';
import { benchIdle } from './idle.ts';
import type { Part } from './part.ts';
import { prepare } from './platform/services.ts';
import { type Platform, startPlatform } from './platform/start.ts';
import { benchTick } from './tick.ts';

const PARTS = ['hop', 'fromZero', 'burst', 'idle', 'tick'] as const;
const USAGE = `usage: npm run bench:serving -- [--quick] [--only ${PARTS.join('|')}] [--profile FOLDER]
  --quick    little of everything: to see that it works, not for figures
  --only     one part of it
  --profile  the platform writes a CPU profile there when it ends
`;
/** All of it takes some six minutes. */
const MOST_MS = 20 * 60_000;

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean' },
    only: { type: 'string' },
    profile: { type: 'string' },
    help: { type: 'boolean' },
  },
});
const unknown = values.only !== undefined && PARTS.every((part) => part !== values.only);
if (values.help === true || unknown) {
  (unknown ? process.stderr : process.stdout).write(USAGE);
  process.exit(unknown ? 2 : 0);
}
// what was started ends with the process, and its folders go
process.on('SIGINT', () => process.exit(130));
process.on('SIGTERM', () => process.exit(143));
setTimeout(() => {
  process.stderr.write(`not done within ${MOST_MS / 60_000} minutes\n`);
  process.exit(1);
}, MOST_MS).unref();

const options = {
  isQuick: values.quick === true,
  tell: (text: string) => void process.stderr.write(`${text}\n`),
};
const command = [process.execPath, await bundled('hello')] as const;
const parts: Readonly<Record<(typeof PARTS)[number], () => Promise<Part>>> = {
  hop: () => benchHop(options),
  fromZero: () => onPlatform((platform) => benchFromZero(platform, command, options)),
  burst: () => onPlatform((platform) => benchBurst(platform, command, options)),
  idle: () => onPlatform((platform) => benchIdle(platform, options)),
  tick: () => benchTick(options),
};

process.stdout.write(`load of the machine ${busy()}\n`);
const aims: string[] = [];
for (const part of PARTS) {
  if (values.only !== undefined && values.only !== part) continue;
  const { text, aims: theirs } = await parts[part]();
  process.stdout.write(`\n${text}\n`);
  aims.push(...theirs);
}
process.stdout.write(`\n${aims.join('\n')}\n`);
process.exit(0);

/** Each part has one of its own, in which nothing of another is left. */
async function onPlatform(bench: (platform: Platform) => Promise<Part>): Promise<Part> {
  const platform = await startPlatform({ command, profile: values.profile });
  try {
    await prepare(platform);
    return await bench(platform);
  } finally {
    await platform.stop();
  }
}
