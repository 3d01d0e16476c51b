/** `npm run bench:controllers`: schedules and an audit on a real kube-apiserver, beside the least that they could cost. */
import { parseArgs } from 'node:util';
import { startControlPlane } from '../../tools/controlplane/start.ts';
import { load, table, verdict } from '../admission/table.ts';
import { loaderFor } from '../apiserver/load.ts';
import { benchAudit } from './audit.ts';
import { type Bench, type Figures, POLICIES, untilFollowed, untilQuiet } from './bench.ts';
import { keepTrail } from './faults/trail.ts';
import { bundleControllers, startControllersProcess } from './process.ts';
import { SETTLING_FLAGS } from './read.ts';
import { benchSchedules } from './schedules.ts';
import { FULL, QUICK } from './sizes.ts';
import { countHeld, fill, install } from './stage.ts';
import { benchWatches } from './watches.ts';

const PARTS = ['schedules', 'watches', 'audit'] as const;
const { values } = parseArgs({
  options: {
    quick: { type: 'boolean' },
    only: { type: 'string' },
    services: { type: 'string' },
    profile: { type: 'string' },
    help: { type: 'boolean' },
  },
});
if (values.help === true) {
  process.stdout.write(`usage: npm run bench:controllers -- [--quick] [--only ${PARTS.join('|')}] [--services N] [--profile FOLDER]
  --quick     little of everything: to see that it works, not for figures
  --only      one part of it
  --services  so many in place of ${FULL.services}
  --profile   each process of the controllers writes a CPU profile there when it ends
`);
  process.exit(0);
}
process.on('SIGINT', () => process.exit(130));
process.on('SIGTERM', () => process.exit(143));

const HELD_WITHIN_MS = 120_000;
const LOOK_MS = 1_000;

const chosen = values.quick === true ? QUICK : FULL;
const many = Number(values.services ?? chosen.services);
const sizes = { ...chosen, services: many, others: Math.min(chosen.others, many) };
const flags = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`];
const program = await bundleControllers();
const trail = keepTrail(['get', 'list', 'watch']);
const cluster = await startControlPlane({ apiServerFlags: [...trail.flags, ...SETTLING_FLAGS] });
const loader = loaderFor(cluster);
const bench: Bench = {
  sizes,
  cluster,
  loader,
  trail,
  tell: (text) => void process.stderr.write(`${text}\n`),
  start: (names, begins, kubeconfig = cluster.kubeconfig) =>
    startControllersProcess({ kubeconfig, policies: POLICIES, names, begins, program, flags }),
  untilQuiet,
  untilFollowed,
  async untilHeld(value) {
    const end = Date.now() + HELD_WITHIN_MS;
    for (;;) {
      const held = await countHeld(loader, value);
      if (held === sizes.services || Date.now() > end) return held;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  },
};

try {
  process.stdout.write(
    `${sizes.services} Services with a Revision and a schedule each, ${sizes.namespaces} namespaces, 20 zones, ` +
      `a real kube-apiserver; load of the machine ${load()}\n\n`,
  );
  bench.tell('installing definitions');
  await install(cluster.kubeconfig);
  await fill(loader, sizes, bench.tell);
  const parts = { schedules: benchSchedules, watches: benchWatches, audit: benchAudit };
  const figures: Record<string, number> = {};
  for (const part of PARTS) {
    if (values.only === undefined || values.only === part) Object.assign(figures, await parts[part](bench));
  }
  report(figures);
} finally {
  loader.close();
  await cluster.stop();
  trail.remove();
}

function report(figures: Figures): void {
  const rows = Object.entries(figures).map(([title, value]) => [title, shown(value)]);
  process.stdout.write(`${table(['figure', ''], rows)}\n\n`);
  const aims = [...aimsOfSchedules(figures), ...aimsOfWatches(figures), ...aimsOfAudit(figures)];
  process.stdout.write(`${aims.join('\n')}\n`);
}

function aimsOfSchedules(figures: Figures): string[] {
  if (figures['transition, s'] === undefined) return [];
  const of = (title: string) => figures[title] ?? Number.NaN;
  const asked = ['PATCH', 'POST', 'DELETE'].reduce((sum, method) => sum + of(`quiet, ${method}`), 0);
  const others = asked + of('quiet, reads of anything else');
  const watches = of('quiet, watches begun anew');
  const pace = of('transition, writes/s') / of('plain loop, writes/s');
  return [
    verdict(
      'nothing between transitions but watches and the Lease',
      others === 0,
      `${others} others, ${watches} watches begun anew, ${of('quiet, PUT')} of the Lease`,
    ),
    verdict(
      'every Revision holds it',
      of('Revisions that hold it') === sizes.services,
      shown(of('Revisions that hold it')),
    ),
    verdict("at the API server's pace", pace > 0.8, `${pace.toFixed(2)} of the plain loop's writes a second`),
    verdict('under 400 MB', of('schedules, peak MiB') < 381, `${shown(of('schedules, peak MiB'))} MiB`),
    verdict('a tick under 5 ms', of('a tick over all, ms') < 5, `${shown(of('a tick over all, ms'))} ms`),
  ];
}

function aimsOfWatches(figures: Figures): string[] {
  const held = figures['cutting, Revisions held after it'];
  const lists = figures['cutting, lists begun'];
  const peak = figures['cutting, peak MiB'] ?? Number.NaN;
  if (held === undefined || lists === undefined) return [];
  return [
    verdict('every Revision holds it where watches are cut', held === sizes.services, shown(held)),
    verdict(
      'no list for a watch that was cut',
      lists === 0,
      `${shown(lists)} of ${shown(figures['cutting, watches cut'] ?? 0)} cuts`,
    ),
    verdict('under 400 MB where watches are cut', peak < 381, `${shown(peak)} MiB`),
  ];
}

function aimsOfAudit(figures: Figures): string[] {
  const of = (title: string) => figures[title] ?? Number.NaN;
  const audit = figures['audit, s'];
  if (audit === undefined) return [];
  const [inPages, asStreams] = [of('reading in pages, s'), of('reading as streams, s')];
  const leastOfAll = asStreams + of('writing the same reports, s');
  const times = (seconds: number): string => `${(audit / seconds).toFixed(2)} x`;
  return [
    verdict('audited within twice the time of reading', audit <= 2 * inPages, `${times(inPages)} of pages`),
    `        ${times(asStreams)} of streams, by which an audit reads, ${times(leastOfAll)} of streams and a plain loop that writes its reports`,
  ];
}

function shown(value: number): string {
  return Number.isInteger(value) || value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
