/** Probes and lifecycle hooks: k8s.io/kubernetes pkg/apis/core/validation (validateProbe, validateHandler). */
import { arrayAt, isObject, type JsonObject, numberAt, objectAt } from '../../../../kubernetes/json.ts';
import type { Problems } from '../problems.ts';
import { nonNegative, oneOf, portNumberOrName, textOf } from './common.ts';
import { headerNameErrors } from './formats.ts';

const NUMBERS = ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'];
const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'];

export function checkProbe(
  probe: JsonObject | undefined,
  path: string,
  kind: 'liveness' | 'readiness' | 'startup',
  problems: Problems,
): void {
  if (probe === undefined) return;
  checkHandler(probe, path, problems);
  for (const field of NUMBERS) nonNegative(problems, `${path}.${field}`, probe[field]);
  const grace = numberAt(probe, 'terminationGracePeriodSeconds');
  if (grace !== undefined && grace <= 0) {
    problems.invalid(`${path}.terminationGracePeriodSeconds`, grace, 'must be greater than 0');
  }
  if (kind === 'readiness') {
    if (grace === undefined) return;
    problems.invalid(`${path}.terminationGracePeriodSeconds`, grace, 'must not be set for readinessProbes');
  } else if (probe.successThreshold !== 1) {
    problems.invalid(`${path}.successThreshold`, probe.successThreshold ?? 0, 'must be 1');
  }
}

export function checkHandler(handler: JsonObject, path: string, problems: Problems): void {
  const given = HANDLERS.filter((key) => handler[key] !== undefined);
  for (const [index, key] of given.entries()) {
    if (index > 0) problems.forbidden(`${path}.${key}`, 'may not specify more than 1 handler type');
    else checkOne(key, objectAt(handler, key) ?? {}, `${path}.${key}`, problems);
  }
  if (given.length === 0) problems.required(path, 'must specify a handler type');
}

function checkOne(key: string, handler: JsonObject, path: string, problems: Problems): void {
  if (key === 'exec' && arrayAt(handler, 'command').length === 0) problems.required(`${path}.command`);
  if (key === 'httpGet') {
    if (textOf(handler, 'path') === '') problems.required(`${path}.path`);
    portNumberOrName(problems, `${path}.port`, handler.port);
    oneOf(problems, `${path}.scheme`, handler.scheme, ['HTTP', 'HTTPS']);
    for (const header of arrayAt(handler, 'httpHeaders').filter(isObject)) {
      const name = textOf(header, 'name');
      problems.invalidBy(`${path}.httpHeaders`, name, headerNameErrors(name));
    }
  }
  if (key === 'tcpSocket' || key === 'grpc') portNumberOrName(problems, `${path}.port`, handler.port);
}
