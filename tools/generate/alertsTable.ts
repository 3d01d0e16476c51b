/** The table of alerts within docs/monitoring.md. */
import { ALERTS } from '../monitoring/rules/all.ts';

const BEGIN = '<!-- alerts: written by tools/generate/monitoring.ts -->\n';
const END = '<!-- end of alerts -->\n';

/** The page with its table written anew. @throws where the page has no place for it */
export function withAlerts(page: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin)
    throw new Error(`docs/monitoring.md has no place for the alerts, between ${BEGIN}and ${END}`);
  const rows = ALERTS.map(
    ({ alert, severity, description, ...rest }) =>
      `| [${alert}](runbooks/${alert}.md) | ${severity} | ${rest.for} | ${description} |\n`,
  );
  const table = `\n| alert | severity | after | what it means |\n| --- | --- | --- | --- |\n${rows.join('')}\n`;
  return `${page.slice(0, begin + BEGIN.length)}${table}${page.slice(end)}`;
}
