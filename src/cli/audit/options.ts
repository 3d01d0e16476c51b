/** The options of `weir audit`, read once. */
import { type OutputTarget, readOutputs } from '../check/options.ts';
import { type RawThresholds, readThresholds, type Thresholds } from '../thresholds.ts';

export interface AuditOptions extends Thresholds {
  /** A kubeconfig file; without it those that kubectl takes. */
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
  /** What is judged; all that are in an environment where none is named. */
  readonly namespaces: readonly string[];
  readonly policies: string | undefined;
  /** Policies of before: only what the others change is told. */
  readonly compare: string | undefined;
  /** The environment by whose policy what is in no namespace is judged. */
  readonly grade: string | undefined;
  readonly outputs: readonly OutputTarget[];
}

/** As commander hands the options over: texts. */
export interface RawAuditOptions extends RawThresholds {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: readonly string[];
  readonly policies?: string;
  readonly compare?: string;
  readonly grade?: string;
  readonly output?: readonly string[];
}

export function readAuditOptions(raw: RawAuditOptions): AuditOptions {
  return {
    kubeconfig: raw.kubeconfig,
    context: raw.context,
    namespaces: raw.namespace ?? [],
    policies: raw.policies,
    compare: raw.compare,
    grade: raw.grade,
    outputs: readOutputs(raw.output ?? ['text']),
    ...readThresholds(raw),
  };
}
