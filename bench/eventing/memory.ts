/**
 * Memory over a million events.
 *
 * They come in batches, after each of which the resident memory of the platform's process is taken. Flat is judged
 * once the log holds as many events as it keeps (KEEP.events): the median of the last quarter of the batches is no more
 * than a tenth above that of the first quarter behind that moment.
 */
import { statSync } from 'node:fs';
import path from 'node:path';
import { KEEP } from '../../src/platform/eventing/retention.ts';
import { peakMiB, residentMiB } from '../admission/servers/figures.ts';
import { median, verdict } from '../admission/table.ts';
import type { Part, PartOptions } from '../parts.ts';
import { ownFolder, startWeir } from './contenders.ts';
import { startLoad } from './load/started.ts';

const UNDER_WAY = 64;
const MOST_GROWTH = 0.1;

export async function benchMemory({ isQuick, tell }: PartOptions): Promise<Part> {
  const [events, batch] = isQuick ? [20_000, 1000] : [1_000_000, 20_000];
  const load = await startLoad();
  const folder = ownFolder();
  const weir = await startWeir(load.subscriber, 1, folder);
  const samples: number[] = [];
  let seconds = 0;
  for (let sent = 0; sent < events; sent += batch) {
    const pace = { loop: 'closed', underWay: UNDER_WAY, until: { events: batch } } as const;
    seconds += (await load.run({ port: weir.port, triggers: 1, pace })).seconds;
    samples.push(residentMiB(weir.pid));
    if ((sent / batch) % 5 === 4) tell(`${sent + batch} events, ${samples.at(-1)?.toFixed(0)} MiB`);
  }
  const peak = peakMiB(weir.pid);
  const onDisk = ['events.db', 'events.db-wal'].map((file) => statSync(path.join(folder, file)).size / 2 ** 20);
  weir.stop();

  const settled = samples.slice(isQuick ? samples.length / 4 : Math.ceil(KEEP.events / batch));
  const quarter = Math.floor(settled.length / 4);
  const [first, last] = [median(settled.slice(0, quarter)), median(settled.slice(-quarter))];
  const growth = last / first - 1;
  const mib = (value: number) => `${value.toFixed(0)} MiB`;
  return {
    text:
      `${events} events through one Trigger in ${seconds.toFixed(0)} s: ${mib(median(samples.slice(0, quarter)))} at first, ${mib(first)} once the log ` +
      `holds what it keeps, ${mib(last)} at the end, ${mib(peak)} at most; on the disk ${onDisk.map(mib).join(' and a log of ')}`,
    aims: [
      verdict(
        `memory flat over ${events} events (the last quarter at most ${MOST_GROWTH * 100} % above the first)`,
        growth <= MOST_GROWTH,
        `${(growth * 100).toFixed(1)} %`,
      ),
    ],
  };
}
