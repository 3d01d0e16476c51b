import type { Scenario } from '../scenario.ts';
import { autoscalers } from './autoscalers.ts';
import { collections } from './collections.ts';
import { configMaps } from './configMaps.ts';
import { coordination } from './coordination.ts';
import { custom } from './custom.ts';
import { discovery } from './discovery.ts';
import { events } from './events.ts';
import { life } from './life.ts';
import { others } from './others.ts';
import { rehearsals } from './rehearsals.ts';
import { requests } from './requests.ts';
import { rights } from './rights.ts';
import { scales } from './scales.ts';
import { unchanged } from './unchanged.ts';
import { versions } from './versions.ts';
import { views } from './views.ts';
import { workloads } from './workloads.ts';

export const SCENARIOS: readonly Scenario[] = [
  // before any story brings kinds of its own
  ...discovery,
  ...configMaps,
  ...requests,
  ...workloads,
  ...life,
  ...collections,
  ...rehearsals,
  ...unchanged,
  ...coordination,
  ...events,
  ...others,
  ...custom,
  ...versions,
  ...rights,
  ...scales,
  ...autoscalers,
  ...views,
];
