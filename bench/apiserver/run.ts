/** `npm run bench:apiserver`: the embedded API server beside kube-apiserver with etcd, as ratios of one run. */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { load, median, table, verdict } from '../admission/table.ts';
import { loaderFor } from './load.ts';
import { type Contender, isPinned, startContender } from './servers/contender.ts';
import { measureDelivery } from './watchers.ts';
import { applies, creates, gets, lists, updates } from './workload.ts';

const USAGE = `usage: npm run bench:apiserver -- [--quick] [--fsync]
  --quick   few requests: to see that everything works, not for figures
  --fsync   both servers wait for the disk at each write
`;
const { values } = parseArgs({
  options: { quick: { type: 'boolean' }, fsync: { type: 'boolean' }, help: { type: 'boolean' } },
});
if (values.help === true) {
  process.stdout.write(USAGE);
  process.exit(0);
}
process.on('SIGINT', () => process.exit(130));
process.on('SIGTERM', () => process.exit(143));

const FULL = {
  writes: 4000,
  objects: 20_000,
  lists: 10,
  applies: 1000,
  watchers: 50,
  watched: 500,
  starts: 5,
} as const;
const QUICK = { writes: 200, objects: 1000, lists: 3, applies: 100, watchers: 10, watched: 50, starts: 2 } as const;
const AT_ONCE = 8;
const LISTED = 10_000;

const sizes = values.quick === true ? QUICK : FULL;
const durability = values.fsync === true ? ['fsync'] : [];
const folder = mkdtempSync(path.join(tmpdir(), 'weir-bench-apiserver-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** Requests a second, milliseconds or MiB by what was measured. */
type Figures = Readonly<Record<string, number>>;

const bundle = await bundleEmbedded();
process.stdout.write(
  `${sizes.objects} ConfigMaps of 1.2 kB, ${AT_ONCE} requests at once; ` +
    `${values.fsync === true ? 'both servers wait for the disk at each write' : 'neither server waits for the disk: what was acknowledged survives a kill -9 and not a power cut'}; ` +
    `${isPinned ? 'servers and load on a core each' : `all of ${cpus().length} cores`}; load of the machine ${load()}\n\n`,
);
const embedded = await measure('embedded', [process.execPath, bundle], sizes.starts);
const real = await measure('kube-apiserver', [process.execPath, path.join(import.meta.dirname, 'servers/real.ts')], 1);
report(embedded, real);

/** As it is shipped: one file. */
async function bundleEmbedded(): Promise<string> {
  const outfile = path.join(folder, 'embedded.mjs');
  const entry = path.join(import.meta.dirname, 'servers/embedded.ts');
  const banner = { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" };
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    banner,
  });
  return outfile;
}

async function measure(name: string, command: readonly string[], starts: number): Promise<Figures> {
  const data = path.join(folder, name);
  const firstStarts: number[] = [];
  for (let index = 0; index < starts; index++) {
    const again = await startContender({
      name,
      command: [...command, path.join(folder, `${name}-${index}`), ...durability],
    });
    firstStarts.push(again.startMilliseconds);
    await again.stop();
  }
  const contender = await startContender({ name, command: [...command, data, ...durability] });
  try {
    return { start: median(firstStarts), ...(await exercise(contender)) };
  } finally {
    await contender.stop();
  }
}

async function exercise(contender: Contender): Promise<Figures> {
  const loader = loaderFor(contender);
  const figures: Record<string, number> = {};
  const timed = async (title: string, count: number, run: () => Promise<readonly number[]>): Promise<void> => {
    progress(`${contender.name}: ${title}`);
    const [began, cpu] = [performance.now(), contender.cpuSeconds()];
    const times = await run();
    figures[`${title}/s`] = count / ((performance.now() - began) / 1000);
    figures[`${title}/CPU s`] = count / (contender.cpuSeconds() - cpu);
    figures[`${title} p99`] = percentile(times, 0.99);
  };

  await loader.all(creates(sizes.writes >> 2, 'warm'), AT_ONCE);
  await timed('create', sizes.writes, () => loader.all(creates(sizes.writes, 'item'), AT_ONCE));
  await timed('get', sizes.writes, () => loader.all(gets(sizes.writes, 'item'), AT_ONCE));
  await timed('update', sizes.writes, () => loader.all(updates(sizes.writes, 'item'), AT_ONCE));
  await timed('apply', sizes.applies, () => loader.all(applies(sizes.applies), 1));

  const missing = Math.min(LISTED, sizes.objects) - sizes.writes - (sizes.writes >> 2);
  if (missing > 0) await loader.all(creates(missing, 'fill'), AT_ONCE);
  await timed('list', sizes.lists, () => loader.all(lists(sizes.lists), 1));

  const { watchers, watched } = sizes;
  progress(`${contender.name}: ${watchers} watchers`);
  const { delays, missed } = await measureDelivery({
    target: contender,
    loader,
    watchers,
    writes: watched,
    perSecond: 100,
  });
  figures['delivery p50'] = percentile(delays, 0.5);
  figures['delivery p99'] = percentile(delays, 0.99);
  figures['events missed'] = missed;

  await loader.all(creates(sizes.objects - Math.min(LISTED, sizes.objects), 'more'), AT_ONCE);
  figures['resident MiB'] = contender.residentMiB();
  loader.close();
  return figures;
}

function report(ours: Figures, theirs: Figures): void {
  const rows = Object.keys(ours).map((title) => {
    const [own = Number.NaN, other = Number.NaN] = [ours[title], theirs[title]];
    const isRate = title.includes('/');
    const ratio = isRate ? own / other : other / own;
    return [title, shown(own), shown(other), title === 'events missed' ? '' : `${ratio.toFixed(2)} x as good`];
  });
  process.stdout.write(`${table(['figure', 'embedded', 'kube-apiserver + etcd', 'embedded is'], rows)}\n\n`);

  const rates = ['create/s', 'get/s', 'update/s', 'apply/s', 'list/s'].map(
    (title) => (ours[title] ?? 0) / (theirs[title] ?? 1),
  );
  const worst = Math.min(...rates);
  const lines = [
    verdict('ready in under 1 s', (ours.start ?? 0) < 1000, `${shown(ours.start ?? 0)} ms`),
    verdict('never more than twice behind', worst > 0.5, `${worst.toFixed(2)} of kube-apiserver at worst`),
    verdict(
      `under 200 MB with ${sizes.objects} objects`,
      (ours['resident MiB'] ?? 0) < 190,
      `${shown(ours['resident MiB'] ?? 0)} MiB`,
    ),
    verdict(
      'watch delivery p99 under 20 ms',
      (ours['delivery p99'] ?? 0) < 20,
      `${shown(ours['delivery p99'] ?? 0)} ms`,
    ),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function shown(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}
