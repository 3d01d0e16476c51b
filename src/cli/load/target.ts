/** Where requests go: an address that is looked up once, and that is this machine unless something else was allowed. */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { Failure, systemReason } from '../failure.ts';

/** Gives all addresses of a name. @throws where there are none */
export type Resolve = (name: string) => Promise<readonly string[]>;

const throughTheSystem: Resolve = async (name) => (await lookup(name, { all: true })).map(({ address }) => address);

/**
 * Names that end in `.localhost` are this machine (RFC 6761, 6.3), whatever a resolver makes of them: by no means all
 * know them.
 *
 * @throws Failure where it is another machine, and may not be
 */
export async function addressOf(url: URL, mayLeave: boolean, resolve: Resolve = throughTheSystem): Promise<string> {
  const name = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (name === 'localhost' || name.endsWith('.localhost')) return '127.0.0.1';
  const addresses = isIP(name) === 0 ? await found(name, resolve) : [name];
  const elsewhere = addresses.find((address) => !isLoopback(address));
  const [first = name] = addresses;
  if (elsewhere === undefined || mayLeave) return first;
  const what = elsewhere === name ? name : `${name} is ${elsewhere}, which`;
  throw new Failure(
    `${what} is another machine, and requests are sent to this one alone; where you may load it, say --allow-remote`,
  );
}

async function found(name: string, resolve: Resolve): Promise<readonly string[]> {
  try {
    return await resolve(name);
  } catch (error) {
    throw new Failure(`${name} leads to no address: ${systemReason(error)}`);
  }
}

function isLoopback(address: string): boolean {
  return /^127\.\d+\.\d+\.\d+$/.test(address) || address === '::1' || /^::ffff:7f[0-9a-f]{2}:/i.test(address);
}
