/** `spec.exceptions`: how far PolicyExceptions may go. */
import { section } from './bounds.ts';

export interface ExceptionsPolicy {
  /** Days from now, or from its creation in a cluster, that `until` may be away. */
  readonly longestDays?: number;
}

export const exceptionsSchema = section('How far PolicyExceptions may go', {
  longestDays: { type: 'integer', minimum: 1, description: 'days that an exception may run' },
});
