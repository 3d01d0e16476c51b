/** Services: k8s.io/kubernetes pkg/apis/core/validation/validation.go (validateService, ValidateServiceUpdate). */
import { arrayAt, type JsonObject, numberAt, objectAt, stringAt } from '../../../../kubernetes/json.ts';
import { dns1123LabelErrors, dns1123SubdomainErrors, qualifiedNameErrors } from '../../../../kubernetes/names.ts';
import type { Problems } from '../problems.ts';
import { itemsOf, oneOf, portNumberOrName, textOf } from './common.ts';
import { isAddress, portNumberErrors } from './formats.ts';
import { checkLabels } from './selectors.ts';

const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const ADDRESS = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';

export function checkService(service: JsonObject, problems: Problems): void {
  const spec = objectAt(service, 'spec') ?? {};
  const type = textOf(spec, 'type');
  const isHeadless = spec.clusterIP === 'None';
  const ports = itemsOf(spec, 'ports', 'spec');
  if (ports.length === 0 && !isHeadless && type !== 'ExternalName') problems.required('spec.ports');
  if (isHeadless && (type === 'LoadBalancer' || type === 'NodePort')) {
    problems.invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${type} services`);
  }
  if (type === 'ExternalName') checkExternalName(spec, problems);

  checkPorts(ports, problems);
  checkLabels(objectAt(spec, 'selector'), 'spec.selector', problems);
  oneOf(problems, 'spec.sessionAffinity', spec.sessionAffinity, ['ClientIP', 'None'], 'required');
  checkAffinity(spec, problems);
  checkAddresses(spec, problems);
  oneOf(problems, 'spec.type', type, TYPES, 'required');
  if (type === 'ClusterIP') {
    for (const [port, at] of ports) {
      if ((port.nodePort ?? 0) !== 0)
        problems.forbidden(`${at}.nodePort`, "may not be used when `type` is 'ClusterIP'");
    }
  }
  checkDuplicates(ports, problems);
  if (spec.allocateLoadBalancerNodePorts !== undefined && type !== 'LoadBalancer') {
    problems.forbidden('spec.allocateLoadBalancerNodePorts', "may only be used when `type` is 'LoadBalancer'");
  }
  checkPolicies(spec, type, problems);
}

function checkExternalName(spec: JsonObject, problems: Problems): void {
  for (const field of ['clusterIPs', 'ipFamilies', 'ipFamilyPolicy']) {
    if (spec[field] !== undefined) problems.forbidden(`spec.${field}`, 'may not be set for ExternalName services');
  }
  const name = textOf(spec, 'externalName').replace(/\.$/, '');
  if (name === '') problems.required('spec.externalName');
  else problems.invalidBy('spec.externalName', name, dns1123SubdomainErrors(name));
}

function checkPorts(ports: readonly [JsonObject, string][], problems: Problems): void {
  const names = new Set<string>();
  for (const [port, at] of ports) {
    const name = textOf(port, 'name');
    if (name === '' && ports.length > 1) problems.required(`${at}.name`);
    if (name !== '') {
      problems.invalidBy(`${at}.name`, name, dns1123LabelErrors(name));
      if (names.has(name)) problems.duplicate(`${at}.name`, name);
      names.add(name);
    }
    const number = numberAt(port, 'port') ?? 0;
    problems.invalidBy(`${at}.port`, number, portNumberErrors(number));
    oneOf(problems, `${at}.protocol`, port.protocol, PROTOCOLS, 'required');
    portNumberOrName(problems, `${at}.targetPort`, port.targetPort);
    const application = stringAt(port, 'appProtocol');
    if (application !== undefined)
      problems.invalidBy(`${at}.appProtocol`, application, qualifiedNameErrors(application));
  }
}

function checkAffinity(spec: JsonObject, problems: Problems): void {
  const config = objectAt(spec, 'sessionAffinityConfig');
  if (spec.sessionAffinity === 'None' && config !== undefined) {
    problems.forbidden('spec.sessionAffinityConfig', 'must not be set when session affinity is None');
  }
  const seconds = numberAt(config, 'clientIP', 'timeoutSeconds');
  if (spec.sessionAffinity === 'ClientIP' && seconds !== undefined && (seconds <= 0 || seconds > 86_400)) {
    const path = 'spec.sessionAffinityConfig.clientIP.timeoutSeconds';
    problems.invalid(path, seconds, 'must be greater than 0 and less than 86400');
  }
}

function checkAddresses(spec: JsonObject, problems: Problems): void {
  for (const [index, address] of arrayAt(spec, 'clusterIPs').entries()) {
    if (address === 'None' || typeof address !== 'string') continue;
    if (!isAddress(address)) problems.invalid(`spec.clusterIPs[${index}]`, address, ADDRESS);
  }
  for (const [index, address] of arrayAt(spec, 'externalIPs').entries()) {
    if (typeof address === 'string' && !isAddress(address))
      problems.invalid(`spec.externalIPs[${index}]`, address, ADDRESS);
  }
  const first = arrayAt(spec, 'clusterIPs')[0];
  if (typeof spec.clusterIP === 'string' && typeof first === 'string' && spec.clusterIP !== first) {
    problems.invalid('spec.clusterIPs', arrayAt(spec, 'clusterIPs'), 'first value must match `clusterIP`');
  }
}

function checkDuplicates(ports: readonly [JsonObject, string][], problems: Problems): void {
  const nodePorts = new Set<string>();
  const numbers = new Set<string>();
  for (const [port, at] of ports) {
    const nodePort = numberAt(port, 'nodePort') ?? 0;
    const key = `${textOf(port, 'protocol')}/${nodePort}`;
    if (nodePort !== 0 && nodePorts.has(key)) problems.duplicate(`${at}.nodePort`, nodePort);
    nodePorts.add(key);
  }
  for (const [port, at] of ports) {
    const key = `${textOf(port, 'protocol')}/${numberAt(port, 'port') ?? 0}`;
    // Kubernetes shows its internal type here, with all its fields
    const shown = {
      Name: '',
      Protocol: textOf(port, 'protocol'),
      AppProtocol: null,
      Port: numberAt(port, 'port') ?? 0,
      TargetPort: 0,
      NodePort: 0,
    };
    if (numbers.has(key)) problems.duplicateStruct(at, shown);
    numbers.add(key);
  }
}

function checkPolicies(spec: JsonObject, type: string, problems: Problems): void {
  const isOutside =
    type === 'LoadBalancer' || type === 'NodePort' || (type === 'ClusterIP' && arrayAt(spec, 'externalIPs').length > 0);
  const policy = textOf(spec, 'externalTrafficPolicy');
  if (!isOutside && policy !== '') {
    const why = 'may only be set for externally-accessible services';
    problems.invalid('spec.externalTrafficPolicy', policy, why);
  }
  if (isOutside) oneOf(problems, 'spec.externalTrafficPolicy', policy, ['Cluster', 'Local'], 'required');
  oneOf(problems, 'spec.internalTrafficPolicy', spec.internalTrafficPolicy, ['Cluster', 'Local']);
  const distributions = ['PreferClose', 'PreferSameNode', 'PreferSameZone'];
  oneOf(problems, 'spec.trafficDistribution', spec.trafficDistribution, distributions);
}

export function checkServiceUpdate(service: JsonObject, old: JsonObject, problems: Problems): void {
  const next = objectAt(service, 'spec') ?? {};
  const before = objectAt(old, 'spec') ?? {};
  if (next.type === 'ExternalName' || before.type === 'ExternalName') return;
  const had = arrayAt(before, 'clusterIPs');
  const has = arrayAt(next, 'clusterIPs');
  if (had.length > 0 && had[0] !== has[0]) problems.invalid('spec.clusterIPs[0]', has, 'may not change once set');
  const families = arrayAt(before, 'ipFamilies');
  if (families.length > 0 && families[0] !== arrayAt(next, 'ipFamilies')[0]) {
    problems.invalid('spec.ipFamilies[0]', arrayAt(next, 'ipFamilies'), 'may not change once set');
  }
  if (
    next.type === 'LoadBalancer' &&
    before.type === 'LoadBalancer' &&
    next.loadBalancerClass !== before.loadBalancerClass
  ) {
    problems.invalid('spec.loadBalancerClass', next.loadBalancerClass ?? null, 'may not change once set');
  }
}
