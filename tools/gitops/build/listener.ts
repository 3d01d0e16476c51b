/**
 * The lines of Argo CD that open a port on all interfaces and have no flag for it: metrics of the application and of the
 * notifications controller. On one machine, and on a developer's, they must not. Nothing else of Argo CD is changed.
 */
export const LISTENERS = [
  {
    /** In the module. */
    file: 'controller/appcontroller.go',
    from: 'fmt.Sprintf("0.0.0.0:%d", metricsPort)',
    to: 'fmt.Sprintf("127.0.0.1:%d", metricsPort)',
  },
  {
    file: 'cmd/argocd-notification/commands/controller.go',
    from: 'fmt.Sprintf("0.0.0.0:%d", metricsPort)',
    to: 'fmt.Sprintf("127.0.0.1:%d", metricsPort)',
  },
] as const;

export type Listener = (typeof LISTENERS)[number];

/** @throws where the line stands there no longer, as after a change of Argo CD's version */
export function patch(source: string, { file, from, to }: Listener): string {
  const parts = source.split(from);
  if (parts.length !== 2) {
    throw new Error(`${file} holds ${JSON.stringify(from)} ${parts.length - 1} times, not once: see build/listener.ts`);
  }
  return parts.join(to);
}
