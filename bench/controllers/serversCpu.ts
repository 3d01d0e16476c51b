import type { Bench } from './bench.ts';

/** CPU seconds of the API server since its start, as it says of itself. */
export async function serversCpu({ loader }: Pick<Bench, 'loader'>): Promise<number> {
  const metrics = await loader.ask({ method: 'GET', path: '/metrics' });
  return Number(/^process_cpu_seconds_total (.+)$/m.exec(metrics)?.[1]);
}
