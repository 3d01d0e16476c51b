/** Takes measurements, and at each tick tells what came together in the windows that are over. */
import type { Event } from '../lib/inbox.ts';
import { eventOf, Refused, send, serve } from '../lib/service.ts';
import { redisWindows } from './redis.ts';
import { type Measured, type Summary, Windows } from './windows.ts';

const { REDIS_URL = '', WINDOW_SECONDS = '60', GRACE_SECONDS = '5', KEPT_SECONDS = '3600' } = process.env;
const SOURCE = '/aggregator';

const windows = new Windows(await redisWindows(REDIS_URL), {
  windowMs: Number(WINDOW_SECONDS) * 1000,
  graceMs: Number(GRACE_SECONDS) * 1000,
  keptMs: Number(KEPT_SECONDS) * 1000,
});

serve({
  async onEvent(event) {
    if (event.type === 'dev.knative.sources.ping') {
      await windows.tick(timeOf(event), (summary) => send(toEvent(summary)));
      return undefined;
    }
    if (await windows.take(measuredIn(event))) return undefined;
    // in no sum, and not lost either: somebody can look at it
    const { id, source, subject, time, data } = event;
    const late = { measurement: { id, source, time, data } };
    return eventOf({
      id: `late/${source}/${id}`,
      type: 'measurement.late.v1',
      source: SOURCE,
      subject: subject ?? '',
      data: late,
    });
  },
});

/** The number of values is in its name: a summary that is told again is the same event, and one with more values another. */
function toEvent({ metric, from, to, ...sums }: Summary): Event {
  const window = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
  const id = `${metric}/${window.from}/${sums.count}`;
  return eventOf({ id, type: 'measurement.summed.v1', source: SOURCE, subject: metric, data: { ...window, ...sums } });
}

function measuredIn(event: Event): Measured {
  const { data, subject = '' } = event;
  const value = typeof data === 'object' && data !== null && 'value' in data ? data.value : undefined;
  if (subject === '' || typeof value !== 'number' || !Number.isFinite(value)) {
    throw new Refused('a measurement says what it is of as subject, and a number as data.value');
  }
  return { name: `${event.source} ${event.id}`, metric: subject, time: timeOf(event), value };
}

function timeOf({ time = '' }: Event): number {
  const moment = Date.parse(time);
  if (Number.isNaN(moment)) throw new Refused(`time is ${JSON.stringify(time)}; when did it happen?`);
  return moment;
}
