/** Environment variables (knative/serving pkg/apis/serving/k8s_validation.go validateEnv, validateEnvFrom). */
import { isObject, type JsonArray, objectAt, stringAt } from '../../kubernetes/json.ts';
import { quote } from '../goStrings.ts';
import type { ContainerRole } from './container.ts';
import { checkExactlyOne, checkMask, report, reportMissing, type Scope } from './scope.ts';
import { environmentVariableSource } from './shapes.ts';

/** What Knative sets itself in every container; PORT in the one that serves. */
const RESERVED = new Set(['K_SERVICE', 'K_CONFIGURATION', 'K_REVISION']);

export function checkEnvironment(scope: Scope, path: string, variables: JsonArray, role: ContainerRole): void {
  for (let index = 0; index < variables.length; index++) {
    const variable = variables[index];
    const name = stringAt(variable, 'name') ?? '';
    if (name === '') reportMissing(scope, `${path}/${index}/name`);
    else if (RESERVED.has(name) || (name === 'PORT' && role === 'user')) {
      report(scope, `${path}/${index}/name`, `${quote(name)} is a reserved environment variable`);
    }

    const source = objectAt(variable, 'valueFrom');
    if (source === undefined) continue;
    checkMask(scope, `${path}/${index}/valueFrom`, source, environmentVariableSource, (field) =>
      isAllowedSource(scope, field),
    );
  }
}

function isAllowedSource(scope: Scope, field: string): boolean {
  if (field === 'fieldRef' || field === 'resourceFieldRef') return scope.config.features.fieldRef !== 'Disabled';
  return field !== 'fileKeyRef';
}

const SOURCES = ['configMapRef', 'secretRef'];

export function checkEnvironmentFrom(scope: Scope, path: string, sources: JsonArray): void {
  for (let index = 0; index < sources.length; index++) {
    const source = sources[index];
    const found = SOURCES.filter((field) => isObject(source) && objectAt(source, field) !== undefined);
    checkExactlyOne(scope, `${path}/${index}`, found, SOURCES);
  }
}
