/** Weir's overlays on the API server of the tests, which calls a webhook on this machine. */
import { afterAll } from '@jest/globals';
import type { ControlPlane } from '../../tools/controlplane/controlPlane.ts';
import { type OverlayOptions, overlayOutside } from '../../tools/controlplane/weir/overlay.ts';

/**
 * Applies an overlay as one apply, strictly. After the suite its entries are taken away, since those that fail closed
 * would stop the suites that come after; all else may stay, and the next one applies over it.
 *
 * @returns what was applied, as `kubectl -f -` reads it
 */
export async function applyOverlay(controlPlane: ControlPlane, options: OverlayOptions): Promise<string> {
  const { kubectl } = controlPlane;
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: await overlayOutside(controlPlane, options) });
  applied.push(controlPlane);
  const { code, stderr } = await kubectl(['apply', '--server-side', '--validate=strict', '-f', '-'], list);
  if (code !== 0 || stderr !== '') throw new Error(`kubectl apply of ${options.grade}: ${stderr}`);
  return list;
}

const applied: ControlPlane[] = [];
afterAll(async () => {
  for (const controlPlane of new Set(applied)) await removeEntries(controlPlane);
});

/** Leaves all of Weir in place but what the API server asks. */
export async function removeEntries({ kubectl }: ControlPlane): Promise<void> {
  const entries = ['mutatingwebhookconfiguration/defaults.weir.dev', 'validatingwebhookconfiguration/policy.weir.dev'];
  await kubectl(['delete', '--ignore-not-found', ...entries]);
}
