/**
 * A Revision that somebody writes by hand (knative/serving pkg/apis/serving/v1/revision_validation.go). Its metadata is
 * what a template's is elsewhere; its spec is judged when it is new, and cannot change afterwards.
 */
import { asObject, type JsonObject, valueAt } from '../../kubernetes/json.ts';
import { validateAnnotations } from '../autoscaling/validate.ts';
import { differences } from './equality.ts';
import { checkConfigurationLabel, checkObjectName } from './metadata.ts';
import { checkPodSpec } from './podSpec.ts';
import { checkPodSchema } from './schema.ts';
import { report, type Scope } from './scope.ts';
import { podSpec } from './shapes.ts';

const PATH = '/spec';
const MOST_DIFFERENCES = 5;

export function checkRevision(scope: Scope, object: JsonObject, old: JsonObject | undefined): void {
  const spec = asObject(object.spec) ?? {};
  checkPodSchema(scope, PATH, spec);
  const changed = old === undefined ? [] : differences(valueAt(old, 'spec'), spec, podSpec, PATH, MOST_DIFFERENCES);
  if (changed.length > 0) {
    // Knative then says nothing else.
    report(scope, PATH, 'Immutable fields changed (-old +new)', changed.join(', '));
    return;
  }

  checkObjectName(scope, scope.metadata);
  const annotations = asObject(scope.metadata.annotations);
  scope.errors.push(...validateAnnotations(annotations, '/metadata/annotations', scope.config.autoscaler));
  checkConfigurationLabel(scope, scope.metadata);
  if (old === undefined) checkPodSpec(scope, PATH, spec);
}
