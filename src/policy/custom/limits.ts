/**
 * Bounds on custom rules. A rule runs on every object that enters an environment: what a policy file may ask for is
 * bounded when it is loaded, and what an object makes of it when it is judged.
 */
import { CALL_LIMIT } from '../../cel/program.ts';

/** Characters of one expression. */
export const MAX_EXPRESSION_LENGTH = 4096;

/** Brackets inside brackets, checked before the parser, which recurses. */
export const MAX_BRACKETS = 64;

/** Levels of the parsed expression; a chain of `+` has one for each link. */
export const MAX_NESTING = 256;

/** `all`, `exists`, `map`, `filter` and their like in one expression, and inside each other. */
export const MAX_LOOPS = 16;
export const MAX_LOOP_NESTING = 3;

/** Characters of a pattern of `matches`, which is RE2 and takes time linear in the text. */
export const MAX_PATTERN_LENGTH = 512;

/**
 * What one judgement of one object may cost, which is what Kubernetes allows one expression: about one for each field
 * that is looked at and each call, and a tenth for each character that is gone through. A Service with 100 environment
 * variables, each compared with each other, takes some 70,000.
 */
export const MAX_COST = CALL_LIMIT;

/** Characters of a message that an expression makes. */
export const MAX_MESSAGE_LENGTH = 1000;
