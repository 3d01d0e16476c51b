/** A dashboard as Grafana imports it (schema 39, which Grafana 10.4 and later read). */
import type { Dashboard, Panel, Variable } from './dashboard.ts';

const WIDTH = 24;
const HEIGHT = { lines: 8, stat: 4, bars: 8 } as const;
const SOURCE = { type: 'prometheus', uid: '$' + '{datasource}' } as const;

export function dashboardJson(dashboard: Dashboard): string {
  const { name, title, says, variables } = dashboard;
  const page = {
    uid: `weir-${name}`,
    title,
    description: says,
    tags: ['weir', 'knative'],
    schemaVersion: 39,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh: '30s',
    time: { from: 'now-3h', to: 'now' },
    timezone: 'browser',
    templating: { list: [datasource(), ...variables.map(variableJson)] },
    annotations: { list: [] },
    links: [],
    panels: panelsOf(dashboard),
  };
  return `${JSON.stringify(page, null, 2)}\n`;
}

function datasource(): object {
  return { name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus', refresh: 1, hide: 0 };
}

function variableJson({ name, label, query }: Variable): object {
  return {
    name,
    label,
    type: 'query',
    datasource: SOURCE,
    query: { query, refId: name },
    definition: query,
    refresh: 2,
    sort: 1,
    multi: true,
    includeAll: true,
    allValue: '.*',
    current: { selected: true, text: ['All'], value: ['$__all'] },
    hide: 0,
  };
}

/** Panels flow from left to right; a row of the dashboard begins a new line. */
function panelsOf({ rows }: Dashboard): object[] {
  const placed: object[] = [];
  let y = 0;
  for (const row of rows) {
    placed.push({
      id: placed.length + 1,
      type: 'row',
      title: row.title,
      collapsed: false,
      panels: [],
      gridPos: { x: 0, y, w: WIDTH, h: 1 },
    });
    y += 1;
    let x = 0;
    let height = 0;
    for (const panel of row.panels) {
      const w = panel.width ?? 8;
      const h = HEIGHT[panel.as ?? 'lines'];
      if (x + w > WIDTH) {
        x = 0;
        y += height;
        height = 0;
      }
      placed.push({ id: placed.length + 1, gridPos: { x, y, w, h }, ...panelJson(panel) });
      x += w;
      height = Math.max(height, h);
    }
    y += height;
  }
  return placed;
}

function panelJson(panel: Panel): object {
  const { title, says, queries, unit, as } = panel;
  return {
    type: as === undefined ? 'timeseries' : as === 'stat' ? 'stat' : 'bargauge',
    title,
    description: says,
    datasource: SOURCE,
    targets: queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + index),
      datasource: SOURCE,
      expr,
      legendFormat: legend,
      ...(as === undefined ? { range: true } : { instant: true }),
    })),
    fieldConfig: { defaults: { unit, min: 0, ...thresholds(panel) }, overrides: [] },
    options: optionsOf(as),
  };
}

function thresholds({ limit }: Panel): object {
  if (limit === undefined) return {};
  const steps = [
    { color: 'green', value: null },
    { color: 'red', value: limit },
  ];
  return { thresholds: { mode: 'absolute', steps }, custom: { thresholdsStyle: { mode: 'line' } } };
}

function optionsOf(as: Panel['as']): object {
  const reduceOptions = { calcs: ['lastNotNull'], fields: '', values: false };
  if (as === 'stat') return { reduceOptions, colorMode: 'value', graphMode: 'none', textMode: 'auto' };
  if (as === 'bars') return { reduceOptions, displayMode: 'basic', orientation: 'horizontal', showUnfilled: true };
  return { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } };
}
