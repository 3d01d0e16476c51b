import type { Scenario } from '../scenario.ts';
import { configMaps } from './configMaps.ts';
import { custom } from './custom.ts';
import { life } from './life.ts';
import { requests } from './requests.ts';
import { rights } from './rights.ts';
import { views } from './views.ts';
import { workloads } from './workloads.ts';

export const SCENARIOS: readonly Scenario[] = [
  ...configMaps,
  ...requests,
  ...workloads,
  ...life,
  ...custom,
  ...rights,
  ...views,
];
