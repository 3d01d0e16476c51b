/** Pod templates and pod specs: k8s.io/kubernetes pkg/apis/core/validation (ValidatePodTemplateSpec, ValidatePodSpec). */
import { arrayAt, isObject, type JsonObject, numberAt, objectAt } from '../../../../kubernetes/json.ts';
import { dns1123LabelErrors, dns1123SubdomainErrors, qualifiedNameErrors } from '../../../../kubernetes/names.ts';
import type { Problems } from '../problems.ts';
import { itemsOf, oneOf, textOf } from './common.ts';
import { checkContainers } from './containers.ts';
import { isAddress } from './formats.ts';
import { checkPodSecurityContext } from './securityContext.ts';
import { checkLabels, checkSelector } from './selectors.ts';
import { checkVolumes } from './volumes.ts';

const LARGEST_DEADLINE = 2_147_483_647;

/** @param extraVolumes names that containers may mount though the template has no such volume */
export function checkTemplate(
  template: JsonObject | undefined,
  path: string,
  problems: Problems,
  extraVolumes: readonly string[] = [],
): void {
  const metadata = objectAt(template, 'metadata');
  checkLabels(objectAt(metadata, 'labels'), `${path}.labels`, problems);
  for (const key of Object.keys(objectAt(metadata, 'annotations') ?? {})) {
    problems.invalidBy(`${path}.annotations`, key, qualifiedNameErrors(key.toLowerCase()));
  }
  checkPodSpec(objectAt(template, 'spec') ?? {}, `${path}.spec`, problems, extraVolumes);
  if (arrayAt(template, 'spec', 'ephemeralContainers').length > 0) {
    problems.forbidden(`${path}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template');
  }
}

export function checkPodSpec(
  spec: JsonObject,
  path: string,
  problems: Problems,
  extraVolumes: readonly string[] = [],
): void {
  const volumes = checkVolumes(spec, path, problems);
  for (const name of extraVolumes) volumes.add(name);
  const claims = new Set(
    arrayAt(spec, 'resourceClaims').flatMap((claim) => (isObject(claim) ? textOf(claim, 'name') : [])),
  );
  checkContainers(spec, path, { volumes, claims }, problems);

  oneOf(problems, `${path}.restartPolicy`, spec.restartPolicy, ['Always', 'OnFailure', 'Never'], 'required');
  const dnsPolicies = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
  oneOf(problems, `${path}.dnsPolicy`, spec.dnsPolicy, dnsPolicies, 'required');
  checkLabels(objectAt(spec, 'nodeSelector'), `${path}.nodeSelector`, problems);
  checkPodSecurityContext(objectAt(spec, 'securityContext'), `${path}.securityContext`, problems);
  for (const [secret, at] of itemsOf(spec, 'imagePullSecrets', path)) {
    if (textOf(secret, 'name') === '') problems.required(`${at}.name`);
  }
  checkSpread(spec, path, problems);
  checkNames(spec, path, problems);
  checkTolerations(spec, path, problems);
  for (const [alias, at] of itemsOf(spec, 'hostAliases', path)) checkAlias(alias, at, problems);
  const deadline = numberAt(spec, 'activeDeadlineSeconds');
  if (deadline !== undefined && (deadline < 1 || deadline > LARGEST_DEADLINE)) {
    const range = `must be between 1 and ${LARGEST_DEADLINE}, inclusive`;
    problems.invalid(`${path}.activeDeadlineSeconds`, deadline, range);
  }
  oneOf(problems, `${path}.preemptionPolicy`, spec.preemptionPolicy, ['PreemptLowerPriority', 'Never']);
}

const SUBDOMAIN_FIELDS = ['serviceAccountName', 'nodeName', 'priorityClassName', 'runtimeClassName'];
const LABEL_FIELDS = ['hostname', 'subdomain'];

function checkNames(spec: JsonObject, path: string, problems: Problems): void {
  for (const field of SUBDOMAIN_FIELDS) {
    const name = textOf(spec, field);
    if (name !== '') problems.invalidBy(`${path}.${field}`, name, dns1123SubdomainErrors(name));
  }
  for (const field of LABEL_FIELDS) {
    const name = textOf(spec, field);
    if (name !== '') problems.invalidBy(`${path}.${field}`, name, dns1123LabelErrors(name));
  }
}

function checkTolerations(spec: JsonObject, path: string, problems: Problems): void {
  for (const [toleration, at] of itemsOf(spec, 'tolerations', path)) {
    const key = textOf(toleration, 'key');
    const operator = textOf(toleration, 'operator');
    if (key !== '') problems.invalidBy(`${at}.key`, key, qualifiedNameErrors(key));
    if (key === '' && operator !== 'Exists') {
      problems.invalid(
        `${at}.operator`,
        operator,
        'operator must be Exists when `key` is empty, which means "match all values and all keys"',
      );
    }
    if (toleration.tolerationSeconds !== undefined && toleration.effect !== 'NoExecute') {
      problems.invalid(
        `${at}.effect`,
        toleration.effect ?? '',
        "effect must be 'NoExecute' when `tolerationSeconds` is set",
      );
    }
    if (operator === 'Exists' && textOf(toleration, 'value') !== '') {
      problems.invalid(
        `${at}.operator`,
        textOf(toleration, 'value'),
        "value must be empty when `operator` is 'Exists'",
      );
    }
    oneOf(problems, `${at}.operator`, operator, ['Equal', 'Exists']);
    oneOf(problems, `${at}.effect`, toleration.effect, ['NoSchedule', 'PreferNoSchedule', 'NoExecute']);
  }
}

function checkAlias(alias: JsonObject, path: string, problems: Problems): void {
  const address = textOf(alias, 'ip');
  if (!isAddress(address)) {
    problems.invalid(`${path}.ip`, address, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)');
  }
  for (const [index, name] of arrayAt(alias, 'hostnames').entries()) {
    if (typeof name === 'string') problems.invalidBy(`${path}.hostnames[${index}]`, name, dns1123SubdomainErrors(name));
  }
}

function checkSpread(spec: JsonObject, path: string, problems: Problems): void {
  for (const [constraint, at] of itemsOf(spec, 'topologySpreadConstraints', path)) {
    const skew = numberAt(constraint, 'maxSkew') ?? 0;
    if (skew <= 0) problems.invalid(`${at}.maxSkew`, skew, 'must be greater than 0');
    const key = textOf(constraint, 'topologyKey');
    if (key === '') problems.required(`${at}.topologyKey`, 'can not be empty');
    else problems.invalidBy(`${at}.topologyKey`, key, qualifiedNameErrors(key));
    oneOf(problems, `${at}.whenUnsatisfiable`, constraint.whenUnsatisfiable, ['DoNotSchedule', 'ScheduleAnyway']);
    checkSelector(objectAt(constraint, 'labelSelector'), `${at}.labelSelector`, problems);
  }
}
