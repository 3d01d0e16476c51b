/** Ingresses: k8s.io/kubernetes pkg/apis/networking/validation/validation.go. */
import { arrayAt, type JsonObject, numberAt, objectAt, stringAt } from '../../../../kubernetes/json.ts';
import { dns1035LabelErrors, dns1123SubdomainErrors } from '../../../../kubernetes/names.ts';
import type { Problems } from '../problems.ts';
import { itemsOf, textOf } from './common.ts';
import { isAddress, portNameErrors, portNumberErrors } from './formats.ts';

const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix'];
const SEQUENCES = ['//', '/./', '/../', '%2f', '%2F'];
const SUFFIXES = ['/..', '/.'];

export function checkIngress(ingress: JsonObject, problems: Problems): void {
  const spec = objectAt(ingress, 'spec') ?? {};
  const backend = objectAt(spec, 'defaultBackend');
  const rules = itemsOf(spec, 'rules', 'spec');
  if (rules.length === 0 && backend === undefined) {
    problems.invalid('spec', null, 'either `defaultBackend` or `rules` must be specified');
  }
  if (backend !== undefined) checkBackend(backend, 'spec.defaultBackend', problems);
  for (const [rule, at] of rules) checkRule(rule, at, problems);
  for (const [tls, at] of itemsOf(spec, 'tls', 'spec')) {
    for (const [index, host] of arrayAt(tls, 'hosts').entries()) {
      if (typeof host === 'string') checkHost(host, `${at}.hosts[${index}]`, problems);
    }
    const secret = textOf(tls, 'secretName');
    if (secret !== '') problems.invalidBy(`${at}.secretName`, secret, dns1123SubdomainErrors(secret));
  }
  const ingressClass = stringAt(spec, 'ingressClassName');
  if (ingressClass !== undefined) {
    problems.invalidBy('spec.ingressClassName', ingressClass, dns1123SubdomainErrors(ingressClass));
  }
}

function checkRule(rule: JsonObject, path: string, problems: Problems): void {
  const host = textOf(rule, 'host');
  if (isAddress(host)) problems.invalid(`${path}.host`, host, 'must be a DNS name, not an IP address');
  if (host !== '') checkHost(host, `${path}.host`, problems);
  const http = objectAt(rule, 'http');
  if (http === undefined) return;
  const paths = itemsOf(http, 'paths', `${path}.http`);
  if (paths.length === 0) problems.required(`${path}.http.paths`);
  for (const [one, at] of paths) checkPath(one, at, problems);
}

function checkHost(host: string, path: string, problems: Problems): void {
  if (!host.includes('*')) {
    problems.invalidBy(path, host, dns1123SubdomainErrors(host));
    return;
  }
  if (host.startsWith('*.') && dns1123SubdomainErrors(host.slice(2)).length === 0) return;
  problems.invalid(
    path,
    host,
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
  );
}

function checkPath(path: JsonObject, at: string, problems: Problems): void {
  const type = path.pathType;
  if (type === undefined) {
    problems.required(`${at}.pathType`, 'pathType must be specified');
    return;
  }
  const text = textOf(path, 'path');
  if (typeof type !== 'string' || !PATH_TYPES.includes(type)) problems.notSupported(`${at}.pathType`, type, PATH_TYPES);
  else {
    const mayBeEmpty = type === 'ImplementationSpecific';
    if (!text.startsWith('/') && !(mayBeEmpty && text === '')) {
      problems.invalid(`${at}.path`, text, 'must be an absolute path');
    }
    if (!mayBeEmpty) checkSequences(text, `${at}.path`, problems);
  }
  checkBackend(objectAt(path, 'backend') ?? {}, `${at}.backend`, problems);
}

function checkSequences(text: string, path: string, problems: Problems): void {
  for (const sequence of SEQUENCES) {
    if (text.includes(sequence)) problems.invalid(path, text, `must not contain '${sequence}'`);
  }
  for (const suffix of SUFFIXES) {
    if (text.endsWith(suffix)) problems.invalid(path, text, `cannot end with '${suffix}'`);
  }
}

function checkBackend(backend: JsonObject, path: string, problems: Problems): void {
  const service = objectAt(backend, 'service');
  if (backend.resource !== undefined && service !== undefined) {
    problems.invalid(path, '', 'cannot set both resource and service backends');
    return;
  }
  if (backend.resource !== undefined) return;
  if (service === undefined) {
    problems.invalid(path, '', 'resource or service backend is required');
    return;
  }
  const name = textOf(service, 'name');
  if (name === '') problems.required(`${path}.service.name`);
  else problems.invalidBy(`${path}.service.name`, name, dns1035LabelErrors(name));
  const portName = textOf(objectAt(service, 'port'), 'name');
  const number = numberAt(service, 'port', 'number') ?? 0;
  if (portName !== '' && number !== 0) problems.invalid(path, '', 'cannot set both port name & port number');
  else if (portName !== '') problems.invalidBy(`${path}.service.port.name`, portName, portNameErrors(portName));
  else if (number !== 0) problems.invalidBy(`${path}.service.port.number`, number, portNumberErrors(number));
  else problems.required(path, 'port name or number is required');
}
