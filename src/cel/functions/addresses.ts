/** `ip("10.0.0.1")` and `cidr("10.0.0.0/8")` (k8s.io/apiserver pkg/cel/library/ip.go and cidr.go). */
import { type Address, formatAddress, masked, parseAddress, WIDTHS } from '../values/address.ts';
import { EvaluationFailure, noSuchOverload } from '../values/failure.ts';
import { type CelValue, Foreign } from '../values/value.ts';
import { textArg } from './arguments.ts';
import type { CelFunction } from './function.ts';

class Ip extends Foreign {
  readonly typeName = 'net.IP';
  readonly address: Address;

  constructor(address: Address) {
    super();
    this.address = address;
  }

  override equals(other: Foreign): boolean {
    return other instanceof Ip && formatAddress(other.address) === formatAddress(this.address);
  }
}

class Cidr extends Foreign {
  readonly typeName = 'net.CIDR';
  readonly address: Address;
  readonly prefix: number;

  constructor(address: Address, prefix: number) {
    super();
    this.address = address;
    this.prefix = prefix;
  }

  override equals(other: Foreign): boolean {
    return other instanceof Cidr && other.text === this.text;
  }

  get text(): string {
    return `${formatAddress(this.address)}/${this.prefix}`;
  }

  contains(address: Address): boolean {
    return (
      address.family === this.address.family &&
      masked(address, this.prefix).bits === masked(this.address, this.prefix).bits
    );
  }
}

function parseCidr(text: string): Cidr | undefined {
  const match = /^([^/]+)\/(0|[1-9][0-9]{0,2})$/.exec(text);
  const address = parseAddress(match?.[1] ?? '');
  const prefix = Number(match?.[2]);
  return address === undefined || prefix > WIDTHS[address.family] ? undefined : new Cidr(address, prefix);
}

function needIp(text: string): Ip {
  const address = parseAddress(text);
  if (address !== undefined) return new Ip(address);
  const shown = JSON.stringify(text);
  if (parseAddress(text.replace(/%.*$/s, '')) !== undefined) {
    throw new EvaluationFailure(`IP address ${shown} with zone value is not allowed`);
  }
  if (/^::ffff:[0-9.]+$/i.test(text)) throw new EvaluationFailure(`IPv4-mapped IPv6 address ${shown} is not allowed`);
  const reason = `ParseAddr(${shown}): unable to parse IP`;
  throw new EvaluationFailure(`IP Address ${shown} parse error during conversion from string: ${reason}`);
}

function needCidr(text: string): Cidr {
  const cidr = parseCidr(text);
  if (cidr !== undefined) return cidr;
  throw new EvaluationFailure(
    `network address parse error during conversion from string: invalid CIDR address: ${text}`,
  );
}

function ipArg(args: readonly CelValue[], index: number): Address {
  const value = args[index];
  if (!(value instanceof Ip)) throw noSuchOverload();
  return value.address;
}

function cidrArg(args: readonly CelValue[], index: number): Cidr {
  const value = args[index];
  if (!(value instanceof Cidr)) throw noSuchOverload();
  return value;
}

/** The network that an address is in, by its first bits. */
function isIn(address: Address, v4: string, v6: string): boolean {
  return parseCidr(address.family === 4 ? v4 : v6)?.contains(address) === true;
}

const NEVER = '::ffff:ffff:ffff:ffff/128';

function isMulticast(address: Address): boolean {
  return isIn(address, '224.0.0.0/4', 'ff00::/8');
}

function isLinkLocalUnicast(address: Address): boolean {
  return isIn(address, '169.254.0.0/16', 'fe80::/10');
}

function isGlobalUnicast(address: Address): boolean {
  const isOther = address.bits === 0n || isIn(address, '127.0.0.0/8', '::1/128') || isLinkLocalUnicast(address);
  return !isOther && !isMulticast(address) && !isIn(address, '255.255.255.255/32', NEVER);
}

function question(name: string, holds: (address: Address) => boolean): CelFunction {
  return { name, signatures: [`net.IP.${name}(): bool`], run: (args) => holds(ipArg(args, 0)) };
}

export const ADDRESSES: readonly CelFunction[] = [
  { name: 'ip', signatures: ['ip(string): net.IP'], run: (args) => needIp(textArg(args, 0)) },
  { name: 'isIP', signatures: ['isIP(string): bool'], run: (args) => parseAddress(textArg(args, 0)) !== undefined },
  {
    name: 'ip.isCanonical',
    signatures: ['ip.isCanonical(string): bool'],
    run: (args) => formatAddress(needIp(textArg(args, 0)).address) === textArg(args, 0),
  },
  { name: 'family', signatures: ['net.IP.family(): int'], run: (args) => BigInt(ipArg(args, 0).family) },
  question('isUnspecified', ({ bits }) => bits === 0n),
  question('isLoopback', (address) => isIn(address, '127.0.0.0/8', '::1/128')),
  question('isLinkLocalMulticast', (address) => isIn(address, '224.0.0.0/24', 'ff02::/16')),
  question('isLinkLocalUnicast', isLinkLocalUnicast),
  question('isGlobalUnicast', isGlobalUnicast),
  {
    name: 'string',
    signatures: ['string(net.IP): string', 'string(net.CIDR): string'],
    run: (args) => (args[0] instanceof Cidr ? args[0].text : formatAddress(ipArg(args, 0))),
  },
  { name: 'cidr', signatures: ['cidr(string): net.CIDR'], run: (args) => needCidr(textArg(args, 0)) },
  { name: 'isCIDR', signatures: ['isCIDR(string): bool'], run: (args) => parseCidr(textArg(args, 0)) !== undefined },
  {
    name: 'containsIP',
    signatures: ['net.CIDR.containsIP(string): bool', 'net.CIDR.containsIP(net.IP): bool'],
    run: (args) => {
      const address = typeof args[1] === 'string' ? parseAddress(args[1]) : ipArg(args, 1);
      // Kubernetes has no other words for a text that is no address
      if (address === undefined) throw noSuchOverload();
      return cidrArg(args, 0).contains(address);
    },
  },
  {
    name: 'containsCIDR',
    signatures: ['net.CIDR.containsCIDR(string): bool', 'net.CIDR.containsCIDR(net.CIDR): bool'],
    run: (args) => {
      const other = typeof args[1] === 'string' ? needCidr(args[1]) : cidrArg(args, 1);
      const cidr = cidrArg(args, 0);
      return other.prefix >= cidr.prefix && cidr.contains(other.address);
    },
  },
  { name: 'ip', signatures: ['net.CIDR.ip(): net.IP'], run: (args) => new Ip(cidrArg(args, 0).address) },
  {
    name: 'prefixLength',
    signatures: ['net.CIDR.prefixLength(): int'],
    run: (args) => BigInt(cidrArg(args, 0).prefix),
  },
  {
    name: 'masked',
    signatures: ['net.CIDR.masked(): net.CIDR'],
    run: (args) => {
      const { address, prefix } = cidrArg(args, 0);
      return new Cidr(masked(address, prefix), prefix);
    },
  },
];
