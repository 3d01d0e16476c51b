/** The memory of one Weir over very many reviews, both doors in turns. */
import { send } from '../load/send.ts';
import { weir } from '../servers/contenders.ts';
import { peakMiB, residentMiB } from '../servers/figures.ts';
import { startServer } from '../servers/server.ts';
import { median, table, verdict } from '../table.ts';
import { closedJob, placeIn, type Stage } from './stage.ts';

const LIMIT_MIB = 250;
/** Between the median of the second fifth and that of the last one. A garbage collector's level is never still. */
const FLAT = 1.1;

export async function watchMemory(stage: Stage): Promise<void> {
  const { sizes, files } = stage;
  const server = await startServer(weir(await placeIn(stage)));
  try {
    const atStart = residentMiB(server.pid);
    stage.progress(`memory over ${sizes.memory} reviews`);
    const job = closedJob(stage, server.port, { file: files.both }, sizes.memory);
    const { answered, lost, oddity, memory, seconds } = await send(job, server.pid);
    if (oddity !== undefined || lost > 0) throw new Error(`${lost} reviews were not answered; ${oddity ?? ''}`);

    const fifth = (index: number) =>
      median(memory.slice((memory.length * index) / 5, (memory.length * (index + 1)) / 5));
    const early = fifth(1);
    const late = fifth(4);
    const peak = peakMiB(server.pid);
    const head = ['reviews', 'seconds', 'MiB start', 'first fifth', 'second', 'third', 'fourth', 'last', 'peak'];
    const levels = [atStart, fifth(0), early, fifth(2), fifth(3), late, peak].map((level) => level.toFixed(0));
    stage.print(`${table(head, [[String(answered), seconds.toFixed(0), ...levels]])}\n`);
    stage.print(
      verdict('memory is flat', late < early * FLAT, `${(late / early).toFixed(2)} times the second fifth's`),
    );
    stage.print(
      `${verdict(`memory under ${LIMIT_MIB} MiB`, peak < LIMIT_MIB, `${peak.toFixed(0)} MiB at its peak`)}\n`,
    );
  } finally {
    await server.stop();
  }
}
