import { expect, it } from '@jest/globals';
import { sinkOf } from '../../src/cli/io.ts';

it('a terminal of 0 by 0 is one that does not know its size', () => {
  const size = { columns: 0, rows: 0 };
  const written: string[] = [];
  const sink = sinkOf({
    isTTY: true,
    write: (text) => written.push(text),
    get columns() {
      return size.columns;
    },
    get rows() {
      return size.rows;
    },
  });
  expect([sink.isTTY, sink.columns, sink.rows]).toEqual([true, undefined, undefined]);
  Object.assign(size, { columns: 80, rows: 24 });
  expect([sink.columns, sink.rows]).toEqual([80, 24]);
  sink.write('a line');
  expect(written).toEqual(['a line']);
});
