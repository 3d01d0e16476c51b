/** How services answer: timeouts, probes and traffic. Visibility is the network family's. */
import { onSettings, type Rule } from '../../engine/rule.ts';
import { probePort } from './probePort.ts';
import { probes } from './probes.ts';
import { probeTiming } from './probeTiming.ts';
import { progressive } from './progressive.ts';
import { misplacedRolloutDuration, rolloutDuration } from './rolloutDuration.ts';
import { idleTimeout, responseStartTimeout, timeout } from './timeouts.ts';
import { trafficStep } from './trafficStep.ts';
import { unknownRevision } from './unknownRevision.ts';

export const servingRules: readonly Rule[] = [
  ...onSettings([timeout, responseStartTimeout, idleTimeout, probes, probePort, probeTiming]),
  ...onSettings([trafficStep], 'settings, and the change'),
  unknownRevision,
  progressive,
  ...onSettings([rolloutDuration, misplacedRolloutDuration]),
];
