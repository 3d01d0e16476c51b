/** The same as one would write it with node:http. Arguments are the subscribers' URL and how many there are. Its port on the first line. */
import { Agent, createServer, type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TYPE } from './lanes.ts';

const [subscriber = '', count = '1'] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: 100, maxFreeSockets: 100 });
const urls = Array.from({ length: Number(count) }, (_, index) => new URL(`${subscriber}${index}`));

const server = createServer((incoming, response) => {
  const chunks: Buffer[] = [];
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
  incoming.on('end', () => {
    const { headers } = incoming;
    const isEvent = headers['ce-specversion'] === '1.0' && headers['ce-id'] !== undefined;
    response.writeHead(isEvent ? 202 : 400, { 'content-length': 0 }).end();
    if (!isEvent || headers['ce-type'] !== TYPE) return;
    const body = Buffer.concat(chunks);
    const onward = { ...eventHeaders(headers), 'content-length': body.length };
    for (const url of urls) {
      const outgoing = request(url, { method: 'POST', agent, headers: onward }, (answer) => {
        if (answer.statusCode !== 200) throw new Error(`a subscriber answered ${answer.statusCode}`);
        answer.resume();
      });
      outgoing.end(body);
    }
  });
});

function eventHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const kept: Record<string, string> = { prefer: 'reply', 'ce-knativearrivaltime': new Date().toISOString() };
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value === 'string' && (name.startsWith('ce-') || name === 'content-type')) kept[name] = value;
  }
  return kept;
}

server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
process.stdin.resume().on('end', () => process.exit(0));
