/** `weir simulate`: a recorded traffic, played to a Service as it is and with other settings beside it. */
import path from 'node:path';
import { autoscalerSettings } from '../../knative/autoscaler/settings.ts';
import { MICROSECOND, parseDuration } from '../../knative/duration.ts';
import { type JsonObject, stringAt } from '../../kubernetes/json.ts';
import { nameOf } from '../../kubernetes/object.ts';
import { oneLine } from '../../report/safeText.ts';
import type { Traffic } from '../../simulate/model.ts';
import { simulate } from '../../simulate/simulate.ts';
import { readTraffic } from '../../simulate/traffic.ts';
import type { CommandContext } from '../command.ts';
import { EXIT, Failure } from '../failure.ts';
import { readRegularFile } from '../input/readFile.ts';
import type { Io } from '../io.ts';
import { outputFormat } from '../outputFormat.ts';
import { draw, type Run } from './draw.ts';
import { jsonOf } from './json.ts';
import { defaultQuery, trafficFrom } from './prometheus.ts';
import { findService } from './service.ts';
import { readVariant, type Variant, withVariant } from './variants.ts';

export interface SimulateOptions {
  /** A file of CSV; either this or `prometheus` is there. */
  readonly trace?: string;
  readonly prometheus?: string;
  readonly query?: string;
  readonly since: string;
  readonly set: readonly string[];
  readonly requestTime: string;
  readonly startTime: string;
  readonly name?: string;
  readonly env?: string;
  readonly policies?: string;
  readonly output: string;
}

const FORMATS = ['text', 'json'] as const;

/** @throws Failure for each thing that cannot be read, with its place */
export async function simulateFile(file: string, options: SimulateOptions, context: CommandContext): Promise<number> {
  const { io } = context;
  const output = outputFormat(options.output, FORMATS);
  const requestTime = secondsOf(options.requestTime, '--request-time');
  const startTime = secondsOf(options.startTime, '--start-time');
  const variants = options.set.map(readVariant);
  const service = await findService(file, options, io);
  const traffic = await trafficFor(service.object, options, io);

  const asItIs: Variant = { label: 'as it is', annotations: {} };
  const runs: Run[] = [asItIs, ...variants].map((variant) => {
    const { annotations, containerConcurrency } = withVariant(service, variant);
    const { config } = service;
    const settings = autoscalerSettings({ annotations, config, containerConcurrency, isReachable: true });
    const workload = { settings, containerConcurrency, requestTime, startTime };
    return { label: variant.label, workload, simulation: simulate(traffic, workload) };
  });

  const title = { name: oneLine(nameOf(service.object)), environment: options.env, requestTime, startTime };
  const { stdout } = io;
  stdout.write(
    output === 'json'
      ? `${JSON.stringify(jsonOf(traffic, runs), null, 2)}\n`
      : draw({ ...title, traffic, runs, columns: stdout.columns, colors: context.colors(stdout) }),
  );
  return EXIT.clean;
}

function secondsOf(text: string, option: string): number {
  const parsed = parseDuration(text);
  if (!parsed.ok || parsed.value <= 0n) {
    throw new Failure(`${option} ${text} is no duration above zero, such as 250ms or 3s`);
  }
  return Number(parsed.value / MICROSECOND) / 1e6;
}

function trafficFor(service: JsonObject, options: SimulateOptions, io: Io): Traffic | Promise<Traffic> {
  const { trace, prometheus } = options;
  if ((trace === undefined) === (prometheus === undefined)) {
    throw new Failure('say where the traffic comes from: either --trace FILE or --prometheus URL');
  }
  if (prometheus === undefined) return trafficOf(trace ?? '', io);
  const namespace = stringAt(service, 'metadata', 'namespace') ?? '';
  const query = options.query ?? defaultQuery(namespace, nameOf(service));
  const since = secondsOf(options.since, '--since');
  const tell = (sentence: string): void => void io.stderr.write(`--prometheus ${oneLine(prometheus)}: ${sentence}\n`);
  return trafficFrom({ url: prometheus, query, since, now: io.now().getTime() }, tell);
}

function trafficOf(file: string, io: Io): Traffic {
  const read = readRegularFile(path.resolve(io.cwd, file));
  if ('problem' in read) throw new Failure(`--trace ${file}: ${read.problem}`);
  const { problems, traffic } = readTraffic(new TextDecoder().decode(read.bytes));
  if (problems === undefined) return traffic;
  throw new Failure(problems.map(({ line, message }) => `${file}:${line}: ${oneLine(message)}`).join('\n'));
}
