/** What a part of the bench is given, and what it says. */

export interface PartOptions {
  /** Little of everything: to see that it works. */
  readonly isQuick: boolean;
  /** For what goes on, while it goes on. */
  tell(text: string): void;
}

export interface Part {
  /** What was done, and the figures. */
  readonly text: string;
  /** A line for each aim, met or missed. */
  readonly aims: readonly string[];
}
