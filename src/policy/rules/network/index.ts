import { onSettings, type Rule } from '../../engine/rule.ts';
import { networkAllowAll } from './allowAll.ts';
import { networkCutsOffDns } from './cutsOffDns.ts';
import { networkCutsOffKnative } from './cutsOffKnative.ts';
import { networkDeadSelector } from './deadSelector.ts';
import { networkPolicySelects } from './policySelects.ts';
import { networkVisibility } from './visibility.ts';

export const networkRules: readonly Rule[] = [
  ...onSettings([networkVisibility], 'settings, with names'),
  networkPolicySelects,
  networkDeadSelector,
  networkAllowAll,
  networkCutsOffKnative,
  networkCutsOffDns,
];
