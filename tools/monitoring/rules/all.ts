/** Every rule that is shipped, by the file that it goes to. */

import { deadLetterAlerts } from './deadLetters.ts';
import { derived } from './derived.ts';
import { knativeAlerts } from './knativeAlerts.ts';
import { openCensus } from './opencensus.ts';
import { openTelemetry } from './opentelemetry.ts';
import { type Alert, isAlert, type RuleGroup } from './rule.ts';
import { weirAlerts, weirRecords } from './weir.ts';

export const RULES: Readonly<Record<'knative' | 'weir', readonly RuleGroup[]>> = {
  knative: [openTelemetry, openCensus, derived, knativeAlerts],
  weir: [weirRecords, weirAlerts, deadLetterAlerts],
};

export const ALERTS: readonly Alert[] = Object.values(RULES)
  .flat()
  .flatMap(({ rules }) => rules.filter(isAlert));
