/** What is wrong with a policy file, and where. */

export interface PolicyError {
  readonly file: string;
  /** 1-based; absent where the whole file or folder is meant. */
  readonly line?: number;
  /** 1-based. */
  readonly column?: number;
  /** What is wrong and what would be right; the place is not repeated in it. */
  readonly message: string;
}

/** `policies/prod.yaml:14:9: autoscaling.minScale.default is 30, above its own max 20`. */
export function describeError({ file, line, column, message }: PolicyError): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  return `${place}: ${message}`;
}

/** In the order in which a reader meets them, each once. */
export function sortErrors(errors: readonly PolicyError[]): PolicyError[] {
  const once = new Map(errors.map((error) => [describeError(error), error]));
  return [...once.values()].sort(
    (left, right) =>
      (left.file < right.file ? -1 : left.file > right.file ? 1 : 0) ||
      (left.line ?? 0) - (right.line ?? 0) ||
      (left.column ?? 0) - (right.column ?? 0),
  );
}
