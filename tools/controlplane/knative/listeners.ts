/** A line of Knative that opens a port, and what stands there instead. */
export interface Listener {
  /** Under `vendor/`. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/**
 * Knative's programs listen on all interfaces, and the controller's probes and the autoscaler's statistics both on
 * 8080: on one machine, and on a developer's, they must not. Nothing else of Knative is changed.
 */
export const LISTENERS: readonly Listener[] = [
  {
    file: 'knative.dev/pkg/webhook/webhook.go',
    from: 'fmt.Sprint(":", wh.Options.Port)',
    to: 'fmt.Sprint("127.0.0.1:", wh.Options.Port)',
  },
  {
    file: 'knative.dev/pkg/injection/health_check.go',
    from: 'Addr: ":" + strconv.Itoa(port)',
    to: 'Addr: "127.0.0.1:" + strconv.Itoa(port*0)',
  },
  {
    file: 'knative.dev/pkg/observability/runtime/pprof.go',
    from: 'Addr:    ":" + port',
    to: 'Addr:    "127.0.0.1:" + port',
  },
  {
    file: 'knative.dev/serving/cmd/autoscaler/main.go',
    from: 'statsServerAddr = ":8080"',
    to: 'statsServerAddr = "127.0.0.1:0"',
  },
];

/** @throws where the line stands there no longer, as after a change of Knative's version */
export function patch(source: string, { file, from, to }: Listener): string {
  const parts = source.split(from);
  if (parts.length !== 2) {
    throw new Error(
      `${file} holds ${JSON.stringify(from)} ${parts.length - 1} times, not once: see knative/listeners.ts`,
    );
  }
  return parts.join(to);
}
