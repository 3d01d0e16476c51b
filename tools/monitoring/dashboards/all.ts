/** Every dashboard that is shipped. */
import type { Dashboard } from './dashboard.ts';
import { eventing } from './eventing.ts';
import { services } from './services.ts';
import { weir } from './weir.ts';

export const DASHBOARDS: readonly Dashboard[] = [services, eventing, weir];

/** Each query with where it stands, such as `weir: Reviews by verdict`. */
export function queriesOf(dashboard: Dashboard): { where: string; expr: string }[] {
  return dashboard.rows.flatMap(({ panels }) =>
    panels.flatMap(({ title, queries }) => queries.map(({ expr }) => ({ where: `${dashboard.name}: ${title}`, expr }))),
  );
}
