/** `npm run bench:controllers`: schedules and an audit on a real kube-apiserver, beside the least that they could cost. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { applyAll } from '../../src/cli/up/apply.ts';
import { clientOver } from '../../src/kubernetes/client/client.ts';
import { connect } from '../../src/kubernetes/client/connection.ts';
import { discoveryOf } from '../../src/kubernetes/client/discovery.ts';
import { systemClock } from '../../src/kubernetes/clock.ts';
import { arrayAt, type JsonObject, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import { readManifests } from '../../src/kubernetes/yaml/read.ts';
import { foreignCrds } from '../../src/platform/crds/foreign.ts';
import { knativeServingCrds } from '../../src/platform/crds/knative.ts';
import { reportCrds } from '../../src/platform/crds/reports.ts';
import { readSchedule } from '../../src/schedule/read.ts';
import { stateAt } from '../../src/schedule/state.ts';
import { type OwnControlPlane, startControlPlane } from '../../tools/controlplane/start.ts';
import { load, median, table, verdict } from '../admission/table.ts';
import { loaderFor } from '../apiserver/load.ts';
import { type Controllers, startControllersProcess } from './process.ts';
import { FULL, QUICK } from './sizes.ts';
import * as workload from './workload.ts';

const { values } = parseArgs({ options: { quick: { type: 'boolean' }, help: { type: 'boolean' } } });
if (values.help === true) {
  process.stdout.write(`usage: npm run bench:controllers -- [--quick]
  --quick   little of everything: to see that it works, not for figures
`);
  process.exit(0);
}
process.on('SIGINT', () => process.exit(130));
process.on('SIGTERM', () => process.exit(143));

const sizes = values.quick === true ? QUICK : FULL;
/** As many as the schedules' controller has workers. */
const AT_ONCE = 8;
const HOUR_MS = 3_600_000;
const KNATIVE_VERSION = '1.23.0';
const POLICIES = path.resolve('policies');
const REVISIONS = '/apis/serving.knative.dev/v1/revisions';
const SCHEDULES = '/apis/weir.dev/v1alpha1/scalingschedules';
const REPORTS = '/apis/wgpolicyk8s.io/v1alpha2/policyreports';
const LOOK_MS = 200;
/** Nothing was written for so long: it is done. */
const STILL_MS = 5_000;
const PATIENCE_MS = 900_000;

const cluster = await startControlPlane();
const loader = loaderFor(cluster);
try {
  process.stdout.write(
    `${sizes.services} Services with a Revision and a schedule each, ${sizes.namespaces} namespaces, 20 zones, ` +
      `a real kube-apiserver; load of the machine ${load()}\n\n`,
  );
  await install(cluster);
  await fill();
  const schedules = await benchSchedules();
  const audit = await benchAudit();
  report({ ...schedules, ...audit });
} finally {
  loader.close();
  await cluster.stop();
}

type Figures = Readonly<Record<string, number>>;

async function install({ kubeconfig }: OwnControlPlane): Promise<void> {
  progress('installing definitions');
  const connection = await connect({ kubeconfig, environment: {}, clock: systemClock });
  const client = clientOver(connection);
  const knative = (await knativeServingCrds()).map((definition) => withLabel(definition));
  const wait = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
  await applyAll([...knative, ...foreignCrds(), ...reportCrds(), ...weirsCrds()], {
    client,
    find: discoveryOf(client),
    wait,
  });
  connection.close();
}

/** As a release labels them. */
function withLabel(definition: JsonObject): JsonObject {
  const metadata = objectAt(definition, 'metadata');
  const labels = { ...objectAt(metadata, 'labels'), 'app.kubernetes.io/version': KNATIVE_VERSION };
  return { ...definition, metadata: { ...metadata, labels } };
}

function weirsCrds(): JsonObject[] {
  return ['policyexceptions.yaml', 'scalingschedules.yaml'].flatMap((name) =>
    readManifests(readFileSync(path.join('overlays/base', name), 'utf8'), name).documents.map(({ object }) => object),
  );
}

async function fill(): Promise<void> {
  const steps = {
    namespaces: workload.namespaces(sizes),
    Services: workload.services(sizes),
    Revisions: workload.revisions(sizes),
    'ready Revisions': workload.readyRevisions(sizes),
    PodAutoscalers: workload.podAutoscalers(sizes),
    schedules: workload.schedules(sizes),
  };
  for (const [title, calls] of Object.entries(steps)) {
    progress(`making ${calls.length} ${title}`);
    await loader.all(calls, AT_ONCE * 2);
  }
}

async function benchSchedules(): Promise<Figures> {
  const floor = await plainWrites();
  const before = new Date(workload.TRANSITION.getTime() - HOUR_MS);
  const controllers = await startProcess(['schedule'], before);
  try {
    progress('the first hold of every schedule');
    const first = await untilQuiet(controllers);
    progress(`watching that nothing is asked for, ${sizes.quiet} s`);
    const quiet = await countQuiet(controllers);

    progress('one transition of every schedule');
    const cpu = controllers.cpuSeconds();
    controllers.setClock(workload.TRANSITION);
    const transition = await untilQuiet(controllers);
    const held = await countHeld();
    return {
      'plain writes/s': floor,
      'first hold, s': first.seconds,
      ...quiet,
      'transition, s': transition.seconds,
      'transition, writes': transition.writes,
      'transition, writes/s': transition.writes / transition.seconds,
      'transition, CPU s of ours': controllers.cpuSeconds() - cpu,
      'Revisions that hold it': held,
      'schedules, peak MiB': controllers.peakMiB(),
      'a tick over all, ms': await tick(),
    };
  } finally {
    await controllers.stop();
  }
}

/** The same request for each Revision as a transition sends, by a loop that does nothing else. */
async function plainWrites(): Promise<number> {
  progress('plain writes');
  const calls = Array.from({ length: sizes.services }, (_, index) => ({
    method: 'PATCH' as const,
    path: `/apis/serving.knative.dev/v1/namespaces/${workload.namespaceOf(index, sizes)}/revisions/cart-${index}`,
    contentType: 'application/merge-patch+json',
    body: JSON.stringify({ metadata: { annotations: { 'autoscaling.knative.dev/min-scale': '3' } } }),
  }));
  const began = performance.now();
  await loader.all(calls, AT_ONCE);
  return calls.length / ((performance.now() - began) / 1000);
}

function startProcess(names: readonly string[], begins: Date): Promise<Controllers> {
  return startControllersProcess({ kubeconfig: cluster.kubeconfig, policies: POLICIES, names, begins });
}

/** Until nothing is written any more. Seconds until the last write, from now. */
async function untilQuiet(
  controllers: Controllers,
  countsPosts = false,
): Promise<{ readonly seconds: number; readonly writes: number }> {
  const began = performance.now();
  const count = (method: string) => controllers.metric('rest_client_requests_total', `method="${method}"`);
  // a POST makes a report, or tells of what was done as an Event, in the background
  const writesNow = async () =>
    (await count('PATCH')) + (await count('DELETE')) + (countsPosts ? await count('POST') : 0);
  let posts = await count('POST');
  let told = began;
  const first = await writesNow();
  let writes = first;
  let last = began;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    const now = performance.now();
    const current = await writesNow();
    if (current !== writes) last = now;
    writes = current;
    const currentPosts = await count('POST');
    if (currentPosts !== posts) told = now;
    posts = currentPosts;
    const waiting = await controllers.metric('workqueue_depth');
    if (writes > first && waiting === 0 && now - Math.max(last, told) > STILL_MS) break;
    if (now - began > PATIENCE_MS) throw new Error(`not done after ${PATIENCE_MS / 1000} s`);
  }
  return { seconds: (last - began) / 1000, writes: writes - first };
}

/** What is asked for while nothing happens. PUT is the Lease; a GET is a watch that is begun anew, after minutes each. */
async function countQuiet(controllers: Controllers): Promise<Figures> {
  const methods = ['GET', 'PUT', 'PATCH', 'POST', 'DELETE'];
  const counts = () =>
    Promise.all(methods.map((method) => controllers.metric('rest_client_requests_total', `method="${method}"`)));
  const before = await counts();
  await new Promise((resolve) => setTimeout(resolve, sizes.quiet * 1000));
  const after = await counts();
  return Object.fromEntries(
    methods.map((method, index) => [`quiet, ${method}`, (after[index] ?? 0) - (before[index] ?? 0)]),
  );
}

async function countHeld(): Promise<number> {
  let held = 0;
  for await (const revision of pages(REVISIONS)) {
    const value = stringAt(revision, 'metadata', 'annotations', 'autoscaling.knative.dev/min-scale');
    if (value === String(workload.HELD)) held++;
  }
  return held;
}

/** What every schedule says at a moment, of all of them. */
async function tick(): Promise<number> {
  const schedules = [];
  for await (const object of pages(SCHEDULES)) {
    const read = readSchedule(object);
    if (read.schedule !== undefined) schedules.push(read.schedule);
  }
  const times: number[] = [];
  for (let round = 0; round < 20; round++) {
    const at = new Date(workload.TRANSITION.getTime() + round * 60_000);
    const began = performance.now();
    for (const schedule of schedules) stateAt(schedule, at);
    times.push(performance.now() - began);
  }
  return median(times.slice(5));
}

async function benchAudit(): Promise<Figures> {
  progress(`making ${sizes.others * 4} other objects, of which one in ten breaks a rule`);
  await loader.all(workload.others(sizes), AT_ONCE * 2);

  progress('reading them');
  const beganReading = performance.now();
  let objects = 0;
  for (const list of workload.AUDITED_LISTS) for await (const _ of pages(list)) objects++;
  const reading = (performance.now() - beganReading) / 1000;

  progress('auditing them');
  const began = performance.now();
  const controllers = await startProcess(['audit'], new Date());
  try {
    const start = (performance.now() - began) / 1000;
    const { seconds, writes } = await untilQuiet(controllers, true);
    const sizesOfReports: number[] = [];
    for await (const each of pages(REPORTS)) sizesOfReports.push(JSON.stringify(each).length);
    const total = sizesOfReports.reduce((sum, size) => sum + size, 0);
    return {
      'objects read': objects,
      'reading, s': reading,
      'audit with its start, s': start + seconds,
      'reports written': writes,
      'reports, MiB': total / 2 ** 20,
      'the largest, KiB': Math.max(0, ...sizesOfReports) / 1024,
      'audit, peak MiB': controllers.peakMiB(),
    };
  } finally {
    await controllers.stop();
  }
}

async function* pages(list: string): AsyncIterable<JsonObject> {
  for (let next = ''; ; ) {
    const page = JSON.parse(
      await loader.ask({ method: 'GET', path: `${list}?limit=500${next && `&continue=${next}`}` }),
    );
    for (const item of arrayAt(page, 'items')) {
      const object = objectAt(item);
      if (object !== undefined) yield object;
    }
    next = encodeURIComponent(stringAt(page, 'metadata', 'continue') ?? '');
    if (next === '') return;
  }
}

function report(figures: Figures): void {
  const of = (title: string) => figures[title] ?? Number.NaN;
  const rows = Object.entries(figures).map(([title, value]) => [title, shown(value)]);
  process.stdout.write(`${table(['figure', ''], rows)}\n\n`);
  const asked = ['PATCH', 'POST', 'DELETE'].reduce((sum, method) => sum + of(`quiet, ${method}`), 0);
  const pace = of('transition, writes/s') / of('plain writes/s');
  const audit = of('audit with its start, s') / of('reading, s');
  const lines = [
    verdict(
      'nothing between transitions but watches and the Lease',
      asked === 0,
      `${asked} others, ${of('quiet, GET')} watches begun anew, ${of('quiet, PUT')} of the Lease`,
    ),
    verdict(
      'every Revision holds it',
      of('Revisions that hold it') === sizes.services,
      shown(of('Revisions that hold it')),
    ),
    verdict("at the API server's pace", pace > 0.8, `${pace.toFixed(2)} of the plain loop's writes a second`),
    verdict('under 400 MB', of('schedules, peak MiB') < 381, `${shown(of('schedules, peak MiB'))} MiB`),
    verdict('a tick under 5 ms', of('a tick over all, ms') < 5, `${shown(of('a tick over all, ms'))} ms`),
    verdict('audited within twice the time of reading', audit <= 2, `${audit.toFixed(2)} x`),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function shown(value: number): string {
  return Number.isInteger(value) || value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}
