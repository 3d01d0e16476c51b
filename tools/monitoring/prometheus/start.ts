/** A Prometheus on this machine, for as long as a test takes. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { arrayAt, isObject, type JsonObject, type JsonValue, stringAt } from '../../../src/kubernetes/json.ts';
import type { Family } from '../../controlplane/process/family.ts';
import { freePorts } from '../../controlplane/process/ports.ts';
import { until } from '../../controlplane/process/wait.ts';

const READY_SECONDS = 60;

export interface Sample {
  readonly labels: JsonObject;
  readonly value: number;
}

export interface Prometheus {
  /** `http://127.0.0.1:9090` */
  readonly address: string;
  /** What an expression gives now; what is no number is left out. @throws with Prometheus' words where it is wrong */
  query(expr: string): Promise<Sample[]>;
  /** `/api/v1/…` */
  get(path: string): Promise<JsonObject>;
}

export interface PrometheusOptions {
  readonly family: Family;
  readonly binary: string;
  readonly folder: string;
  /** As prometheus.yml. */
  readonly config: JsonObject;
}

export async function startPrometheus({ family, binary, folder, config }: PrometheusOptions): Promise<Prometheus> {
  const [port = 0] = await freePorts(1);
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, 'prometheus.json'); // JSON is YAML
  writeFileSync(file, JSON.stringify(config));
  const program = family.start({
    name: 'prometheus',
    command: binary,
    args: [
      `--config.file=${file}`,
      `--storage.tsdb.path=${path.join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
  });
  const address = `http://127.0.0.1:${port}`;
  await until('Prometheus is ready', { seconds: READY_SECONDS, of: program }, async () => {
    return (await fetch(`${address}/-/ready`)).ok;
  });
  const get = async (where: string): Promise<JsonObject> => {
    const answer: JsonValue = JSON.parse(await (await fetch(`${address}/api/v1/${where}`)).text());
    if (!isObject(answer) || answer.status !== 'success') {
      throw new Error(`${where}: ${stringAt(answer, 'error') ?? JSON.stringify(answer)}`);
    }
    return isObject(answer.data) ? answer.data : { list: answer.data ?? [] };
  };
  return {
    address,
    get,
    async query(expr) {
      const { result } = await get(`query?query=${encodeURIComponent(expr)}`);
      return Array.isArray(result) ? result.flatMap(sampleOf) : [];
    },
  };
}

/** `{"metric": {…}, "value": [1690000000, "0.5"]}` */
function sampleOf(series: JsonValue): Sample[] {
  if (!isObject(series) || !isObject(series.metric)) return [];
  const value = Number(arrayAt(series, 'value')[1]);
  return Number.isFinite(value) ? [{ labels: series.metric, value }] : [];
}
