/** Probes (knative/serving pkg/apis/serving/k8s_validation.go validateProbe, validateReadinessProbe). */
import { asNumber, asObject, type JsonObject, objectAt, valueAt } from '../../kubernetes/json.ts';
import { checkBounds, checkExactlyOne, report, reportInvalid, type Scope } from './scope.ts';

/** Which port a probe may use: the user container's serving port has a name, a sidecar has none and must give a number. */
export interface ProbedContainer {
  readonly portName?: string;
}

const HIGHEST = 2 ** 31 - 1;
const WANTED = ['httpGet', 'tcpSocket', 'exec', 'grpc'];

export function checkProbe(scope: Scope, path: string, probe: JsonObject, container: ProbedContainer): void {
  const handlers: string[] = [];
  for (const field of ['httpGet', 'tcpSocket'] as const) {
    const handler = objectAt(probe, field);
    if (handler === undefined) continue;
    handlers.push(field);
    checkPort(scope, `${path}/${field}/port`, handler, container);
  }
  if (asObject(probe.exec) !== undefined) handlers.push('exec');
  if (asObject(probe.grpc) !== undefined) handlers.push('gRPC');
  checkExactlyOne(scope, path, handlers, WANTED);
}

function checkPort(scope: Scope, path: string, handler: JsonObject, { portName }: ProbedContainer): void {
  const port = valueAt(handler, 'port');
  if (portName === undefined) {
    const isMissing = port === undefined || port === null || port === '' || port === 0;
    if (isMissing) reportInvalid(scope, path, port === '' ? '' : 0, 'Probe port must be specified');
    return;
  }
  if (typeof port === 'string' && port !== '' && port !== portName) {
    reportInvalid(scope, path, port, 'Probe port must match container port');
  }
}

/** A readiness probe is run by the queue-proxy; without a period it does so in its own, fast way. */
export function checkReadinessProbe(scope: Scope, path: string, probe: JsonObject, container: ProbedContainer): void {
  checkProbe(scope, path, probe, container);

  const period = asNumber(probe.periodSeconds) ?? 0;
  const failures = asNumber(probe.failureThreshold) ?? 0;
  const timeout = asNumber(probe.timeoutSeconds) ?? 0;
  checkBounds(scope, `${path}/periodSeconds`, period, 0, HIGHEST);
  checkBounds(scope, `${path}/initialDelaySeconds`, asNumber(probe.initialDelaySeconds) ?? 0, 0, HIGHEST);
  checkBounds(scope, `${path}/successThreshold`, asNumber(probe.successThreshold) ?? 0, 1, HIGHEST);

  if (period !== 0) {
    checkBounds(scope, `${path}/timeoutSeconds`, timeout, 1, HIGHEST);
    checkBounds(scope, `${path}/failureThreshold`, failures, 1, HIGHEST);
    return;
  }
  if (failures !== 0) {
    report(scope, `${path}/failureThreshold`, 'failureThreshold is disallowed when periodSeconds is zero');
  }
  if (timeout !== 0) report(scope, `${path}/timeoutSeconds`, 'timeoutSeconds is disallowed when periodSeconds is zero');
}
