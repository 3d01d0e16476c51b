/** Whether what stays up is ready: one named check a line, as Kubernetes' own components answer. */

export interface Health {
  readonly isReady: boolean;
  /** `[+]policies ok` or `[-]caches failed: …`, a line each, and the sum of them. */
  readonly text: string;
}

/** @param checks by name, what is wrong, or undefined where nothing is */
export function healthOf(checks: readonly (readonly [name: string, problem: string | undefined])[]): Health {
  const isReady = checks.every(([, problem]) => problem === undefined);
  const lines = checks.map(([name, problem]) =>
    problem === undefined ? `[+]${name} ok` : `[-]${name} failed: ${problem}`,
  );
  return { isReady, text: `${lines.join('\n')}\nreadyz check ${isReady ? 'passed' : 'failed'}\n` };
}
