/**
 * The one line of Argo CD that opens a port on all interfaces and has no flag for it: the application controller's
 * metrics. On one machine, and on a developer's, it must not. Nothing else of Argo CD is changed.
 */
export const LISTENER = {
  /** In the module. */
  file: 'controller/appcontroller.go',
  from: 'fmt.Sprintf("0.0.0.0:%d", metricsPort)',
  to: 'fmt.Sprintf("127.0.0.1:%d", metricsPort)',
} as const;

/** @throws where the line stands there no longer, as after a change of Argo CD's version */
export function patch(source: string): string {
  const { file, from, to } = LISTENER;
  const parts = source.split(from);
  if (parts.length !== 2) {
    throw new Error(`${file} holds ${JSON.stringify(from)} ${parts.length - 1} times, not once: see build/listener.ts`);
  }
  return parts.join(to);
}
