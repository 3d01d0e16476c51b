/** Where CloudEvents go, from an option or from the environment, as Knative's SinkBinding sets it. */
import { Failure } from '../failure.ts';

export interface RawEventOptions {
  readonly eventsSink?: string;
  readonly eventsSource: string;
}

export interface EventOptions {
  readonly sink: string;
  readonly source: string;
}

/** Undefined where neither names a sink. */
export function sinkOf(
  { eventsSink, eventsSource }: RawEventOptions,
  { K_SINK }: Readonly<Record<string, string | undefined>>,
): EventOptions | undefined {
  const [option, sink = ''] = eventsSink === undefined ? ['K_SINK', K_SINK] : ['--events-sink', eventsSink];
  if (sink === '' && eventsSink === undefined) return undefined;
  const url = URL.canParse(sink) ? new URL(sink) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new Failure(
      `${option} is "${sink}", and must be an address such as http://broker-ingress.knative-eventing/shop`,
    );
  }
  // a reference to a URI, to which the part that speaks is added
  if (!/^[\w:/.~@!$&'()*+,;=%-]+$/.test(eventsSource)) {
    throw new Failure(
      `--events-source is "${eventsSource}", and must be a URI such as /weir or https://weir.example.com/prod`,
    );
  }
  return { sink, source: eventsSource.replace(/\/+$/, '') };
}
