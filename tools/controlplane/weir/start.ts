/** Weir beside a control plane to work with by hand. */
import path from 'node:path';
import type { ControlPlane } from '../controlPlane.ts';
import { kubeconfigOf } from '../kubernetes/serviceAccount.ts';
import { type Guarded, startGuarded } from '../process/guarded.ts';
import { freePorts } from '../process/ports.ts';
import { run } from '../process/run.ts';
import { until } from '../process/wait.ts';
import { overlayOutside } from './overlay.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const BUILD_SECONDS = 120;
const ASKED_SECONDS = 90;

/** What to type next: works in a shell that has the two exports, in the root of the checkout. */
export const TRY = `# Weir denies the first one for its min-scale and says how to mend it; the second one is let in, filled in:
kubectl create namespace shop && kubectl label namespace shop weir.dev/environment=prod
kubectl --namespace shop apply -f examples/mistakes/payment.yaml
sed 's/min-scale: "0"/min-scale: "2"/' examples/mistakes/payment.yaml | kubectl --namespace shop apply -f -
`;

/**
 * Applies overlays/prod, and runs the webhook of this checkout with its policies and with the rights of its
 * ServiceAccount. Returns once the API server asks it.
 */
export async function startWeir(controlPlane: ControlPlane): Promise<Guarded> {
  const { kubectl, folder } = controlPlane;
  const env = { PATH: process.env.PATH };
  const built = await run(process.execPath, ['tools/build/index.ts'], { cwd: ROOT, env, seconds: BUILD_SECONDS });
  if (built.code !== 0) throw new Error(`Weir cannot be built: ${built.stderr}`);

  const [port = 0] = await freePorts(1);
  const items = await overlayOutside(controlPlane, { grade: 'prod', port });
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  const { code, stderr } = await kubectl(['apply', '--server-side', '-f', '-'], list);
  if (code !== 0) throw new Error(`kubectl apply of overlays/prod: ${stderr}`);

  const kubeconfig = await kubeconfigOf(controlPlane, { namespace: 'weir-system', name: 'weir-webhook' });
  const webhook = startGuarded({
    name: 'weir webhook',
    command: process.execPath,
    args: [
      path.join(ROOT, 'bin/weir.js'),
      'webhook',
      `--policies=${path.join(ROOT, 'policies')}`,
      `--kubeconfig=${kubeconfig}`,
      `--port=${port}`,
      '--drain-delay=0',
    ],
    log: path.join(folder, 'logs', 'weir-webhook.log'),
  });
  await isAsked(controlPlane, webhook);
  return webhook;
}

/** The API server learns of the certificate by a watch of its own. A dry run with an environment that is none shows it. */
async function isAsked({ api }: ControlPlane, webhook: Guarded): Promise<void> {
  const metadata = { name: 'weir-is-asked', labels: { 'weir.dev/environment': 'nowhere' } };
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata };
  await until('the API server asks Weir', { seconds: ASKED_SECONDS, of: webhook }, async () => {
    const { status, body } = await api.ask('POST', '/api/v1/namespaces?dryRun=All', namespace);
    const words = JSON.stringify(body);
    if (status !== 403 || !words.includes('there is no policy nowhere')) throw new Error(words);
    return true;
  });
}
