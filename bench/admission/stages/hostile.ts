/** Very many hostile requests to one Weir: each is answered, nothing is kept, and it judges as before. */
import { send } from '../load/send.ts';
import { weir } from '../servers/contenders.ts';
import { peakMiB, residentMiB } from '../servers/figures.ts';
import { startServer } from '../servers/server.ts';
import { median, table, verdict } from '../table.ts';
import { SERVICES, shareOfBreaches } from '../workload/reviews.ts';
import { closedJob, placeIn, type Stage } from './stage.ts';

/** What the worst bodies of 3 MiB may cost while they are judged. */
const LIMIT_MIB = 512;
const FLAT = 1.25;

export async function attack(stage: Stage): Promise<void> {
  const { sizes, files } = stage;
  const server = await startServer(weir(await placeIn(stage)));
  const judge = () => send(closedJob(stage, server.port, { file: files.validate }, SERVICES), server.pid);
  try {
    const before = await judge();
    stage.progress(`${sizes.hostile} hostile requests`);
    const met = await send(closedJob(stage, server.port, 'hostile', sizes.hostile), server.pid);
    const after = await judge();
    const { answered, lost, statuses, longest, memory, seconds, oddity } = met;

    const half = Math.floor(memory.length / 2);
    const early = median(memory.slice(Math.floor(half / 2), half));
    const late = median(memory.slice(half + Math.floor(half / 2)));
    const peak = peakMiB(server.pid);
    const told = Object.entries(statuses)
      .map(([status, count]) => `${status}: ${count}`)
      .join(', ');
    stage.print(
      `${table(
        ['hostile', 'answered', 'seconds', 'max ms', 'MiB second quarter', 'last quarter', 'after', 'peak', 'answers'],
        [
          [sizes.hostile, answered, seconds.toFixed(0), longest.toFixed(0), early.toFixed(0), late.toFixed(0)]
            .map(String)
            .concat(residentMiB(server.pid).toFixed(0), peak.toFixed(0), told),
        ],
      )}\n`,
    );
    stage.print(verdict('each is answered', lost === 0 && answered === sizes.hostile, `${lost} were not`));
    stage.print(verdict('each answer is a review or a Status', oddity === undefined, oddity ?? 'all were'));
    stage.print(
      verdict('nothing is kept', late < early * FLAT && peak < LIMIT_MIB, `${peak.toFixed(0)} MiB at its peak`),
    );
    const expected = Math.round(SERVICES * shareOfBreaches());
    const isSame = before.denied === expected && after.denied === expected;
    stage.print(`${verdict('it judges as before', isSame, `${after.denied} of ${SERVICES} denied`)}\n`);
  } finally {
    await server.stop();
  }
}
