/** Very many hostile requests to one Weir: each is answered, nothing is kept, and it judges as before. */
import { send } from '../load/send.ts';
import { weir } from '../servers/contenders.ts';
import { peakMiB } from '../servers/figures.ts';
import { liveMiB, PROBE } from '../servers/live.ts';
import { startServer } from '../servers/server.ts';
import { table, verdict } from '../table.ts';
import { SERVICES, shareOfBreaches } from '../workload/reviews.ts';
import { closedJob, placeIn, type Stage } from './stage.ts';

/** The container's: the worst bodies have 3 MiB, and several are judged one after another. */
const LIMIT_MIB = 512;
/** Of what is in use; code that was compiled meanwhile counts. */
const KEPT_MIB = 5;

export async function attack(stage: Stage): Promise<void> {
  const { sizes, files } = stage;
  const server = await startServer(weir(await placeIn(stage), PROBE));
  const judge = () => send(closedJob(stage, server.port, { file: files.validate }, SERVICES), server.pid);
  try {
    const before = await judge();
    const early = await liveMiB(server);
    stage.progress(`${sizes.hostile} hostile requests`);
    const met = await send(closedJob(stage, server.port, 'hostile', sizes.hostile), server.pid);
    const late = await liveMiB(server);
    const after = await judge();
    const { answered, lost, statuses, longest, seconds, oddity } = met;

    const peak = peakMiB(server.pid);
    const told = Object.entries(statuses).map(([status, count]) => `${status}: ${count}`);
    const head = ['hostile', 'answered', 'seconds', 'max ms', 'MiB peak', 'live before', 'live after', 'answers'];
    const counts = [String(sizes.hostile), String(answered), seconds.toFixed(0), longest.toFixed(0), peak.toFixed(0)];
    stage.print(`${table(head, [[...counts, early.toFixed(1), late.toFixed(1), told.join(', ')]])}\n`);
    stage.print(verdict('each is answered', lost === 0 && answered === sizes.hostile, `${lost} were not`));
    stage.print(verdict('each answer is a review or a Status', oddity === undefined, oddity ?? 'all were'));
    stage.print(verdict('nothing is kept', late < early + KEPT_MIB, `${(late - early).toFixed(1)} MiB more in use`));
    stage.print(verdict(`memory under ${LIMIT_MIB} MiB`, peak < LIMIT_MIB, `${peak.toFixed(0)} MiB at its peak`));
    const expected = Math.round(SERVICES * shareOfBreaches());
    const isSame = before.denied === expected && after.denied === expected;
    stage.print(`${verdict('it judges as before', isSame, `${after.denied} of ${SERVICES} denied`)}\n`);
  } finally {
    await server.stop();
  }
}
