/**
 * How Knative's webhooks print what they refuse (knative/pkg apis/field_error.go, Error and merge): what is said of
 * several places is said once, and a path is `spec.containers[0].name`.
 */
import { dotted } from '../kubernetes/pointer.ts';
import type { FieldError } from './fieldError.ts';

/** Of several fields we name all at the object that holds them; Knative gives a path each. */
const LISTED =
  /^(expected exactly one, got (?:neither|both)|expected at least one, got none|Within a single item, cannot set both): (.*)$/;

export function printFieldErrors(errors: readonly FieldError[]): string {
  const merged = new Map<string, { readonly message: string; readonly details: string; readonly paths: Set<string> }>();
  for (const { path, message: said, details = '' } of errors) {
    const [, message = said, fields] = LISTED.exec(said) ?? [];
    const place = dotted(path);
    const paths = fields === undefined ? [place] : fields.split(', ').map((field) => `${place}.${field}`);
    const key = JSON.stringify([message, details]);
    const one = merged.get(key) ?? { message, details, paths: new Set() };
    for (const each of paths) one.paths.add(each);
    merged.set(key, one);
  }
  return [...merged.values()]
    .sort((left, right) => compare(left.message, right.message) || compare(left.details, right.details))
    .map(({ message, details, paths }) => {
      const sentence = `${message}: ${[...paths].sort().join(', ')}`;
      return details === '' ? sentence : `${sentence}\n${details}`;
    })
    .join('\n');
}

function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
