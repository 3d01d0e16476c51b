/** What a rule file of Prometheus is made of. Names and fields are Prometheus' own (prometheus/prometheus model/rulefmt). */

export interface Recording {
  readonly record: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface Alert {
  /** Its runbook is docs/runbooks/<alert>.md. */
  readonly alert: string;
  readonly expr: string;
  /** How long it has to hold before anybody is told, such as `5m`. */
  readonly for: string;
  /** `critical` wakes somebody up, `warning` waits for the morning. */
  readonly severity: 'critical' | 'warning';
  /** One line, with the labels that say where. */
  readonly summary: string;
  /** What it means, and what would be right. */
  readonly description: string;
}

export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly (Recording | Alert)[];
}

/** Where the runbooks are read; whoever keeps them elsewhere changes this line and runs `npm run generate`. */
export const RUNBOOKS = 'https://github.com/weir-dev/weir/blob/main/docs/runbooks';

export function isAlert(rule: Recording | Alert): rule is Alert {
  return 'alert' in rule;
}

export function runbookOf(alert: string): string {
  return `${RUNBOOKS}/${alert}.md`;
}

/** A rule as a rule file spells it. */
export function spelled(rule: Recording | Alert): Readonly<Record<string, unknown>> {
  if (!isAlert(rule)) return { ...rule };
  const { alert, expr, severity, summary, description } = rule;
  return {
    alert,
    expr,
    for: rule.for,
    labels: { severity },
    annotations: { summary, description, runbook_url: runbookOf(alert) },
  };
}
