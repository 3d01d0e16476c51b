/**
 * The kinds whose pods are filled in: what Knative runs.
 *
 * At the API, Weir's webhook sees these kinds, so that what Git says and what runs stay the same. A Deployment, a CronJob
 * or a ScaledJob beside them passes no webhook of Weir's (other controllers own what they make of it), and a value that
 * only `weir check` imagined would never reach the cluster: there what is missing is a finding of the rule, and its fix
 * writes what would have been filled in here (docs/adr/0006-what-knative-runs-is-filled-in.md).
 */
import { configuration, containerSource, type Kind, knativeService } from '../../kubernetes/kinds.ts';

export const filledKinds: readonly Kind[] = [knativeService, configuration, containerSource];
