/** A transition of every schedule while somebody cuts every watch once a second. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Bench, Figures } from './bench.ts';
import { startFaultProxy } from './faults/proxy.ts';
import { BEFORE, countHeld } from './stage.ts';
import { HELD, TRANSITION } from './workload.ts';

const EVERY_MS = 1_000;
/** After the cutting has begun. */
const TRANSITION_AFTER_MS = 5_000;

export async function benchWatches(bench: Bench): Promise<Figures> {
  const { cluster, loader, sizes, tell } = bench;
  const proxy = await startFaultProxy({ ...cluster, kubeconfig: path.join(cluster.folder, 'proxy.kubeconfig') });
  const controllers = await bench.start(['schedule'], BEFORE, proxy.kubeconfig);
  try {
    await bench.untilFollowed(controllers);
    tell(`cutting every watch once a second for ${sizes.cutting} s, and a transition of every schedule meanwhile`);
    const lists = sum(proxy.lists);
    const watches = sum(proxy.watches);
    const residents: number[] = [];
    let cuts = 0;
    const began = Date.now();
    let isDue = true;
    while (Date.now() - began < sizes.cutting * 1000) {
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
      cuts += proxy.cutWatches();
      residents.push(controllers.residentMiB());
      if (isDue && Date.now() - began > TRANSITION_AFTER_MS) controllers.setClock(TRANSITION);
      isDue &&= Date.now() - began <= TRANSITION_AFTER_MS;
    }
    const heldThen = await countHeld(loader, HELD);
    if (heldThen < sizes.services) await bench.untilQuiet(controllers);
    for (const line of linesOf(`${proxy.kubeconfig}.controllers.log`)) if (line.includes('listed anew')) tell(line);
    // a cache that is behind is so for as long as a watch may wait to be begun anew
    const held = await bench.untilHeld(HELD);
    return {
      'cutting, watches cut': cuts,
      'cutting, watches begun anew': sum(proxy.watches) - watches,
      'cutting, lists begun': sum(proxy.lists) - lists,
      'cutting, Revisions held at its end': heldThen,
      'cutting, Revisions held after it': held,
      'cutting, MiB at its beginning': residents[0] ?? Number.NaN,
      'cutting, MiB at its end': residents.at(-1) ?? Number.NaN,
      'cutting, peak MiB': controllers.peakMiB(),
    };
  } finally {
    await controllers.stop();
    await proxy.close();
  }
}

/** Of the log that controllers.ts keeps beside its kubeconfig. */
function linesOf(log: string): string[] {
  return readFileSync(log, 'utf8').split('\n');
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, each) => total + each, 0);
}
