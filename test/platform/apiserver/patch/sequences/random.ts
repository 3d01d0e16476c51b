/** Choices that follow from a number (mulberry32). */
export interface Random {
  /** @param chance from 0 to 1 */
  isTrue(chance: number): boolean;
  oneOf<Choice>(choices: readonly Choice[]): Choice;
  /** Up to so many of them, in their order, at least one. */
  some<Choice>(choices: readonly Choice[], most: number): Choice[];
  /** The same in any order. */
  shuffled<Choice>(choices: readonly Choice[]): Choice[];
}

export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const shuffled = <Choice>(choices: readonly Choice[]): Choice[] => {
    const keyed = choices.map((choice) => ({ choice, key: next() }));
    return keyed.sort((left, right) => left.key - right.key).map(({ choice }) => choice);
  };
  return {
    isTrue: (chance) => next() < chance,
    oneOf(choices) {
      const choice = choices[Math.floor(next() * choices.length)];
      if (choice === undefined) throw new Error('nothing to choose from');
      return choice;
    },
    some(choices, most) {
      const count = 1 + Math.floor(next() * Math.min(most, choices.length));
      const chosen = new Set(shuffled(choices).slice(0, count));
      return choices.filter((choice) => chosen.has(choice));
    },
    shuffled,
  };
}
