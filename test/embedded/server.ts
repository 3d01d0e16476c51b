/**
 * The embedded API server as a process of its own. It writes where it is into its folder, and runs until it is ended.
 *
 *   node test/embedded/server.ts FOLDER KUBECTL
 */
import { renameSync } from 'node:fs';
import path from 'node:path';
import { startApiServer } from '../../src/platform/apiserver/start.ts';
import { knativeValidation } from '../../src/platform/knative/validation.ts';
import { writeAddress } from '../../tools/controlplane/controlPlane.ts';

const [folder, kubectlBinary] = process.argv.slice(2);
if (folder === undefined || kubectlBinary === undefined) throw new Error('usage: server.ts FOLDER KUBECTL');

const told = (level: string) => (details: object, message: string) => {
  process.stderr.write(`${level} ${message} ${JSON.stringify(details)}\n`);
};
const log = { debug: () => {}, info: () => {}, warn: told('warn'), error: told('error') };
// where no Knative runs it is asked by weir up, too
const validators = [knativeValidation];
const { url, ca, token, kubeconfig } = await startApiServer({
  folder: path.join(folder, 'apiserver'),
  log,
  validators,
});
const file = writeAddress({ server: url, ca, token, kubeconfig, folder, kubectlBinary });
// whoever waits for the file must not see half of it
renameSync(file, path.join(folder, 'address.json'));
