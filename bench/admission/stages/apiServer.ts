/** What a request to a real API server takes with nothing that judges, with what the API server has itself, and with Weir. */
import { join } from 'node:path';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import type { Api } from '../../../tools/controlplane/kubernetes/api.ts';
import { until } from '../../../tools/controlplane/process/wait.ts';
import { type OwnControlPlane, startControlPlane } from '../../../tools/controlplane/start.ts';
import { dryRunPath, namespaceOf, nativePolicy, serviceKind, webhookConfiguration } from '../apiserver/objects.ts';
import { writeRequests } from '../load/job.ts';
import { type Measured, send } from '../load/send.ts';
import { floor, weir } from '../servers/contenders.ts';
import { type Server, startServer } from '../servers/server.ts';
import { LONGEST_SECONDS } from '../sizes.ts';
import { load, median, table } from '../table.ts';
import { shareOfBreaches } from '../workload/reviews.ts';
import { authored } from '../workload/services.ts';
import { placeIn, type Stage } from './stage.ts';

const EFFECTIVE_SECONDS = 30;

/** By the label of its namespace; each stands beside the others on the same API server. */
interface Way {
  readonly name: string;
  readonly does: string;
  readonly judges: boolean;
  readonly runs: Measured[];
}

const NONE = 'none';

export async function compareOnApiServer(stage: Stage): Promise<void> {
  let cluster: OwnControlPlane;
  try {
    cluster = await startControlPlane();
  } catch (error) {
    stage.print(`the API server is left out: ${error instanceof Error ? error.message : String(error)}`);
    return;
  }
  const servers: Server[] = [];
  try {
    const ways = await register(stage, cluster.api, servers);
    for (const way of ways) await measure(stage, cluster, way);
    for (const way of ways) way.runs.length = 0;
    for (let round = 1; round <= stage.sizes.rounds; round++) {
      for (const way of ways) {
        stage.progress(
          `API server, round ${round} of ${stage.sizes.rounds}: ${way.name}; load of the machine ${load()}`,
        );
        await measure(stage, cluster, way);
      }
    }
    report(stage, ways);
  } finally {
    for (const server of servers) await server.stop();
    await cluster.stop();
  }
}

async function register(stage: Stage, api: Api, servers: Server[]): Promise<Way[]> {
  const { ca } = stage.certificates;
  const start = async (server: Server) => {
    servers.push(server);
    return `https://127.0.0.1:${server.port}`;
  };
  const fixed = await start(await startServer(floor(await placeIn(stage))));
  const judging = await start(await startServer(weir(await placeIn(stage))));

  const registrations = '/apis/admissionregistration.k8s.io/v1';
  const validating = `${registrations}/validatingwebhookconfigurations`;
  const mutating = `${registrations}/mutatingwebhookconfigurations`;
  await api.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', serviceKind());
  const webhook = (way: string, url: string) =>
    api.create(validating, webhookConfiguration('ValidatingWebhookConfiguration', { way, url, ca }));
  await webhook('floor', `${fixed}/`);
  await webhook('weir', `${judging}/validate/prod`);
  await webhook('both', `${judging}/validate/prod`);
  const filling = { way: 'both', url: `${judging}/mutate/prod`, ca };
  await api.create(mutating, webhookConfiguration('MutatingWebhookConfiguration', filling));
  const [policy = {}, binding = {}] = nativePolicy('native');
  await api.create(`${registrations}/validatingadmissionpolicies`, policy);
  await api.create(`${registrations}/validatingadmissionpolicybindings`, binding);

  const ways: Way[] = [
    { name: NONE, does: 'nothing judges', judges: false, runs: [] },
    { name: 'native', does: 'ValidatingAdmissionPolicy, 10 checks in CEL', judges: true, runs: [] },
    { name: 'floor', does: 'a webhook that allows everything', judges: false, runs: [] },
    { name: 'weir', does: "Weir's /validate/prod", judges: true, runs: [] },
    { name: 'both', does: "Weir's /mutate/prod, then /validate/prod", judges: true, runs: [] },
  ];
  for (const way of ways) {
    await api.create('/api/v1/namespaces', namespaceOf(way.name));
    await untilEffective(api, way);
  }
  return ways;
}

/** A configuration is taken up within a second or so. */
async function untilEffective(api: Api, { name, judges }: Way): Promise<void> {
  const wrong = inNamespace(authored(0, 1, 'max-scale'), name);
  await until(`${name} takes effect`, { seconds: EFFECTIVE_SECONDS }, async () => {
    const { status } = await api.ask('POST', dryRunPath(name), wrong);
    return judges ? status === 403 || status === 422 : status === 201;
  });
}

async function measure({ folder, sizes, workload }: Stage, cluster: OwnControlPlane, way: Way): Promise<void> {
  const { server, ca, token } = cluster;
  const file = join(folder, `${way.name}.requests`);
  const path = dryRunPath(way.name);
  writeRequests(
    file,
    workload.complete.map((service) => {
      return { path, body: Buffer.from(JSON.stringify(inNamespace(service, way.name))) };
    }),
  );
  const measured = await send({
    target: { port: Number(new URL(server).port), ca, headers: { authorization: `Bearer ${token}` } },
    source: { file },
    // one after another: what a request takes, and not what waits for the API server's own work
    connections: 1,
    pace: { loop: 'closed', count: sizes.apiServerRequests, seconds: LONGEST_SECONDS },
    seed: 1,
  });
  if (measured.oddity !== undefined) throw new Error(`the API server answered ${measured.oddity}`);
  if (measured.lost > 0) throw new Error(`the API server left ${measured.lost} requests without an answer`);
  way.runs.push(measured);
}

function inNamespace(service: JsonObject, way: string): JsonObject {
  const metadata = service.metadata;
  return { ...service, metadata: { ...(typeof metadata === 'object' ? metadata : {}), namespace: `bench-${way}` } };
}

function report({ print, sizes }: Stage, ways: readonly Way[]): void {
  const figures = ways.map(({ name, does, runs }) => {
    const of = (figure: (run: Measured) => number) => median(runs.map(figure));
    const refused = ({ statuses, answered }: Measured) => 1 - (statuses['201'] ?? 0) / answered;
    return { name, does, p50: of(({ p50 }) => p50), p99: of(({ p99 }) => p99), refused: of(refused) };
  });
  const least = figures.find(({ name }) => name === NONE);
  const rows = figures.map(({ name, does, p50, p99, refused }) => [
    name,
    p50.toFixed(2),
    (p50 - (least?.p50 ?? Number.NaN)).toFixed(2),
    p99.toFixed(2),
    (p99 - (least?.p99 ?? Number.NaN)).toFixed(2),
    `${(refused * 100).toFixed(0)} %`,
    does,
  ]);
  const head = ['on the API server', 'p50 ms', 'more', 'p99 ms', 'more', 'denied', 'what judges'];
  print(
    `creates of a Service with dryRun=All, ${sizes.apiServerRequests} one after another, ${(shareOfBreaches() * 100).toFixed(0)} % of them in breach`,
  );
  print(`${table(head, rows)}\n`);
}
