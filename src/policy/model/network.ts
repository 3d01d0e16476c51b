/** `spec.network`: who reaches services. */
import { section, textList } from './bounds.ts';

export interface NetworkRules {
  /** `cluster-local` fills in the visibility label; `public` leaves services reachable from outside. */
  readonly visibility?: { readonly default?: Visibility; readonly allowed?: readonly Visibility[] };
}

export type Visibility = 'cluster-local' | 'public';

const visibility = { enum: ['cluster-local', 'public'] };

export const networkSchema = section('Who reaches services', {
  visibility: section('networking.knative.dev/visibility', {
    default: { ...visibility, description: 'filled in where the author set nothing; public sets no label' },
    allowed: textList('visibilities that services may have', visibility),
  }),
});
