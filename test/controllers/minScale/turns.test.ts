import { describe, expect, it } from '@jest/globals';
import { Turns } from '../../../controllers/minScale/turns.ts';

/** Work that notes when it begins and ends, and ends when it is told. */
function works() {
  const notes: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    notes,
    end: (name: string) => ends.get(name)?.(),
    work: (name: string) => async () => {
      notes.push(`${name} begins`);
      await new Promise<void>((resolve) => ends.set(name, resolve));
      notes.push(`${name} ends`);
      return name;
    },
  };
}

const soon = () => new Promise((resolve) => setImmediate(resolve));

describe('turns', () => {
  it('are taken one at a time for the same name, and at once for others', async () => {
    const turns = new Turns();
    const { notes, work, end } = works();
    const all = Promise.all([
      turns.take(['a', 'b'], work('first')),
      turns.take(['b'], work('second')),
      turns.take(['c'], work('third')),
    ]);
    await soon();
    expect(notes).toEqual(['first begins', 'third begins']);
    end('third');
    end('first');
    await soon();
    expect(notes).toEqual(['first begins', 'third begins', 'third ends', 'first ends', 'second begins']);
    end('second');
    expect(await all).toEqual(['first', 'second', 'third']);
  });

  it('never wait for each other, in whichever order the names are given', async () => {
    const turns = new Turns();
    const { work, end, notes } = works();
    const all = Promise.all([turns.take(['a', 'b'], work('first')), turns.take(['b', 'a'], work('second'))]);
    await soon();
    end('first');
    await soon();
    end('second');
    await all;
    expect(notes).toHaveLength(4);
  });

  it('end with work that fails, and the next one goes on', async () => {
    const turns = new Turns();
    const failing = turns.take(['a'], () => Promise.reject(new Error('no')));
    const next = turns.take(['a'], async () => 'yes');
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('yes');
    expect(await turns.take([], async () => 'free')).toBe('free');
  });

  it('may name the same thing twice', async () => {
    expect(await new Turns().take(['a', 'a'], async () => 'yes')).toBe('yes');
  });
});
