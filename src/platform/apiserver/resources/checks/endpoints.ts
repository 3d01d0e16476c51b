/** Endpoints: k8s.io/kubernetes pkg/apis/core/validation (validateEndpointSubsets). */
import { arrayAt, isObject, type JsonObject, numberAt } from '../../../../kubernetes/json.ts';
import { dns1123LabelErrors } from '../../../../kubernetes/names.ts';
import type { Problems } from '../problems.ts';
import { itemsOf, oneOf, textOf } from './common.ts';
import { isAddress, portNumberErrors } from './formats.ts';

export function checkEndpoints(endpoints: JsonObject, problems: Problems): void {
  for (const [index, subset] of arrayAt(endpoints, 'subsets').entries()) {
    if (isObject(subset)) checkSubset(subset, `subsets[${index}]`, problems);
  }
}

function checkSubset(subset: JsonObject, path: string, problems: Problems): void {
  if (arrayAt(subset, 'addresses').length + arrayAt(subset, 'notReadyAddresses').length === 0) {
    problems.required(path, 'must specify `addresses` or `notReadyAddresses`');
  }
  for (const list of ['addresses', 'notReadyAddresses']) {
    for (const [address, at] of itemsOf(subset, list, path)) {
      const ip = textOf(address, 'ip');
      if (!isAddress(ip))
        problems.invalid(`${at}.ip`, ip, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)');
    }
  }
  const ports = itemsOf(subset, 'ports', path);
  for (const [port, at] of ports) {
    const name = textOf(port, 'name');
    if (name === '' && ports.length > 1) problems.required(`${at}.name`);
    else if (name !== '') problems.invalidBy(`${at}.name`, name, dns1123LabelErrors(name));
    const number = numberAt(port, 'port') ?? 0;
    problems.invalidBy(`${at}.port`, number, portNumberErrors(number));
    oneOf(problems, `${at}.protocol`, port.protocol, ['SCTP', 'TCP', 'UDP'], 'required');
  }
}
