/** Very many hostile requests to one Weir: each is answered, nothing is kept, and it judges as before. */
import { appendFileSync, cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../../tools/controlplane/process/wait.ts';
import { type Measured, send } from '../load/send.ts';
import { POLICIES, weir } from '../servers/contenders.ts';
import { peakMiB } from '../servers/figures.ts';
import { liveMiB, PROBE } from '../servers/live.ts';
import { type Server, startServer } from '../servers/server.ts';
import { table, verdict } from '../table.ts';
import { SERVICES, shareOfBreaches } from '../workload/reviews.ts';
import { closedJob, placeIn, type Stage } from './stage.ts';

/** The container's: the worst bodies have 3 MiB, and several are judged one after another. */
const LIMIT_MIB = 512;
/**
 * What the last lap may leave in use more than the one before. The first finds code that never ran, which is compiled and
 * kept; what grows with each request grows by as much each time.
 */
const KEPT_MIB = 2;
const LAPS = 4;
const RELOAD_SECONDS = 60;

export async function attack(stage: Stage): Promise<void> {
  const { sizes, files } = stage;
  const policies = join(stage.folder, 'policies');
  cpSync(POLICIES, policies, { recursive: true });
  const server = await startServer(weir({ ...(await placeIn(stage)), policies }, PROBE));
  const judge = () => send(closedJob(stage, server.port, { file: files.validate }, SERVICES), server.pid);
  try {
    const before = await judge();
    const live = [await liveAfreshMiB(server, policies)];
    const met: Measured[] = [];
    for (let lap = 1; lap <= LAPS; lap++) {
      stage.progress(`${sizes.hostile} hostile requests, lap ${lap} of ${LAPS}`);
      const job = closedJob(stage, server.port, 'hostile', sizes.hostile, lap);
      met.push(await send(job, server.pid));
      live.push(await liveAfreshMiB(server, policies));
    }
    const after = await judge();
    const of = (figure: (lap: Measured) => number) => met.map(figure).reduce((sum, value) => sum + value, 0);
    const asked = LAPS * sizes.hostile;
    const answered = of((lap) => lap.answered);
    const lost = of((lap) => lap.lost);
    const longest = Math.max(...met.map((lap) => lap.longest));
    const oddity = met.find((lap) => lap.oddity !== undefined)?.oddity;

    const peak = peakMiB(server.pid);
    const head = ['hostile', 'answered', 'seconds', 'max ms', 'MiB peak', 'live before and after each lap', 'answers'];
    const seconds = of((lap) => lap.seconds);
    const counts = [String(asked), String(answered), seconds.toFixed(0), longest.toFixed(0), peak.toFixed(0)];
    const lives = live.map((mib) => mib.toFixed(1)).join(' ');
    stage.print(`${table(head, [[...counts, lives, answersOf(met)]])}\n`);
    stage.print(verdict('each is answered', lost === 0 && answered === asked, `${lost} were not`));
    stage.print(verdict('each answer is a review or a Status', oddity === undefined, oddity ?? 'all were'));
    const growth = live.slice(1).map((mib, lap) => mib - (live[lap] ?? 0));
    const told = growth.map((mib) => mib.toFixed(1)).join(' MiB, then ');
    stage.print(verdict('nothing is kept', (growth.at(-1) ?? 0) < KEPT_MIB, `${told} MiB more in use`));
    stage.print(verdict(`memory under ${LIMIT_MIB} MiB`, peak < LIMIT_MIB, `${peak.toFixed(0)} MiB at its peak`));
    const expected = Math.round(SERVICES * shareOfBreaches());
    const isSame = before.denied === expected && after.denied === expected;
    stage.print(`${verdict('it judges as before', isSame, `${after.denied} of ${SERVICES} denied`)}\n`);
  } finally {
    await server.stop();
  }
}

/**
 * What is in use under policies that were just read. What a policy remembers of objects goes with it, which is bounded and
 * comes and goes by some ten MiB: beside that nothing small would be seen to grow.
 */
async function liveAfreshMiB(server: Server, policies: string): Promise<number> {
  const reloads = (): number => readFileSync(server.log, 'utf8').split('new policies judge').length;
  const before = reloads();
  appendFileSync(join(policies, 'prod.yaml'), '# read anew\n');
  await until('the policies are read anew', { seconds: RELOAD_SECONDS }, () => reloads() > before);
  return liveMiB(server);
}

/** How many had which HTTP status. */
function answersOf(laps: readonly Measured[]): string {
  const counts = new Map<string, number>();
  for (const { statuses } of laps) {
    for (const [status, count] of Object.entries(statuses)) counts.set(status, (counts.get(status) ?? 0) + count);
  }
  return [...counts].map(([status, count]) => `${status}: ${count}`).join(', ');
}
