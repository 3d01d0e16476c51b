/** What stands behind every contender: a program that answers a hundred bytes. Its port on the first line. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const BODY = 'x'.repeat(100);

const server = createServer((_request, response) => {
  response.setHeader('Content-Type', 'text/plain');
  response.end(BODY);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
process.stdin.resume().on('end', () => process.exit(0));
