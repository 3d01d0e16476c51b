/** Writes what overlays/components/monitoring installs: rules, targets and dashboards, for a Prometheus with and without its operator. */
import { readFileSync } from 'node:fs';
import { DASHBOARDS } from '../monitoring/dashboards/all.ts';
import { dashboardJson } from '../monitoring/dashboards/json.ts';
import { RULES } from '../monitoring/rules/all.ts';
import { spelled } from '../monitoring/rules/rule.ts';
import { metadataOf, podMonitor, scrapeConfig, TARGETS } from '../monitoring/targets.ts';
import { yamlOf } from '../monitoring/yaml.ts';
import { withAlerts } from './alertsTable.ts';
import { writeGenerated } from './generated.ts';

const FOLDER = 'overlays/components/monitoring';

for (const [name, groups] of Object.entries(RULES)) {
  const spec = { groups: groups.map((group) => ({ name: group.name, rules: group.rules.map(spelled) })) };
  const rule = {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: metadataOf(`${name}-rules`),
    spec,
  };
  writeGenerated(`${FOLDER}/rules-${name}.yaml`, yamlOf([rule], 'For the Prometheus operator.'));
  writeGenerated(
    `${FOLDER}/plain/${name}.rules.yaml`,
    yamlOf([spec], 'For a Prometheus without operator: rule_files.'),
  );
}
writeGenerated(`${FOLDER}/pod-monitors.yaml`, yamlOf(TARGETS.map(podMonitor), 'For the Prometheus operator.'));
writeGenerated(
  `${FOLDER}/plain/scrape.yaml`,
  yamlOf([{ scrape_configs: TARGETS.map(scrapeConfig) }], 'For a Prometheus without operator: scrape_config_files.'),
);
for (const dashboard of DASHBOARDS) {
  writeGenerated(`${FOLDER}/dashboards/${dashboard.name}.json`, dashboardJson(dashboard));
}
writeGenerated('docs/monitoring.md', withAlerts(readFileSync('docs/monitoring.md', 'utf8')));
