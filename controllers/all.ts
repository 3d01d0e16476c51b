/** Every controller that `weir controller` runs, by the name of its folder. */
import { auditController } from './audit/controller.ts';
import { deadLetters } from './deadLetters/controller.ts';
import { guardRails } from './guardrails/controller.ts';
import type { MakeController } from './manager/controller.ts';
import { Turns } from './minScale/turns.ts';
import { makeRollouts } from './rollout/controller.ts';
import { makeSchedules } from './schedule/controller.ts';
import { type MakeServingOptions, makeServingControllers } from './serving/controllers.ts';

export interface ControllerSettings {
  /** `1.21`: the cluster's Knative Serving, where its definitions do not say. */
  readonly knativeVersion?: string;
  /** The environment by whose policy what is in no namespace is audited. */
  readonly grade?: string;
  /** Brokers of this platform lose no dead letter: no sink is made for an environment. */
  readonly platformKeepsDeadLetters?: boolean;
  /** What runs the code of Revisions, on a platform without Knative; without it every Revision counts as ready. */
  readonly serving?: MakeServingOptions;
}

export interface ControllerEntry {
  /** As `--controllers` names it: that of its folder. */
  readonly name: string;
  /**
   * One folder may hold several controllers that belong together.
   *
   * @param turns of all who hold Revisions at a min-scale
   */
  make(settings: ControllerSettings, turns: Turns): readonly MakeController[];
}

export const CONTROLLERS: readonly ControllerEntry[] = [
  {
    name: 'schedule',
    make: (settings, turns) => [makeSchedules({ turns, ...versionOf(settings) })],
  },
  {
    name: 'rollout',
    make(settings, turns) {
      const observe = settings.serving?.instances?.observe;
      return [makeRollouts({ turns, ...versionOf(settings), ...(observe === undefined ? {} : { observe }) })];
    },
  },
  { name: 'serving', make: ({ serving }) => makeServingControllers(serving) },
  { name: 'guardrails', make: () => [guardRails] },
  {
    name: 'dead-letters',
    make: ({ platformKeepsDeadLetters = false }) => (platformKeepsDeadLetters ? [] : [deadLetters]),
  },
  { name: 'audit', make: ({ grade }) => [auditController(grade === undefined ? {} : { grade })] },
];

function versionOf({ knativeVersion }: ControllerSettings): { readonly knativeVersion?: string } {
  return knativeVersion === undefined ? {} : { knativeVersion };
}

/** @param names all of them where there are none */
export function controllersNamed(
  names: readonly string[] | undefined,
  settings: ControllerSettings,
): readonly MakeController[] {
  const turns = new Turns();
  return CONTROLLERS.filter(({ name }) => names === undefined || names.includes(name)).flatMap(({ make }) =>
    make(settings, turns),
  );
}
