/** Ten thousand schedules: their first hold, the rest between transitions, and one transition of all of them. */
import { arrayAt, isObject, type JsonObject, type JsonValue, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import type { ScalingSchedule } from '../../src/schedule/model.ts';
import { readSchedule } from '../../src/schedule/read.ts';
import { stateAt } from '../../src/schedule/state.ts';
import { median } from '../admission/table.ts';
import type { Call } from '../apiserver/load.ts';
import type { Bench, Figures } from './bench.ts';
import type { Controllers } from './process.ts';
import { serversCpu } from './serversCpu.ts';
import { AFTER, AT_ONCE, BEFORE, countHeld, DEFAULT, pages } from './stage.ts';
import { HELD, TRANSITION } from './workload.ts';

const SCHEDULES = '/apis/weir.dev/v1alpha1/scalingschedules';
const MINUTE_MS = 60_000;

export async function benchSchedules(bench: Bench): Promise<Figures> {
  const { loader, tell } = bench;
  const controllers = await bench.start(['schedule'], BEFORE);
  try {
    tell('the first hold of every schedule');
    const first = await bench.untilQuiet(controllers);
    const quiet = await countQuiet(bench, controllers);

    tell('one transition of every schedule');
    const cpu = controllers.cpuSeconds();
    const cpuOfServer = await serversCpu(bench);
    controllers.setClock(TRANSITION);
    const transition = await bench.untilQuiet(controllers);
    const cpuOfOurs = controllers.cpuSeconds() - cpu;
    const cpuOfServerForOurs = (await serversCpu(bench)) - cpuOfServer;
    const held = await countHeld(loader, HELD);
    const peak = controllers.peakMiB();
    const resident = controllers.residentMiB();
    await controllers.stop();

    tell('the same writes by a plain loop');
    const plain = await plainTransition(bench);
    return {
      'first hold, s': first.seconds,
      ...quiet,
      'transition, s': transition.seconds,
      'transition, writes': transition.writes,
      'transition, writes/s': transition.writes / transition.seconds,
      'transition, Events': transition.posts,
      'transition, s with its Events': transition.secondsToTell,
      'the same by a plain loop, s': plain.seconds,
      'plain loop, writes/s': plain.writes / plain.seconds,
      'plain loop, s with its Events': plain.secondsToTell,
      'transition, CPU s of ours': cpuOfOurs,
      'plain loop, CPU s of its own': plain.cpuOfItsOwn,
      'transition, CPU s of the API server': cpuOfServerForOurs,
      'plain loop, CPU s of the API server': plain.cpuOfServer,
      'Revisions that hold it': held,
      'schedules, MiB then': resident,
      'schedules, peak MiB': peak,
      ...(await ticks(bench)),
    };
  } finally {
    await controllers.stop();
  }
}

/** What is asked for while nothing happens, as the process counts its requests and as the API server's audit log names the reads. */
async function countQuiet({ trail, sizes, tell }: Bench, controllers: Controllers): Promise<Figures> {
  tell(`watching that nothing is asked for, ${sizes.quiet} s`);
  const methods = ['GET', 'PUT', 'PATCH', 'POST', 'DELETE'];
  const counts = () =>
    Promise.all(methods.map((method) => controllers.metric('rest_client_requests_total', `method="${method}"`)));
  const mark = trail.mark();
  const before = await counts();
  await new Promise((resolve) => setTimeout(resolve, sizes.quiet * 1000));
  const after = await counts();
  const asked = trail.since(mark);
  const isRest = ({ verb, what }: (typeof asked)[number]) => verb === 'watch' || what === 'leases';
  const others = asked.filter((each) => !isRest(each)).map(({ verb, what }) => `${verb} ${what}`);
  if (others.length > 0) tell(`asked for: ${[...new Set(others)].join(', ')}`);
  return {
    ...Object.fromEntries(
      methods.map((method, index) => [`quiet, ${method}`, (after[index] ?? 0) - (before[index] ?? 0)]),
    ),
    'quiet, watches begun anew': asked.filter(({ verb }) => verb === 'watch').length,
    'quiet, reads of anything else': others.length,
  };
}

interface Plain {
  readonly seconds: number;
  readonly secondsToTell: number;
  readonly writes: number;
  readonly cpuOfItsOwn: number;
  readonly cpuOfServer: number;
}

/**
 * What a transition costs at the least: for each schedule the same patch of its Revision, of its status and the same
 * Event, back to the default, by a loop that follows nothing, decides nothing and reads no answer. As many at once; the
 * Events beside, one after the other, as the controllers write them.
 */
async function plainTransition(bench: Bench): Promise<Plain> {
  const { loader, tell } = bench;
  const transitions: Transition[] = [];
  for await (const schedule of pages(loader, SCHEDULES)) transitions.push(backToDefault(schedule));
  const events = transitions.map(({ event }) => event);
  tell(`${transitions.length * 2} writes and as many Events as schedules`);

  const serverBefore = await serversCpu(bench);
  const before = process.cpuUsage();
  const began = performance.now();
  const since = () => (performance.now() - began) / 1000;
  const telling = loader.all(events, 1).then(since);
  await loader.all(
    transitions.flatMap(({ revision, status }) => [revision, status]),
    AT_ONCE,
  );
  const seconds = since();
  const secondsToTell = Math.max(seconds, await telling);
  const { user, system } = process.cpuUsage(before);
  return {
    seconds,
    secondsToTell,
    writes: transitions.length * 2,
    cpuOfItsOwn: (user + system) / 1e6,
    cpuOfServer: (await serversCpu(bench)) - serverBefore,
  };
}

interface Transition {
  readonly revision: Call;
  readonly status: Call;
  readonly event: Call;
}

function backToDefault(schedule: JsonObject): Transition {
  const namespace = stringAt(schedule, 'metadata', 'namespace') ?? '';
  const name = stringAt(schedule, 'metadata', 'name') ?? '';
  const { activeWindow: _, ...before } = objectAt(schedule, 'status') ?? {};
  const message = `the default holds min-scale ${DEFAULT} on ${name}`;
  const status: JsonObject = {
    ...before,
    cause: 'default',
    effective: { minScale: DEFAULT },
    nextTransition: AFTER.toISOString().replace('.000', ''),
    revisions: arrayAt(before, 'revisions').map(
      (each): JsonValue => (isObject(each) ? { ...each, minScale: DEFAULT } : each),
    ),
    conditions: arrayAt(before, 'conditions').map(
      (each): JsonValue => (isObject(each) && each.type === 'Ready' ? { ...each, message } : each),
    ),
  };
  const place = `namespaces/${namespace}`;
  return {
    revision: {
      method: 'PATCH',
      path: `/apis/serving.knative.dev/v1/${place}/revisions/${name}`,
      contentType: 'application/merge-patch+json',
      body: JSON.stringify({ metadata: { annotations: { 'autoscaling.knative.dev/min-scale': String(DEFAULT) } } }),
    },
    status: {
      method: 'PATCH',
      path: `/apis/weir.dev/v1alpha1/${place}/scalingschedules/${name}/status`,
      contentType: 'application/json-patch+json',
      body: JSON.stringify([{ op: 'add', path: '/status', value: status }]),
    },
    event: {
      method: 'POST',
      path: `/apis/events.k8s.io/v1/${place}/events`,
      body: JSON.stringify({
        metadata: { namespace, name: `${name}.plain` },
        eventTime: new Date().toISOString().replace('Z', '000Z'),
        reportingController: 'bench',
        reportingInstance: 'bench',
        action: 'Scaled',
        reason: 'DefaultHolds',
        type: 'Normal',
        note: `window day is over; ${message}`,
        regarding: { apiVersion: 'weir.dev/v1alpha1', kind: 'ScalingSchedule', namespace, name },
      }),
    },
  };
}

/** What every schedule says at a moment, of all of them. */
async function ticks({ loader }: Bench): Promise<Figures> {
  const schedules: ScalingSchedule[] = [];
  for await (const object of pages(loader, SCHEDULES)) {
    const read = readSchedule(object);
    if (read.schedule !== undefined) schedules.push(read.schedule);
  }
  const tickAt = (time: number): number => {
    const at = new Date(time);
    const began = performance.now();
    for (const schedule of schedules) stateAt(schedule, at);
    return performance.now() - began;
  };
  const starts = TRANSITION.getTime();
  // each day a tick just before every window begins, the one at which they do, and some within them
  const beginnings: number[] = [];
  const others: number[] = [];
  for (let day = 0; day < 20; day++) {
    const at = starts + day * 24 * 60 * MINUTE_MS;
    tickAt(at - MINUTE_MS);
    beginnings.push(tickAt(at));
    for (let minute = 1; minute < 5; minute++) others.push(tickAt(at + minute * MINUTE_MS));
  }
  return {
    'a tick over all, ms': median(others),
    'the tick at which all of them begin, ms': median(beginnings.slice(5)),
  };
}
