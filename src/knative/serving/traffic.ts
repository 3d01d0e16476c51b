/** Traffic targets (knative/serving pkg/apis/serving/v1/route_validation.go). */
import { arrayAt, asBoolean, asNumber, asString, isObject, type JsonObject } from '../../kubernetes/json.ts';
import { dns1035LabelErrors, goList, qualifiedNameErrors } from '../../kubernetes/names.ts';
import { quote } from '../goStrings.ts';
import { checkBounds, report, reportDisallowed, reportInvalid, type Scope } from './scope.ts';

const PATH = '/spec/traffic';

/** Checks the targets of a Service, whose Configuration is its own, or of a Route, which must name one. */
export function checkTraffic(scope: Scope, object: JsonObject, owner: 'Service' | 'Route'): void {
  const targets = arrayAt(object, 'spec', 'traffic');
  // A Service without a spec, which nothing was filled into; Knative would have done so.
  if (owner === 'Service' && targets.length === 0) return;
  const tags = new Set<string>();
  let sum = 0;

  for (let index = 0; index < targets.length; index++) {
    const value = targets[index];
    const target = isObject(value) ? value : {};
    const path = `${PATH}/${index}`;
    checkTarget(scope, path, target, owner);
    checkTag(scope, `${path}/tag`, asString(target.tag) ?? '', tags);
    sum += asNumber(target.percent) ?? 0;
  }
  if (sum !== 100) report(scope, PATH, `Traffic targets sum to ${sum}, want 100`);
}

function checkTag(scope: Scope, path: string, tag: string, tags: Set<string>): void {
  if (tag === '') return;
  const errors = dns1035LabelErrors(tag);
  if (errors.length > 0) reportInvalid(scope, path, `not a DNS 1035 label: ${goList(errors)}`);
  if (tags.has(tag)) report(scope, path, `Multiple definitions for ${quote(tag)}`);
  tags.add(tag);
}

function checkTarget(scope: Scope, path: string, target: JsonObject, owner: 'Service' | 'Route'): void {
  const revision = asString(target.revisionName) ?? '';
  const isLatest = asBoolean(target.latestRevision);
  if (isLatest !== undefined && isLatest === (revision !== '')) {
    const message = `may not set revisionName ${quote(revision)} when latestRevision is ${isLatest}`;
    report(scope, `${path}/latestRevision`, message);
  }

  checkReference(scope, path, revision, asString(target.configurationName) ?? '', owner);
  const percent = asNumber(target.percent);
  if (percent !== undefined) checkBounds(scope, `${path}/percent`, percent, 0, 100);
  if ((asString(target.url) ?? '') !== '') reportDisallowed(scope, `${path}/url`);
}

function checkReference(
  scope: Scope,
  path: string,
  revision: string,
  configuration: string,
  owner: 'Service' | 'Route',
): void {
  if (owner === 'Service' && configuration !== '') reportDisallowed(scope, `${path}/configurationName`);
  else if (revision !== '' && configuration !== '') {
    report(scope, path, 'expected exactly one, got both: revisionName, configurationName');
  } else if (revision !== '') checkName(scope, `${path}/revisionName`, revision);
  else if (configuration !== '') checkName(scope, `${path}/configurationName`, configuration);
  else if (owner === 'Route') {
    report(scope, path, 'expected exactly one, got neither: revisionName, configurationName');
  }
}

function checkName(scope: Scope, path: string, name: string): void {
  const errors = qualifiedNameErrors(name);
  if (errors.length > 0) report(scope, path, `invalid key name ${quote(name)}`, errors.join(', '));
}
