/** The example load of services, put on a server of our own. */
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { run } from '../../../tools/controlplane/process/run.ts';

const hosts: (string | undefined)[] = [];
const server = createServer((request, response) => {
  hosts.push(request.headers.host);
  response.writeHead(hosts.length % 5 === 0 ? 503 : 200).end();
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

describe('examples/load/requests.sh', () => {
  it('asks in a burst, waits, asks once more, and says what came back', async () => {
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const args = [`http://127.0.0.1:${port}`, '19', '4', '0'];
    const env = { PATH: process.env.PATH, HOST: 'cart.shop-dev.example.com' };
    const { code, stdout } = await run('examples/load/requests.sh', args, { env, seconds: 50 });
    expect([code, stdout.replaceAll(/ +/g, ' ')]).toEqual([
      0,
      expect.stringMatching(
        /^burst: 19 requests, 4 at once\n 16 200\n 3 503\npause: 0 s, .*\none request .*\n503 0\.\d+\n$/,
      ),
    ]);
    expect(hosts).toEqual(Array.from({ length: 20 }, () => 'cart.shop-dev.example.com'));
  });
});
