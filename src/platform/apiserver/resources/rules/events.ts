/** Strategies of Events: k8s.io/kubernetes pkg/registry/core/event. */
import { checkCoreEvent, checkEvent, checkEventUpdate } from '../checks/events.ts';
import type { Rules } from '../strategy.ts';

export const coreEventRules: Rules = { check: checkCoreEvent, createsOnUpdate: true };
export const eventRules: Rules = { check: checkEvent, checkUpdate: checkEventUpdate, createsOnUpdate: true };
