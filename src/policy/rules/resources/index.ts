/** What containers and services may use. */
import { onSettings, type Rule } from '../../engine/rule.ts';
import { budget } from './budget.ts';
import { limits } from './limits.ts';
import { limitToRequest } from './limitToRequest.ts';
import { requestAboveLimit } from './requestAboveLimit.ts';
import { requests } from './requests.ts';

export const resourcesRules: readonly Rule[] = onSettings([
  requests,
  limits,
  requestAboveLimit,
  limitToRequest,
  budget,
]);
