/**
 * Bounds on custom rules. The CEL library counts no cost, and a rule runs on every object that enters an environment:
 * what a policy file may ask for is bounded when it is loaded, and what an object makes of it when it is judged.
 */

/** Characters of one expression. */
export const MAX_EXPRESSION_LENGTH = 4096;

/** Brackets inside brackets, checked before the parser, which recurses. */
export const MAX_BRACKETS = 64;

/** Levels of the parsed expression; a chain of `&&` has one for each link. */
export const MAX_NESTING = 256;

/** `all`, `exists`, `exists_one`, `map` and `filter` in one expression, and inside each other. */
export const MAX_COMPREHENSIONS = 16;
export const MAX_COMPREHENSION_NESTING = 3;

/** Characters of a pattern of `matches`, which is RE2 and takes time linear in the text. */
export const MAX_PATTERN_LENGTH = 512;

/**
 * What one judgement of one object may cost: a step for each turn of a loop, and for what functions go through (16
 * items of a list, 128 characters of a text). A Service with 100 environment variables, each compared with each other,
 * takes 10,000.
 */
export const MAX_STEPS = 100_000;

/** Characters of a message that an expression makes. */
export const MAX_MESSAGE_LENGTH = 1000;
