/** Which program an image stands for, as weir.yaml says it. What is said nowhere is started never. */

/** What is started for an image. Every `{name}` is filled in. */
export interface Program {
  /** The program and its arguments; nothing goes through a shell. */
  readonly command: readonly [string, ...string[]];
  /** Absolute. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** What probes and hooks of a manifest may run beside it, word for word. */
  readonly exec: readonly (readonly string[])[];
  /** The pattern by which it was found. */
  readonly pattern: string;
}

export type FoundProgram =
  | { readonly program: Program; readonly missing?: undefined }
  /** `reason` in one word; the sentence says which line to add, and where. */
  | { readonly program?: undefined; readonly missing: { readonly reason: string; readonly message: string } };

export interface Images {
  /** @param image as a manifest names it: any text */
  programFor(image: string): FoundProgram;
}
