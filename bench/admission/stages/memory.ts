/** The memory of one Weir over very many reviews, both doors in turns. */
import { send } from '../load/send.ts';
import { weir } from '../servers/contenders.ts';
import { peakMiB, residentMiB } from '../servers/figures.ts';
import { liveMiB, PROBE } from '../servers/live.ts';
import { startServer } from '../servers/server.ts';
import { median, table, verdict } from '../table.ts';
import { closedJob, placeIn, type Stage } from './stage.ts';

const LIMIT_MIB = 250;
/** Of what is in use; code that was compiled meanwhile counts. */
const KEPT_MIB = 3;

export async function watchMemory(stage: Stage): Promise<void> {
  const { sizes, files } = stage;
  const server = await startServer(weir(await placeIn(stage), PROBE));
  try {
    const atStart = residentMiB(server.pid);
    const job = (count: number) => closedJob(stage, server.port, { file: files.both }, count);
    stage.progress(`memory over ${sizes.memory} reviews`);
    await send(job(sizes.warmUp), server.pid);
    const early = await liveMiB(server);
    const { answered, lost, oddity, memory, seconds } = await send(job(sizes.memory), server.pid);
    if (oddity !== undefined || lost > 0) throw new Error(`${lost} reviews were not answered; ${oddity ?? ''}`);
    const late = await liveMiB(server);

    const fifths = [0, 1, 2, 3, 4].map((index) =>
      median(memory.slice((memory.length * index) / 5, (memory.length * (index + 1)) / 5)).toFixed(0),
    );
    const peak = peakMiB(server.pid);
    const head = ['reviews', 'seconds', 'MiB at start', 'of each fifth', 'peak', 'live before', 'live after'];
    const row = [String(answered), seconds.toFixed(0), atStart.toFixed(0), fifths.join(' '), peak.toFixed(0)];
    stage.print(`${table(head, [[...row, early.toFixed(1), late.toFixed(1)]])}\n`);
    if (answered < sizes.memory) stage.print(`the time was up before all ${sizes.memory} were sent`);
    stage.print(verdict('memory is flat', late < early + KEPT_MIB, `${(late - early).toFixed(1)} MiB more in use`));
    stage.print(
      `${verdict(`memory under ${LIMIT_MIB} MiB`, peak < LIMIT_MIB, `${peak.toFixed(0)} MiB at its peak`)}\n`,
    );
  } finally {
    await server.stop();
  }
}
