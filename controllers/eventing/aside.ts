/** Where Knative Eventing itself is installed, its controllers make what these here would: then nothing is written (docs/adr/0014). */
import type { Store } from '../../src/kubernetes/client/store.ts';
import type { MakeController } from '../manager/controller.ts';
import { followSigns, type Signs } from '../serving/installed.ts';
import { placeOf } from '../serving/read.ts';
import { ownKey } from './keys.ts';

/** Knative's own names (knative/eventing config/core/webhooks, config/core/deployments/controller.yaml). */
export const EVENTING_SIGNS: Signs = {
  webhook: 'validation.webhook.eventing.knative.dev',
  namespace: 'knative-eventing',
  controller: 'eventing-controller',
};

/** What was seen last: all of them see it, and one says it. */
interface Seen {
  sign: string | undefined;
}

/**
 * Those controllers, each of which does nothing while Eventing is there, and catches up when it goes.
 *
 * @param what they make otherwise, for who reads the log
 */
export function besideEventing(controllers: readonly MakeController[], what: string): MakeController[] {
  const seen: Seen = { sign: undefined };
  return controllers.map((make) => besideOne(make, what, seen));
}

function besideOne(make: MakeController, what: string, seen: Seen): MakeController {
  return (tools) => {
    const passedOver = new Set<string>();
    /** Those for which something may run that is to end when Eventing comes. */
    const led = new Set<string>();
    const eventing = followSigns(tools, EVENTING_SIGNS, () => [...passedOver, ...led]);
    /** Those of the objects whose keys are theirs. */
    const own: Store[] = [];
    const controller = make({
      ...tools,
      follow(options) {
        const followed = tools.follow(options);
        if (options.keysOf === ownKey) own.push(followed.store);
        return followed;
      },
    });
    /** Of what is gone nothing runs any more, and nothing is to be caught up: its key would be kept for ever. */
    const isOver = (key: string): boolean => controller.leave !== undefined && isGone(key, own);
    return {
      ...controller,
      async reconcile(key, round) {
        const sign = eventing.sign();
        if (sign !== seen.sign) tools.log.info({ sign: sign ?? '' }, told(sign, what));
        seen.sign = sign;
        if (sign === undefined) {
          passedOver.delete(key);
          if (controller.leave !== undefined) led.add(key);
          const outcome = await controller.reconcile(key, round);
          if (isOver(key)) led.delete(key);
          return outcome;
        }
        await controller.leave?.(key);
        led.delete(key);
        if (isOver(key)) passedOver.delete(key);
        else passedOver.add(key);
        return undefined;
      },
    };
  };
}

/** A key that is no object's is never gone. */
function isGone(key: string, own: readonly Store[]): boolean {
  const { namespace, name } = placeOf(key);
  return key.includes('/') && own.length > 0 && own.every((store) => store.find(namespace, name) === undefined);
}

function told(sign: string | undefined, what: string): string {
  return sign === undefined
    ? 'Knative Eventing is installed no more: its objects are made here'
    : `Knative Eventing is installed (${sign}): its own controllers make what belongs to ${what}`;
}
