/** Fifty thousand objects and more, audited, beside the least that reading them takes, and that writing the reports does. */
import { type JsonObject, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import type { Call } from '../apiserver/load.ts';
import type { Bench, Figures } from './bench.ts';
import type { Controllers } from './process.ts';
import { readEverything, settle } from './read.ts';
import { serversCpu } from './serversCpu.ts';
import { AT_ONCE, pages } from './stage.ts';
import * as workload from './workload.ts';

const REPORTS = '/apis/wgpolicyk8s.io/v1alpha2/policyreports';

export async function benchAudit(bench: Bench): Promise<Figures> {
  const { loader, sizes, tell } = bench;
  tell(`making ${sizes.others * 4} other objects, of which one in ten breaks a rule`);
  await loader.all(workload.others(sizes), AT_ONCE * 2);

  tell('letting them settle');
  await settle();
  tell('reading them, page by page and as streams');
  const reading = await readEverything(bench);

  tell('auditing them');
  const cpuOfServer = await serversCpu(bench);
  const began = performance.now();
  const controllers = await bench.start(['audit'], new Date());
  try {
    const start = (performance.now() - began) / 1000;
    const [{ secondsToTell, posts, writes }, judging] = await Promise.all([
      bench.untilQuiet(controllers),
      untilItJudges(controllers),
    ]);
    const cpuOfServerInAll = await serversCpu(bench);
    const sizesOfReports: number[] = [];
    const copies: Call[] = [];
    for await (const each of pages(loader, REPORTS)) {
      sizesOfReports.push(JSON.stringify(each).length);
      copies.push(copyOf(each));
    }
    const total = sizesOfReports.reduce((sum, size) => sum + size, 0);
    const writingBegan = performance.now();
    await loader.all(copies, AT_ONCE);
    const writing = (performance.now() - writingBegan) / 1000;
    return {
      'objects read': reading.objects,
      'reading in pages, s': reading.inPages,
      'reading as streams, s': reading.asStreams,
      'reading as streams, CPU s of the API server': reading.asStreamsOfServer,
      'writing the same reports, s': writing,
      'audit, s': secondsToTell,
      'audit with its start, s': start + secondsToTell,
      'of these until it judges, s': start + judging.seconds,
      'CPU s until it judges': judging.cpuSeconds,
      'reports written': posts + writes,
      'reports, MiB': total / 2 ** 20,
      'the largest, KiB': Math.max(0, ...sizesOfReports) / 1024,
      'audit, CPU s': controllers.cpuSeconds(),
      'audit, CPU s of the API server': cpuOfServerInAll - cpuOfServer,
      'audit, peak MiB': controllers.peakMiB(),
    };
  } finally {
    await controllers.stop();
  }
}

/** Another report that says the same. */
function copyOf({ apiVersion, kind, metadata, summary, results }: JsonObject): Call {
  const namespace = stringAt(metadata, 'namespace') ?? '';
  const labels = objectAt(metadata, 'labels') ?? {};
  const body = { apiVersion, kind, metadata: { name: 'copy', namespace, labels }, summary, results };
  const path = `/apis/wgpolicyk8s.io/v1alpha2/namespaces/${namespace}/policyreports`;
  return { method: 'POST', path, body: JSON.stringify(body) };
}

const LOOK_MS = 100;

/** Its caches are complete, and it begins. */
async function untilItJudges(controllers: Controllers): Promise<{ seconds: number; cpuSeconds: number }> {
  const began = performance.now();
  while ((await controllers.metric('controller_runtime_reconcile_total')) === 0) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return { seconds: (performance.now() - began) / 1000, cpuSeconds: controllers.cpuSeconds() };
}
