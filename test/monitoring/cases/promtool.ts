/** Cases as promtool reads them (prometheus/prometheus docs/configuration/unit_testing_rules.md). */
import { ALERTS } from '../../../tools/monitoring/rules/all.ts';
import { runbookOf } from '../../../tools/monitoring/rules/rule.ts';
import type { AlertCase } from './case.ts';

export function promtoolTest({ alert, series, fires, clearAt }: AlertCase, ruleFiles: readonly string[]): object {
  const at = (minute: number, exp_alerts: readonly object[]) => ({
    eval_time: `${minute}m`,
    alertname: alert,
    exp_alerts,
  });
  const then = at(clearAt, []);
  return {
    rule_files: ruleFiles,
    evaluation_interval: '1m',
    tests: [
      {
        interval: '1m',
        input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
        alert_rule_test: fires === undefined ? [then] : [at(fires.at, [expected(alert, fires)]), then],
      },
    ],
  };
}

function expected(name: string, { labels, summary }: NonNullable<AlertCase['fires']>): object {
  const alert = ALERTS.find((each) => each.alert === name);
  return {
    exp_labels: { ...labels, severity: alert?.severity },
    exp_annotations: { summary, description: alert?.description, runbook_url: runbookOf(name) },
  };
}
