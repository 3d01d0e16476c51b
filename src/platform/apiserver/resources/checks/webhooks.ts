/** Webhook configurations: k8s.io/kubernetes pkg/apis/admissionregistration/validation/validation.go. */
import { arrayAt, type JsonObject, numberAt, objectAt, stringAt } from '../../../../kubernetes/json.ts';
import { dns1035LabelErrors, dns1123SubdomainErrors, qualifiedNameErrors } from '../../../../kubernetes/names.ts';
import type { Problems } from '../problems.ts';
import { itemsOf, oneOf, textOf } from './common.ts';
import { portNumberErrors } from './formats.ts';
import { checkSelector } from './selectors.ts';

const SIDE_EFFECTS = ['None', 'NoneOnDryRun'];
const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const REVIEW_VERSIONS = ['v1', 'v1beta1'];

export function checkWebhooks(configuration: JsonObject, problems: Problems, isMutating: boolean): void {
  const names = new Set<string>();
  for (const [index, webhook] of arrayAt(configuration, 'webhooks').entries()) {
    const hook = objectAt({ webhook }, 'webhook') ?? {};
    const path = `webhooks[${index}]`;
    checkWebhook(hook, path, problems, isMutating);
    checkVersions(hook, path, problems);
    const name = textOf(hook, 'name');
    if (name !== '' && names.has(name)) problems.duplicate(`${path}.name`, name);
    names.add(name);
  }
}

function checkWebhook(hook: JsonObject, path: string, problems: Problems, isMutating: boolean): void {
  checkQualified(textOf(hook, 'name'), `${path}.name`, problems);
  for (const [rule, at] of itemsOf(hook, 'rules', path)) checkRule(rule, at, problems);
  oneOf(problems, `${path}.failurePolicy`, hook.failurePolicy, ['Fail', 'Ignore']);
  oneOf(problems, `${path}.matchPolicy`, hook.matchPolicy, ['Equivalent', 'Exact']);
  if (hook.sideEffects === undefined) {
    problems.required(`${path}.sideEffects`, `must specify one of ${SIDE_EFFECTS.join(', ')}`);
  } else if (typeof hook.sideEffects !== 'string' || !SIDE_EFFECTS.includes(hook.sideEffects)) {
    problems.notSupported(`${path}.sideEffects`, hook.sideEffects, SIDE_EFFECTS);
  }
  const seconds = numberAt(hook, 'timeoutSeconds');
  if (seconds !== undefined && (seconds > 30 || seconds < 1)) {
    problems.invalid(`${path}.timeoutSeconds`, seconds, 'the timeout value must be between 1 and 30 seconds');
  }
  checkSelector(objectAt(hook, 'namespaceSelector'), `${path}.namespaceSelector`, problems);
  checkSelector(objectAt(hook, 'objectSelector'), `${path}.objectSelector`, problems);
  if (isMutating) oneOf(problems, `${path}.reinvocationPolicy`, hook.reinvocationPolicy, ['IfNeeded', 'Never']);
  checkClient(objectAt(hook, 'clientConfig') ?? {}, `${path}.clientConfig`, problems);
  checkConditions(hook, path, problems);
}

/** `example.com` has two parts at least, `a.b.c` is what most use. */
function checkQualified(name: string, path: string, problems: Problems): void {
  if (name === '') {
    problems.required(path);
    return;
  }
  const errors = dns1123SubdomainErrors(name);
  if (errors.length > 0) problems.invalid(path, name, errors.join(','));
  else if (name.split('.').length < 3) {
    problems.invalid(path, name, 'should be a domain with at least three segments separated by dots');
  }
}

function checkRule(rule: JsonObject, path: string, problems: Problems): void {
  const operations = arrayAt(rule, 'operations');
  if (operations.length === 0) problems.required(`${path}.operations`);
  if (operations.length > 1 && operations.includes('*')) {
    problems.invalid(`${path}.operations`, operations, "if '*' is present, must not specify other operations");
  }
  for (const [index, operation] of operations.entries()) {
    oneOf(problems, `${path}.operations[${index}]`, operation, OPERATIONS);
  }
  checkList(rule, 'apiGroups', 'API groups', path, problems);
  checkList(rule, 'apiVersions', 'API versions', path, problems);
  for (const [index, version] of arrayAt(rule, 'apiVersions').entries()) {
    if (version === '') problems.required(`${path}.apiVersions[${index}]`);
  }
  checkResources(
    arrayAt(rule, 'resources').filter((one) => typeof one === 'string'),
    `${path}.resources`,
    problems,
  );
  oneOf(problems, `${path}.scope`, rule.scope, ['*', 'Cluster', 'Namespaced']);
}

function checkList(rule: JsonObject, field: string, called: string, path: string, problems: Problems): void {
  const values = arrayAt(rule, field);
  if (values.length === 0) problems.required(`${path}.${field}`);
  if (values.length > 1 && values.includes('*')) {
    problems.invalid(`${path}.${field}`, values, `if '*' is present, must not specify other ${called}`);
  }
}

function checkResources(resources: readonly string[], path: string, problems: Problems): void {
  if (resources.length === 0) problems.required(path);
  const whole = new Set<string>();
  const everywhere = new Set<string>();
  let hasPlain = false;
  for (const [index, resource] of resources.entries()) {
    const at = `${path}[${index}]`;
    if (resource === '') {
      problems.required(at);
      continue;
    }
    const slash = resource.indexOf('/');
    if (slash < 0) {
      hasPlain = resource !== '*';
      continue;
    }
    const [name, subresource] = [resource.slice(0, slash), resource.slice(slash + 1)];
    if (whole.has(name)) problems.invalid(at, resource, `if '${name}/*' is present, must not specify ${resource}`);
    if (everywhere.has(subresource)) {
      problems.invalid(at, resource, `if '*/${subresource}' is present, must not specify ${resource}`);
    }
    if (subresource === '*') whole.add(name);
    if (name === '*') everywhere.add(subresource);
  }
  if (resources.length > 1 && resources.includes('*/*')) {
    problems.invalid(path, [...resources], "if '*/*' is present, must not specify other resources");
  }
  if (resources.includes('*') && hasPlain) {
    const why = "if '*' is present, must not specify other resources without subresources";
    problems.invalid(path, [...resources], why);
  }
}

function checkVersions(hook: JsonObject, path: string, problems: Problems): void {
  const versions = arrayAt(hook, 'admissionReviewVersions').filter((version) => typeof version === 'string');
  const at = `${path}.admissionReviewVersions`;
  if (versions.length === 0) {
    problems.required(at, `must specify one of ${REVIEW_VERSIONS.join(', ')}`);
    return;
  }
  const seen = new Set<string>();
  for (const [index, version] of versions.entries()) {
    if (seen.has(version)) problems.invalid(`${at}[${index}]`, version, 'duplicate version');
    else problems.invalidBy(`${at}[${index}]`, version, dns1035LabelErrors(version));
    seen.add(version);
  }
  if (!versions.some((version) => REVIEW_VERSIONS.includes(version))) {
    problems.invalid(at, versions, `must include at least one of ${REVIEW_VERSIONS.join(', ')}`);
  }
}

function checkClient(client: JsonObject, path: string, problems: Problems): void {
  const url = stringAt(client, 'url');
  const service = objectAt(client, 'service');
  if ((url === undefined) === (service === undefined)) {
    problems.required(path, 'exactly one of url or service is required');
  } else if (url !== undefined) checkUrl(url, `${path}.url`, problems);
  else checkService(service, `${path}.service`, problems);
}

const FORM = '; desired format: https://host[/path]';

function checkUrl(text: string, path: string, problems: Problems): void {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    problems.required(path, `url must be a valid URL: parse ${JSON.stringify(text)}: invalid URI for request${FORM}`);
    return;
  }
  if (url.protocol !== 'https:') {
    problems.invalid(path, url.protocol.replace(':', ''), `'https' is the only allowed URL scheme${FORM}`);
  }
  if (url.host === '') problems.invalid(path, url.host, `host must be specified${FORM}`);
  if (url.username !== '') problems.invalid(path, url.username, 'user information is not permitted in the URL');
  if (url.hash !== '') problems.invalid(path, url.hash.slice(1), 'fragments are not permitted in the URL');
  if (url.search !== '') problems.invalid(path, url.search.slice(1), 'query parameters are not permitted in the URL');
}

function checkService(service: JsonObject | undefined, path: string, problems: Problems): void {
  if (textOf(service, 'name') === '') problems.required(`${path}.name`);
  if (textOf(service, 'namespace') === '') problems.required(`${path}.namespace`);
  const port = numberAt(service, 'port') ?? 443;
  if (portNumberErrors(port).length > 0)
    problems.invalid(`${path}.port`, port, 'port is not valid: must be between 1 and 65535, inclusive');
  const urlPath = stringAt(service, 'path');
  if (urlPath === undefined || urlPath === '/') return;
  if (!urlPath.startsWith('/')) problems.invalid(`${path}.path`, urlPath, "must start with a '/'");
  const steps = urlPath.slice(1).replace(/\/$/, '').split('/');
  for (const [index, step] of steps.entries()) {
    if (step === '') problems.invalid(`${path}.path`, urlPath, `segment[${index}] may not be empty`);
    else {
      for (const why of dns1123SubdomainErrors(step))
        problems.invalid(`${path}.path`, urlPath, `segment[${index}]: ${why}`);
    }
  }
}

const MOST_CONDITIONS = 64;

function checkConditions(hook: JsonObject, path: string, problems: Problems): void {
  const conditions = itemsOf(hook, 'matchConditions', path);
  if (conditions.length > MOST_CONDITIONS) {
    problems.tooMany(`${path}.matchConditions`, conditions.length, MOST_CONDITIONS);
  }
  const names = new Set<string>();
  for (const [condition, at] of conditions) {
    if (textOf(condition, 'expression').trim() === '') problems.required(`${at}.expression`);
    const name = textOf(condition, 'name');
    if (name === '') problems.required(`${at}.name`);
    else {
      problems.invalidBy(`${at}.name`, name, qualifiedNameErrors(name));
      if (names.has(name)) problems.duplicate(`${at}.name`, name);
      names.add(name);
    }
  }
}
