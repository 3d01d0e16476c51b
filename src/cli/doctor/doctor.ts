/** `weir doctor`: whether Weir and Knative can work in a cluster. */
import { examineCluster } from '../../doctor/cluster/examine.ts';
import { withCluster } from '../cluster.ts';
import type { CommandContext } from '../command.ts';
import { outputFormat } from '../outputFormat.ts';
import { type ClusterDoctorOptions, readClusterFacts } from './clusterFacts.ts';
import { asJson, asText, type Examination, exitCodeOf } from './output.ts';

export interface DoctorOptions extends ClusterDoctorOptions {
  readonly output?: string;
}

const FORMATS = ['text', 'json'] as const;
type Format = (typeof FORMATS)[number];

const HEADINGS = {
  versions: 'Versions',
  definitions: 'Kinds',
  processes: 'Processes',
  webhooks: 'Webhooks',
  certificates: 'Certificates',
  policies: 'Policies',
  namespaces: 'Namespaces',
  ingress: 'Ingress',
  settings: "Knative's settings beside the policies",
  clock: 'Clock',
  rights: 'Rights',
} as const;

export async function doctor(options: DoctorOptions, context: CommandContext): Promise<number> {
  const output = formatOf(options.output);
  const { io } = context;
  const examination = await withCluster(options, io, async (client) => ({
    server: client.name,
    subject: '',
    verdicts: examineCluster(await readClusterFacts(client, options, io)),
    headings: HEADINGS,
    cluster: options,
  }));
  return tell(examination, output, context);
}

/** @throws Failure */
export function formatOf(output = 'text'): Format {
  return outputFormat(output, FORMATS);
}

export function tell(examination: Examination, output: Format, { io, colors }: CommandContext): number {
  io.stdout.write(output === 'json' ? asJson(examination) : asText(examination, colors(io.stdout), io.stdout.columns));
  return exitCodeOf(examination.verdicts);
}
