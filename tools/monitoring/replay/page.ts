/** A recorded page of metrics that goes on living: its counters grow with time, its gauges stay. */

const TYPE = /^# TYPE (\S+) (\S+)$/;
const SAMPLE = /^([a-zA-Z_:][\w:]*)((?:\{.*\})?) (\S+)$/;

/** @param times how often everything on the page has happened by now, at least once */
export function replayed(page: string, times: number): string {
  const growing = new Set<string>();
  return page
    .split('\n')
    .map((line) => {
      const [, family = '', type] = TYPE.exec(line) ?? [];
      if (type === 'counter') growing.add(family);
      if (type === 'histogram') for (const part of ['_bucket', '_sum', '_count']) growing.add(`${family}${part}`);
      const [, name = '', labels = '', value = ''] = SAMPLE.exec(line) ?? [];
      return growing.has(name) ? `${name}${labels} ${Number(value) * times}` : line;
    })
    .join('\n');
}
