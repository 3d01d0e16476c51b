import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/**
 * With so much, an audit of 61,000 objects spends a seventh less of CPU time than with one mebibyte, and takes 25 MiB more.
 */
export const CONTROLLERS_BYTES = 32 * 1024 * 1024;

/**
 * Lets V8's young generation grow to so many bytes, and hardly beyond. What a controller makes in a round is dropped with
 * it: with little room, V8 looks a thousand times through what is still in use; with all the room that it would take,
 * ten thousand schedules need a third more memory. V8 reads its own bound before the program, but by which factor it
 * grows, whenever it does.
 *
 * @param bytes of both halves
 */
export function boundYoungGeneration(bytes: number): void {
  const look = (): void => {
    const size = getHeapSpaceStatistics().find((space) => space.space_name === 'new_space')?.space_size ?? 0;
    setFlagsFromString(`--semi-space-growth-factor=${size < bytes ? 2 : 1}`);
  };
  look();
  new PerformanceObserver(look).observe({ entryTypes: ['gc'] });
}
