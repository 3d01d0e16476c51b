/** etcd and kube-apiserver until standard input ends; the arguments and the line are those of embedded.ts. */
import { mkdirSync, readFileSync } from 'node:fs';
import { buildControlPlane } from '../../../tools/controlplane/build/build.ts';
import { startApiServer, urlOf } from '../../../tools/controlplane/kubernetes/apiServer.ts';
import { makeCredentials } from '../../../tools/controlplane/kubernetes/credentials.ts';
import { startEtcd } from '../../../tools/controlplane/kubernetes/etcd.ts';
import { familyIn } from '../../../tools/controlplane/process/family.ts';
import { freePorts } from '../../../tools/controlplane/process/ports.ts';

const [folder = '', durability] = process.argv.slice(2);
const built = await buildControlPlane();
mkdirSync(folder, { recursive: true });
const credentials = makeCredentials(folder);
const family = familyIn(folder);
const [port = 0] = await freePorts(1);

const began = performance.now();
const etcd = await startEtcd({ family, binary: built.pathOf('etcd'), folder, fsync: durability === 'fsync' });
await startApiServer({ family, binary: built.pathOf('kube-apiserver'), port, etcd, credentials, flags: [] });
const milliseconds = performance.now() - began;

const ca = readFileSync(credentials.ca, 'utf8');
process.stdout.write(`${JSON.stringify({ server: urlOf(port), ca, token: credentials.token, milliseconds })}\n`);
process.stdin.resume();
process.stdin.once('end', () => {
  void family.end().then(() => process.exit(0));
});
