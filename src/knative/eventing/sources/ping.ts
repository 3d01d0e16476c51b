/** The schedule and the event of a PingSource (knative/eventing pkg/adapter/mtping/runner.go, pkg/apis/sources/v1/ping_lifecycle.go). */
import { type JsonObject, stringAt } from '../../../kubernetes/json.ts';
import { referenceTo } from '../../../kubernetes/object.ts';
import { type CronTimes, parseCron } from '../cron.ts';
import { PING_EVENT } from '../legacy.ts';
import { overridesOf, type SourceEvent } from './overrides.ts';

export interface PingSchedule {
  readonly times: CronTimes;
  /** A name of the tz database. */
  readonly zone: string;
}

const EVERY_MINUTE = '* * * * *';
/** The adapter's own zone, in Knative's image. */
const UTC = 'UTC';
const OWN_ZONES: ReadonlySet<string> = new Set(['', UTC, 'Local']);

/** @returns why there is none */
export function pingSchedule(source: JsonObject): PingSchedule | string {
  const schedule = stringAt(source, 'spec', 'schedule') || EVERY_MINUTE;
  const named = stringAt(source, 'spec', 'timezone') ?? '';
  const cron = parseCron(named === '' ? schedule : `CRON_TZ=${named} ${schedule}`, 'optional');
  if (!cron.ok) return cron.reason;
  if (cron.times === undefined) return 'unsupported descriptor @every';
  const zone = cron.zone ?? '';
  return { times: cron.times, zone: OWN_ZONES.has(zone) ? UTC : zone };
}

export function pingOrigin(source: JsonObject): { readonly type: string; readonly source: string } {
  const { namespace, name } = referenceTo(source);
  return { type: PING_EVENT, source: `/apis/v1/namespaces/${namespace}/pingsources/${name}` };
}

/** The event of one tick. Without data there is no content type either. */
export function pingEvent(source: JsonObject, id: string, time: Date): SourceEvent {
  const origin = pingOrigin(source);
  const data = dataOf(source);
  const contentType = stringAt(source, 'spec', 'contentType') ?? '';
  const attributes = new Map([
    ['specversion', '1.0'],
    ['id', id],
    ['source', origin.source],
    ['type', origin.type],
    ['time', time.toISOString()],
    ...(data === undefined || contentType === '' ? [] : [['datacontenttype', contentType] as const]),
    ...overridesOf(source),
  ]);
  return { attributes, data };
}

function dataOf(source: JsonObject): Buffer | undefined {
  const encoded = stringAt(source, 'spec', 'dataBase64') ?? '';
  if (encoded !== '') return Buffer.from(encoded, 'base64');
  const data = stringAt(source, 'spec', 'data') ?? '';
  return data === '' ? undefined : Buffer.from(data, 'utf8');
}
