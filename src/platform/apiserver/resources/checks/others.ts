/** Leases, EndpointSlices, PriorityClasses, StorageClasses: k8s.io/kubernetes pkg/apis/*\/validation. */
import { arrayAt, isObject, type JsonObject, numberAt, objectAt } from '../../../../kubernetes/json.ts';
import type { Problems } from '../problems.ts';
import { immutable, nonNegative, oneOf, textOf } from './common.ts';
import { isAddress } from './formats.ts';

export function checkLease(lease: JsonObject, problems: Problems): void {
  const spec = objectAt(lease, 'spec');
  const seconds = numberAt(spec, 'leaseDurationSeconds');
  if (seconds !== undefined && seconds <= 0) {
    problems.invalid('spec.leaseDurationSeconds', seconds, 'must be greater than 0');
  }
  nonNegative(problems, 'spec.leaseTransitions', spec?.leaseTransitions);
}

const MOST_ENDPOINTS = 1000;
const TYPES = ['FQDN', 'IPv4', 'IPv6'];

export function checkEndpointSlice(slice: JsonObject, problems: Problems): void {
  const endpoints = arrayAt(slice, 'endpoints');
  if (endpoints.length > MOST_ENDPOINTS) problems.tooMany('endpoints', endpoints.length, MOST_ENDPOINTS);
  const type = textOf(slice, 'addressType');
  oneOf(problems, 'addressType', type, TYPES, 'required');
  for (const [index, endpoint] of endpoints.entries()) {
    const addresses = isObject(endpoint) ? arrayAt(endpoint, 'addresses') : [];
    if (addresses.length === 0) problems.required(`endpoints[${index}].addresses`, 'must contain at least 1 address');
    for (const [nth, address] of addresses.entries()) {
      if (type === 'FQDN' || typeof address !== 'string' || isAddress(address)) continue;
      const why = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
      problems.invalid(`endpoints[${index}].addresses[${nth}]`, address, why);
    }
  }
}

export function checkEndpointSliceUpdate(slice: JsonObject, old: JsonObject, problems: Problems): void {
  immutable(problems, 'addressType', slice.addressType, old.addressType);
}

const HIGHEST_PRIORITY = 1_000_000_000;

export function checkPriorityClass(priorityClass: JsonObject, problems: Problems): void {
  const value = numberAt(priorityClass, 'value') ?? 0;
  const name = textOf(objectAt(priorityClass, 'metadata'), 'name');
  if (value > HIGHEST_PRIORITY && !name.startsWith('system-')) {
    problems.forbidden('value', `maximum allowed value of a user defined priority is ${HIGHEST_PRIORITY}`);
  }
  oneOf(problems, 'preemptionPolicy', priorityClass.preemptionPolicy, ['PreemptLowerPriority', 'Never']);
}

export function checkPriorityClassUpdate(priorityClass: JsonObject, old: JsonObject, problems: Problems): void {
  if ((priorityClass.value ?? 0) !== (old.value ?? 0)) problems.forbidden('value', 'may not be changed in an update.');
  immutable(problems, 'preemptionPolicy', priorityClass.preemptionPolicy, old.preemptionPolicy);
}

export function checkStorageClass(storageClass: JsonObject, problems: Problems): void {
  if (textOf(storageClass, 'provisioner') === '') problems.required('provisioner');
  oneOf(problems, 'reclaimPolicy', storageClass.reclaimPolicy, ['Delete', 'Retain']);
  oneOf(
    problems,
    'volumeBindingMode',
    storageClass.volumeBindingMode,
    ['Immediate', 'WaitForFirstConsumer'],
    'required',
  );
}
