/** What every stage of the benchmark has at hand. */

import { freePorts } from '../../../tools/controlplane/process/ports.ts';
import type { Job, Source } from '../load/job.ts';
import type { CertificateFiles } from '../servers/certificate.ts';
import type { Place } from '../servers/contenders.ts';
import { CONNECTIONS, LONGEST_SECONDS, type Sizes } from '../sizes.ts';
import type { Workload } from '../workload/reviews.ts';

export interface Stage {
  /** Gone after the run. */
  readonly folder: string;
  readonly certificates: CertificateFiles;
  readonly sizes: Sizes;
  readonly workload: Workload;
  /** Files of requests to Weir's two doors and to OPA. */
  readonly files: Readonly<Record<'validate' | 'mutate' | 'both' | 'root', string>>;
  print(text: string): void;
  progress(text: string): void;
}

export async function placeIn({ folder, certificates }: Pick<Stage, 'folder' | 'certificates'>): Promise<Place> {
  const [port = 0] = await freePorts(1);
  return { folder, certificates, port };
}

/** A job of so many requests, one after another on each connection. */
export function closedJob(
  { certificates }: Pick<Stage, 'certificates'>,
  port: number,
  source: Source,
  count: number,
  seed = 1,
): Job {
  return {
    target: { port, ca: certificates.ca, headers: {} },
    source,
    connections: CONNECTIONS,
    pace: { loop: 'closed', count, seconds: LONGEST_SECONDS },
    seed,
  };
}
