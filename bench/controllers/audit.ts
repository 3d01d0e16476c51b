/** Fifty thousand objects and more, audited, beside the least that reading them takes. */
import { auditController } from '../../controllers/audit/controller.ts';
import { declaredBy } from '../../controllers/manager/declared.ts';
import { collectionPath, query } from '../../src/kubernetes/client/resource.ts';
import { arrayAt, isObject, type JsonObject, stringAt } from '../../src/kubernetes/json.ts';
import { loadPolicies } from '../../src/policy/load/load.ts';
import { type Bench, type Figures, POLICIES } from './bench.ts';
import type { Controllers } from './process.ts';
import { AT_ONCE, pages } from './stage.ts';
import * as workload from './workload.ts';

const REPORTS = '/apis/wgpolicyk8s.io/v1alpha2/policyreports';
/** As the controllers' client asks. */
const PAGE = 100;

export async function benchAudit(bench: Bench): Promise<Figures> {
  const { loader, sizes, tell } = bench;
  tell(`making ${sizes.others * 4} other objects, of which one in ten breaks a rule`);
  await loader.all(workload.others(sizes), AT_ONCE * 2);

  tell('reading them');
  const lists = await listsOfTheAudit();
  const beganReading = performance.now();
  const read = (await Promise.all(lists.map((list) => readAll(bench, list)))).flat();
  const reading = (performance.now() - beganReading) / 1000;

  tell('auditing them');
  const began = performance.now();
  const controllers = await bench.start(['audit'], new Date());
  try {
    const start = (performance.now() - began) / 1000;
    const [{ secondsToTell, posts, writes }, judging] = await Promise.all([
      bench.untilQuiet(controllers),
      untilItJudges(controllers),
    ]);
    const sizesOfReports: number[] = [];
    for await (const each of pages(loader, REPORTS)) sizesOfReports.push(JSON.stringify(each).length);
    const total = sizesOfReports.reduce((sum, size) => sum + size, 0);
    return {
      'objects read': read.length,
      'reading, s': reading,
      'audit with its start, s': start + secondsToTell,
      'of these until it judges, s': start + judging.seconds,
      'CPU s until it judges': judging.cpuSeconds,
      'reports written': posts + writes,
      'reports, MiB': total / 2 ** 20,
      'the largest, KiB': Math.max(0, ...sizesOfReports) / 1024,
      'audit, CPU s': controllers.cpuSeconds(),
      'audit, peak MiB': controllers.peakMiB(),
    };
  } finally {
    await controllers.stop();
  }
}

const LOOK_MS = 250;

/** Its caches are complete, and it begins. */
async function untilItJudges(controllers: Controllers): Promise<{ seconds: number; cpuSeconds: number }> {
  const began = performance.now();
  while ((await controllers.metric('controller_runtime_reconcile_total')) === 0) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return { seconds: (performance.now() - began) / 1000, cpuSeconds: controllers.cpuSeconds() };
}

interface List {
  readonly path: string;
  readonly selection: Readonly<Record<string, string | undefined>>;
  readonly keep: (object: JsonObject) => JsonObject;
}

/** The very lists with which the audit begins, as it says of itself, and what it keeps of each object. */
async function listsOfTheAudit(): Promise<List[]> {
  const { policies } = await loadPolicies(POLICIES, POLICIES);
  const { follows } = declaredBy(auditController(), {
    policyFor: (environment) => policies.get(environment),
    environments: () => [...policies.keys()],
    hash: () => '',
    onChange: () => () => {},
  });
  return follows.map(({ resource, namespace, fieldSelector, labelSelector, keep = (object) => object }) => ({
    path: collectionPath(resource, namespace),
    selection: { fieldSelector, labelSelector },
    keep,
  }));
}

/** All at once as the audit does, page by page: asked for, parsed, and what an audit keeps of it kept. */
async function readAll({ loader }: Bench, { path, selection, keep }: List): Promise<JsonObject[]> {
  const objects: JsonObject[] = [];
  for (let from: string | undefined; ; ) {
    const answer = await loader
      .ask({ method: 'GET', path: path + query({ ...selection, limit: PAGE, continue: from }) })
      .catch(unlessUnserved);
    if (answer === undefined) return objects;
    const page = JSON.parse(answer);
    for (const item of arrayAt(page, 'items')) if (isObject(item)) objects.push(keep(item));
    from = stringAt(page, 'metadata', 'continue');
    if (from === undefined || from === '') return objects;
  }
}

/** A kind that is not installed has no objects. */
function unlessUnserved(error: unknown): undefined {
  if (!String(error).includes(': 404 ')) throw error;
}
