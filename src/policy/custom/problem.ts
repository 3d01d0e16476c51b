/** Something wrong with a custom rule, found when its policy is loaded. */

export interface CustomProblem {
  /** JSON pointer into the rule: `/expression`. */
  readonly pointer: string;
  /** Where in the text there, in UTF-16 code units; absent where all of it is meant. */
  readonly offset?: number;
  /** What is wrong and what would be right. */
  readonly message: string;
}
