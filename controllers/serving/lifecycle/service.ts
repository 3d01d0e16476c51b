/** Conditions of a Service (knative/serving pkg/apis/serving/v1/service_lifecycle.go, pkg/reconciler/service/service.go). */
import { quote } from '../../../src/knative/goStrings.ts';
import {
  arrayAt,
  equals,
  isObject,
  type JsonObject,
  type JsonValue,
  numberAt,
  stringAt,
} from '../../../src/kubernetes/json.ts';
import { nameOf } from '../../../src/kubernetes/object.ts';
import { StatusDraft } from '../../status/draft.ts';
import { isOfNow } from '../read.ts';
import { propagate } from './propagate.ts';

const CONFIGURATIONS_READY = 'ConfigurationsReady';
const ROUTES_READY = 'RoutesReady';

export function serviceStatus(service: JsonObject): StatusDraft {
  return new StatusDraft(service, [CONFIGURATIONS_READY, ROUTES_READY]);
}

export function markNotOwned({ conditions }: StatusDraft, kind: 'Configuration' | 'Route', name: string): void {
  const type = kind === 'Configuration' ? CONFIGURATIONS_READY : ROUTES_READY;
  conditions.markFalse(type, 'NotOwned', `There is an existing ${kind} ${quote(name)} that we do not own.`);
}

export function markRevisionNameTaken({ conditions }: StatusDraft, name: string): void {
  const message = `The revision name ${quote(name)} is taken by a conflicting Revision, so traffic will not be migrated`;
  conditions.markFalse(ROUTES_READY, 'RevisionNameTaken', message);
}

/** What the Configuration says, or that it has not seen its present spec yet. */
export function propagateConfiguration(status: StatusDraft, configuration: JsonObject): void {
  if (!isOfNow(configuration)) {
    const message = 'The Configuration is still working to reflect the latest desired specification.';
    status.conditions.markUnknown(CONFIGURATIONS_READY, 'OutOfDate', message);
    return;
  }
  status.copy(['latestCreatedRevisionName', 'latestReadyRevisionName'], configuration);
  propagate(status.conditions, CONFIGURATIONS_READY, configuration);
}

/** What the Route says, or that it has not seen its present spec yet; and whether its traffic is where it should be. */
export function propagateRoute(status: StatusDraft, route: JsonObject, configuration: JsonObject): void {
  if (isOfNow(route)) {
    status.copy(['url', 'address', 'traffic'], route);
    propagate(status.conditions, ROUTES_READY, route);
  } else {
    const message = 'The Route is still working to reflect the latest desired specification.';
    status.conditions.markUnknown(ROUTES_READY, 'OutOfDate', message);
  }
  if (!status.conditions.is(ROUTES_READY, 'True') || isTrafficMigrated(route, configuration)) return;
  const message = 'Traffic is not yet migrated to the latest revision.';
  status.conditions.markUnknown(ROUTES_READY, 'TrafficNotMigrated', message);
}

/** True where the Route's status has the traffic of its spec, with the Configuration's latest ready Revision for it. */
function isTrafficMigrated(route: JsonObject, configuration: JsonObject): boolean {
  const latest = stringAt(configuration, 'status', 'latestReadyRevisionName') ?? '';
  const wanted = arrayAt(route, 'spec', 'traffic')
    .filter(isObject)
    .map((target) => {
      const isOwn = target.configurationName === nameOf(configuration);
      return comparable(isOwn ? { ...target, configurationName: '', revisionName: latest } : target);
    });
  const got = arrayAt(route, 'status', 'traffic').filter(isObject).map(comparable);
  return equals(wanted, got);
}

function comparable(target: JsonObject): JsonValue {
  return [
    stringAt(target, 'tag') ?? '',
    stringAt(target, 'revisionName') ?? '',
    stringAt(target, 'configurationName') ?? '',
    numberAt(target, 'percent') ?? 0,
  ];
}
