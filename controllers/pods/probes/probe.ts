/** Probes and hooks as a container names them, read from any shape. */
import {
  arrayAt,
  isObject,
  type JsonObject,
  type JsonValue,
  numberAt,
  objectAt,
  stringAt,
  textsAt,
} from '../../../src/kubernetes/json.ts';

/** One question to a program. */
export type Check =
  | {
      readonly kind: 'http';
      readonly port: number;
      readonly path: string;
      readonly isTls: boolean;
      readonly headers: readonly (readonly [name: string, value: string])[];
    }
  | { readonly kind: 'tcp'; readonly port: number }
  | { readonly kind: 'exec'; readonly command: readonly string[] }
  | { readonly kind: 'sleep'; readonly ms: number }
  | { readonly kind: 'grpc'; readonly port: number };

export interface Timing {
  readonly initialDelayMs: number;
  readonly periodMs: number;
  readonly timeoutMs: number;
  readonly successThreshold: number;
  readonly failureThreshold: number;
}

export interface Probe extends Timing {
  readonly check: Check;
  /** How long the program has to end where this probe ends it; undefined: as long as its Pod says. */
  readonly graceMs: number | undefined;
}

export type ProbeName = 'startupProbe' | 'readinessProbe' | 'livenessProbe';

/** Where a port of the manifest is on this machine. */
export type PortOf = (port: JsonValue | undefined) => number;

export function probeOf(container: JsonObject, name: ProbeName, portOf: PortOf): Probe | undefined {
  const probe = objectAt(container, name);
  const check = probe === undefined ? undefined : checkOf(probe, portOf);
  if (probe === undefined || check === undefined) return undefined;
  const atLeast = (field: string, usual: number, least: number): number =>
    Math.max(least, numberAt(probe, field) ?? usual);
  const grace = numberAt(probe, 'terminationGracePeriodSeconds');
  return {
    check,
    initialDelayMs: atLeast('initialDelaySeconds', 0, 0) * 1000,
    // Knative writes 0 for as often as it can
    periodMs: (numberAt(probe, 'periodSeconds') ?? 10) <= 0 ? 1000 : atLeast('periodSeconds', 10, 1) * 1000,
    timeoutMs: atLeast('timeoutSeconds', 1, 1) * 1000,
    successThreshold: name === 'readinessProbe' ? atLeast('successThreshold', 1, 1) : 1,
    failureThreshold: atLeast('failureThreshold', 3, 1),
    graceMs: grace === undefined ? undefined : grace * 1000,
  };
}

/** `lifecycle.preStop`, `lifecycle.postStart`. */
export function hookOf(container: JsonObject, name: 'preStop' | 'postStart', portOf: PortOf): Check | undefined {
  const hook = objectAt(container, 'lifecycle', name);
  return hook === undefined ? undefined : checkOf(hook, portOf);
}

function checkOf(handler: JsonObject, portOf: PortOf): Check | undefined {
  const http = objectAt(handler, 'httpGet');
  if (http !== undefined) {
    const path = stringAt(http, 'path') ?? '/';
    return {
      kind: 'http',
      port: portOf(http.port),
      path: path.startsWith('/') ? path : `/${path}`,
      isTls: stringAt(http, 'scheme') === 'HTTPS',
      headers: headersOf(http),
    };
  }
  const tcp = objectAt(handler, 'tcpSocket');
  if (tcp !== undefined) return { kind: 'tcp', port: portOf(tcp.port) };
  if (isObject(handler.exec)) return { kind: 'exec', command: textsAt(handler, 'exec', 'command') };
  if (isObject(handler.grpc)) return { kind: 'grpc', port: portOf(handler.grpc.port) };
  if (isObject(handler.sleep)) return { kind: 'sleep', ms: (numberAt(handler, 'sleep', 'seconds') ?? 0) * 1000 };
  return undefined;
}

/** The host is a header here: nobody but the program itself is asked. */
function headersOf(http: JsonObject): [string, string][] {
  const headers = arrayAt(http, 'httpHeaders')
    .filter(isObject)
    .map((header): [string, string] => [stringAt(header, 'name') ?? '', stringAt(header, 'value') ?? ''])
    .filter(([name]) => name !== '');
  const host = stringAt(http, 'host') ?? '';
  const hasHost = headers.some(([name]) => name.toLowerCase() === 'host');
  return host === '' || hasHost ? headers : [...headers, ['Host', host]];
}
