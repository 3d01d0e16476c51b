/** In which form the client wants the answer (k8s.io/apiserver pkg/endpoints/handlers/negotiation/negotiate.go). */
import { Failure, notAcceptable } from '../status/failure.ts';

/** Objects as they are, their metadata alone, or rows of a table. */
export type Form = 'Object' | 'PartialObjectMetadata' | 'Table';

export interface Accepted {
  readonly form: Form;
  /** `v1` or `v1beta1` of meta.k8s.io, for metadata and tables. */
  readonly version: string;
}

const PLAIN: Accepted = { form: 'Object', version: 'v1' };
const JSON_TYPE = 'application/json';
const TAKEN = [JSON_TYPE, 'application/*', '*/*'];

interface Clause {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly quality: number;
}

/** @throws Failure 406 where the client takes no JSON */
export function negotiate(header: string | undefined): Accepted {
  if (header === undefined || header.trim() === '') return PLAIN;
  const clauses = clausesOf(header).filter(({ type }) => TAKEN.includes(type));
  for (const clause of clauses) {
    const accepted = acceptedBy(clause);
    if (accepted !== undefined) return accepted;
  }
  if (clauses.length > 0) throw notAcceptable([JSON_TYPE]);
  const message = `406: Not Acceptable\n\nAvailable representations: ${JSON_TYPE}, ${JSON_TYPE};stream=watch`;
  throw new Failure(406, 'NotAcceptable', message, {});
}

/** The better ones first; of the same quality, those that name more. */
function clausesOf(header: string): Clause[] {
  const clauses = header.split(',').map((part) => {
    const [type = '', ...rest] = part.split(';').map((each) => each.trim());
    const parameters = new Map(
      rest.map((each): [string, string] => {
        const [key = '', value = ''] = each.split('=', 2);
        return [key.trim(), value.trim().replace(/^"(.*)"$/, '$1')];
      }),
    );
    const quality = Number(parameters.get('q') ?? 1);
    return { type: type.toLowerCase(), parameters, quality: Number.isNaN(quality) ? 1 : quality };
  });
  return clauses.filter(({ quality }) => quality > 0).sort((left, right) => right.quality - left.quality);
}

function acceptedBy({ parameters }: Clause): Accepted | undefined {
  const stream = parameters.get('stream') ?? '';
  if (stream !== '' && stream !== 'watch') return undefined;

  const as = parameters.get('as');
  const group = parameters.get('g');
  const version = parameters.get('v');
  if (as === undefined && group === undefined && version === undefined) return PLAIN;
  if (group !== 'meta.k8s.io' || (version !== 'v1' && version !== 'v1beta1')) return undefined;
  if (as === 'Table') return { form: 'Table', version };
  if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') {
    return { form: 'PartialObjectMetadata', version };
  }
  return undefined;
}
