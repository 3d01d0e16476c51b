/**
 * What Knative itself would refuse at the sync, said at the commit. These rules deny in every environment and cannot be
 * turned off; a value that they refuse is left alone by every other rule.
 */
import { onSettings, type Rule } from '../../engine/rule.ts';
import { eventing } from './eventing.ts';
import { autoscaling, containers, mapping, metadata, schema, timeouts, traffic, unknownField } from './rules.ts';

export const knativeRules: readonly Rule[] = [
  ...onSettings([schema, unknownField, metadata, autoscaling, timeouts, containers, traffic]),
  mapping,
  eventing,
];
