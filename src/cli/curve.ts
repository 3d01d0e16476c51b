/** Values over time as one line of blocks. Pure. */
import { peak } from '../simulate/values.ts';

const BARS = ' ▁▂▃▄▅▆▇█';

/** The highest of each stretch of time: a peak of a second must be seen in a day. @param top what a full block stands for */
export function curve(values: Float64Array, width: number, top: number): string {
  let text = '';
  for (let column = 0; column < width; column++) {
    const from = Math.floor((column * values.length) / width);
    const to = Math.max(from + 1, Math.floor(((column + 1) * values.length) / width));
    const value = peak(values.subarray(from, to));
    const height = top === 0 || value === 0 ? 0 : Math.max(1, Math.round((value / top) * 8));
    text += BARS[height] ?? '';
  }
  return text;
}
