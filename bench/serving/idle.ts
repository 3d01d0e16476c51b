/** 500 Services at zero: what the platform holds of memory, and what it does while nobody asks for anything. */
import { table, verdict } from '../admission/table.ts';
import type { Part, PartOptions } from '../parts.ts';
import { make, service } from './platform/services.ts';
import type { Platform } from './platform/start.ts';

const MOST_MIB = 300;
/** Of a core: what is less is nothing. */
const MOST_CPU = 0.01;
/** After Services were made: what is to be written has been written by then, and memory given back, which happens once. */
const REST_MS = 45_000;

export async function benchIdle(platform: Platform, { isQuick, tell }: PartOptions): Promise<Part> {
  const [count, seconds] = isQuick ? [20, 5] : [500, 60];
  tell(`the platform without Services, for ${seconds} s`);
  await pause(isQuick ? 2_000 : REST_MS);
  const without = await measure(platform, seconds);
  tell(`making ${count} Services`);
  const began = performance.now();
  await make(
    platform,
    Array.from({ length: count }, (_, index) => service(`idle-${index}`)),
  );
  const made = (performance.now() - began) / 1000;
  await pause(isQuick ? 2_000 : REST_MS);
  tell(`${count} Services at zero, for ${seconds} s`);
  const found = await measure(platform, seconds);

  const row = (name: string, { mebibytes, cpuMs }: Measured) => [
    name,
    `${mebibytes.toFixed(0)} MiB`,
    `${cpuMs.toFixed(0)} ms`,
    `${((cpuMs / 1000 / seconds) * 100).toFixed(2)} %`,
  ];
  const share = found.cpuMs / 1000 / seconds;
  return {
    text: `${count} Services at zero, ready ${made.toFixed(1)} s after the first was applied\n\n${table(
      ['', 'memory', `CPU in ${seconds} s`, 'of a core'],
      [row('without Services', without), row(`${count} Services at zero`, found)],
    )}`,
    aims: [
      verdict(
        `${count} Services at zero under ${MOST_MIB} MB`,
        found.mebibytes * 1.048576 < MOST_MIB,
        `${(found.mebibytes * 1.048576).toFixed(0)} MB`,
      ),
      verdict(
        `no CPU when idle (under ${MOST_CPU * 100} % of a core)`,
        share < MOST_CPU,
        `${(share * 100).toFixed(2)} %, ${found.cpuMs.toFixed(0)} ms in ${seconds} s`,
      ),
    ],
  };
}

interface Measured {
  readonly mebibytes: number;
  readonly cpuMs: number;
}

async function measure(platform: Platform, seconds: number): Promise<Measured> {
  const before = platform.cpuSeconds();
  await pause(seconds * 1000);
  return { mebibytes: platform.residentMiB(), cpuMs: (platform.cpuSeconds() - before) * 1000 };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
