/**
 * The embedded API server as a process of its own, until standard input ends. Arguments: its folder, then `fsync` where
 * each write is to wait for the disk. Prints one line of JSON once it is ready.
 */
import { setFlagsFromString } from 'node:v8';
import { startApiServer } from '../../../src/platform/apiserver/start.ts';

// as bin/weir.js does for `weir up`
setFlagsFromString('--semi-space-growth-factor=1');
const [folder = '', durability] = process.argv.slice(2);
const server = await startApiServer({ folder, fsync: durability === 'fsync' });
process.stdout.write(`${JSON.stringify({ server: server.url, ca: server.ca, token: server.token })}\n`);
process.stdin.resume();
process.stdin.once('end', () => {
  void server.close().then(() => process.exit(0));
});
