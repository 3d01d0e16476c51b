/** Who may see events: who may read the Broker or the Channel that they came into. Who may change it may send them again. */

import type { User } from '../../apiserver/auth/user.ts';
import type { ExtensionRequest } from '../../apiserver/http/extension.ts';
import { forbidden } from '../../apiserver/status/failure.ts';

const RESOURCES = {
  broker: { group: 'eventing.knative.dev', plural: 'brokers' },
  channel: { group: 'messaging.knative.dev', plural: 'channels' },
} as const;

type Verb = 'get' | 'update';

/** Of one request: each Broker is asked for once. */
export class Rights {
  readonly #may: ExtensionRequest['may'];
  readonly #user: User;
  readonly #known = new Map<string, boolean>();

  constructor({ may, user }: Pick<ExtensionRequest, 'may' | 'user'>) {
    this.#may = may;
    this.#user = user;
  }

  may(verb: Verb, topic: string): boolean {
    const key = `${verb} ${topic}`;
    const known = this.#known.get(key) ?? this.#may({ verb, ...placeOf(topic) });
    this.#known.set(key, known);
    return known;
  }

  /** @throws Failure 403 */
  demand(verb: Verb, topic: string): void {
    if (this.may(verb, topic)) return;
    const place = placeOf(topic);
    const resource = JSON.stringify(place.plural);
    const what = `cannot ${verb} resource ${resource} in API group "${place.group}" in the namespace ${JSON.stringify(place.namespace)}`;
    const why = verb === 'get' ? 'who reads events must' : 'who sends events again must';
    throw forbidden(place, place.name, `User ${JSON.stringify(this.#user.name)} ${what}, as ${why}`);
  }
}

function placeOf(topic: string) {
  const colon = topic.indexOf(':');
  const slash = topic.indexOf('/');
  const kind = topic.slice(0, colon) === 'channel' ? 'channel' : 'broker';
  return { ...RESOURCES[kind], namespace: topic.slice(colon + 1, slash), name: topic.slice(slash + 1) };
}
