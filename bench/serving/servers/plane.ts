/** The way of a request alone, before the program on the port that is its argument. Its port on the first line. */
import { startPlane } from '../../../src/platform/network/start.ts';
import { HOST } from '../host.ts';

const key = 'bench/hello-00001';
const { plane, port } = await startPlane();
plane.setRevision(key, {
  containerConcurrency: 0,
  timeoutSeconds: 300,
  responseStartTimeoutSeconds: undefined,
  idleTimeoutSeconds: undefined,
  protocol: 'http1',
});
plane.setInstances(key, [{ uid: 'bench', port: Number(process.argv[2]) }]);
plane.setProxied(key, process.argv[3] === 'proxied');
plane.setRoutes([{ host: HOST, isClusterLocal: false, splits: [{ revision: key, percent: 100 }], tags: new Map() }]);
process.stdout.write(`${port}\n`);
process.stdin.resume().on('end', () => process.exit(0));
