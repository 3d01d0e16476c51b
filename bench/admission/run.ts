/** `npm run bench:admission`: the admission server beside a floor, OPA and the API server's own means, as ratios of one run. */
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { JsonObject, JsonValue } from '../../src/kubernetes/json.ts';
import { writeRequests } from './load/job.ts';
import { type CertificateFiles, writeCertificate } from './servers/certificate.ts';
import { buildOpa, weir } from './servers/contenders.ts';
import { isPinned, startServer } from './servers/server.ts';
import { FULL, QUICK, RATE } from './sizes.ts';
import { compareOnApiServer } from './stages/apiServer.ts';
import { compare } from './stages/compare.ts';
import { attack } from './stages/hostile.ts';
import { watchMemory } from './stages/memory.ts';
import { placeIn, type Stage } from './stages/stage.ts';
import { load } from './table.ts';
import { makeWorkload, meanSize, requestsFor, SERVICES, type Workload } from './workload/reviews.ts';
import { kindsOfSettings } from './workload/services.ts';

const STAGES = ['compare', 'memory', 'hostile', 'apiserver'] as const;
const USAGE = `usage: npm run bench:admission -- [--quick] [--only ${STAGES.join('|')}]
  --quick   few reviews: to see that everything works, not for figures
  --only    one stage; may be given again
`;

const { values } = parseArgs({
  options: { quick: { type: 'boolean' }, help: { type: 'boolean' }, only: { type: 'string', multiple: true } },
});
const chosen = values.only ?? STAGES;
if (values.help === true || chosen.some((name) => !STAGES.some((stage) => stage === name))) {
  process.stderr.write(USAGE);
  process.exit(values.help === true ? 0 : 2);
}
process.on('SIGINT', () => process.exit(130));
process.on('SIGTERM', () => process.exit(143));

const folder = mkdtempSync(join(tmpdir(), 'weir-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
await run();

async function run(): Promise<void> {
  const sizes = values.quick === true ? QUICK : FULL;
  const certificates = writeCertificate(folder);
  progress(`asking Weir for what it fills in for ${SERVICES} Services`);
  const workload = await workloadFrom(certificates);
  const stage: Stage = { folder, certificates, sizes, workload, files: filesOf(workload), print, progress };

  const { validate } = workload;
  print(
    `${SERVICES} reviews of Knative Services with settings of ${kindsOfSettings(SERVICES)} kinds, half of them updates, ${(meanSize(validate) / 1000).toFixed(1)} kB each, one in five denied; ` +
      `${sizes.rounds} round${sizes.rounds === 1 ? '' : 's'} of ${sizes.seconds} s at ${RATE}/s and ${sizes.seconds} s at full speed; medians; ` +
      `${isPinned ? 'server and generator on a core each' : `all of ${cpus().length} cores`}; load of the machine ${load()}\n`,
  );
  if (chosen.includes('compare')) {
    const problem = buildOpa();
    await compare(stage, problem === undefined);
    if (problem !== undefined) print(`${problem}\n`);
  }
  if (chosen.includes('memory')) await watchMemory(stage);
  if (chosen.includes('hostile')) await attack(stage);
  if (chosen.includes('apiserver')) await compareOnApiServer(stage);
}

async function workloadFrom(certificates: CertificateFiles): Promise<Workload> {
  const server = await startServer(weir(await placeIn({ folder, certificates })));
  try {
    return await makeWorkload((review) => ask(server.port, certificates.ca, review));
  } finally {
    await server.stop();
  }
}

function ask(port: number, ca: string, review: JsonObject): Promise<JsonValue> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, ca, path: '/mutate/prod', method: 'POST' }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve(JSON.parse(text)));
    });
    sent.on('error', reject);
    sent.end(JSON.stringify(review));
  });
}

function filesOf({ validate, mutate }: Workload): Stage['files'] {
  const file = (name: string) => join(folder, `${name}.requests`);
  const files = { validate: file('validate'), mutate: file('mutate'), both: file('both'), root: file('root') };
  const validating = requestsFor('/validate/prod', validate);
  const mutating = requestsFor('/mutate/prod', mutate);
  writeRequests(files.validate, validating);
  writeRequests(files.mutate, mutating);
  writeRequests(
    files.both,
    mutating.flatMap((each, index) => [each, validating[index] ?? each]),
  );
  writeRequests(files.root, requestsFor('/', validate));
  return files;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}
