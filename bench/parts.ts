/** A bench of parts, of which one may be asked for alone: what a part is given, what it says, and how all of them run. */
import { parseArgs } from 'node:util';
import { load as busy } from './admission/table.ts';

export interface PartOptions {
  /** Little of everything: to see that it works. */
  readonly isQuick: boolean;
  /** For what goes on, while it goes on. */
  tell(text: string): void;
}

export interface Part {
  /** What was done, and the figures. */
  readonly text: string;
  /** A line for each aim, met or missed. */
  readonly aims: readonly string[];
}

const OPTIONS = { quick: { type: 'boolean' }, only: { type: 'string' }, help: { type: 'boolean' } } as const;
const WITH_PROFILE = { ...OPTIONS, profile: { type: 'string' } } as const;
type Values = ReturnType<typeof parseArgs<{ options: typeof WITH_PROFILE }>>['values'];

/** Nothing that is started outlives this. */
const MOST_MS = 20 * 60_000;

export interface Arguments {
  readonly isQuick: boolean;
  /** Of the parts that were named. */
  readonly only: string | undefined;
  /** A folder. */
  readonly profile: string | undefined;
}

/**
 * What the bench was called with; otherwise it ends with its usage. What it starts ends with the process, and its folders
 * go, at a signal and when it takes too long, too.
 *
 * @param hasProfile whether it takes `--profile`
 */
export function begin(parts: readonly string[], usage: string, hasProfile = false): Arguments {
  const { values } = parseArgs({ options: hasProfile ? WITH_PROFILE : OPTIONS });
  const { quick, only, help, profile }: Values = values;
  const isUnknown = only !== undefined && !parts.includes(only);
  if (help === true || isUnknown) {
    (isUnknown ? process.stderr : process.stdout).write(usage);
    process.exit(isUnknown ? 2 : 0);
  }
  process.on('SIGINT', () => process.exit(130));
  process.on('SIGTERM', () => process.exit(143));
  setTimeout(() => {
    process.stderr.write(`not done within ${MOST_MS / 60_000} minutes\n`);
    process.exit(1);
  }, MOST_MS).unref();
  return { isQuick: quick === true, only, profile };
}

export const tell = (text: string): void => void process.stderr.write(`${text}\n`);

/** One part after the other, each with its figures once it is done, and all aims at the end. */
export async function runParts(
  parts: Readonly<Record<string, () => Promise<Part>>>,
  only: string | undefined,
): Promise<void> {
  process.stdout.write(`load of the machine ${busy()}\n`);
  const aims: string[] = [];
  for (const [name, part] of Object.entries(parts)) {
    if (only !== undefined && only !== name) continue;
    const { text, aims: theirs } = await part();
    process.stdout.write(`\n${text}\n`);
    aims.push(...theirs);
  }
  process.stdout.write(`\n${aims.join('\n')}\n`);
}
