/** `weir doctor service`: what ails one Knative Service. */
import { examineService } from '../../doctor/service/examine.ts';
import { dns1123LabelErrors } from '../../kubernetes/names.ts';
import { type ClusterOptions, withCluster } from '../cluster.ts';
import type { CommandContext } from '../command.ts';
import { Failure } from '../failure.ts';
import { formatOf, tell } from './doctor.ts';
import { readServiceFacts } from './serviceFacts.ts';

export interface ServiceDoctorOptions extends ClusterOptions {
  readonly namespace?: string;
  readonly output?: string;
}

const HEADINGS = {
  start: 'Does it start?',
  network: 'Can Knative reach it?',
  scale: 'Does it scale?',
  zero: 'Does it go to zero?',
  cold: 'Is its start slow?',
  events: 'Do events arrive?',
  rights: 'Rights',
} as const;

export async function doctorOfService(
  name: string,
  options: ServiceDoctorOptions,
  context: CommandContext,
): Promise<number> {
  const output = formatOf(options.output);
  for (const word of [name, options.namespace ?? 'default']) {
    if (dns1123LabelErrors(word).length > 0)
      throw new Failure(`"${word}" is no name; names have up to 63 lower-case letters, digits and dashes`);
  }
  const { io } = context;
  const examination = await withCluster(options, io, async (client, usual) => {
    const namespace = options.namespace ?? usual;
    const facts = await readServiceFacts(client, namespace, name, io);
    return {
      server: client.name,
      subject: `${name} in ${namespace}`,
      verdicts: examineService(facts),
      headings: HEADINGS,
      cluster: options,
    };
  });
  return tell(examination, output, context);
}
