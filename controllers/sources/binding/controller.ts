/** SinkBindings: wires their controller. A key is the binding's namespace and name. */
import { isSubject, subjectOf } from '../../../src/knative/eventing/sources/binding.ts';
import type { Change, Store } from '../../../src/kubernetes/client/store.ts';
import { kindKey } from '../../../src/kubernetes/kinds.ts';
import { isBeingDeleted, referenceTo } from '../../../src/kubernetes/object.ts';
import { followAddressables } from '../../eventing/addressables.ts';
import { ownKey } from '../../eventing/keys.ts';
import { sinkBindings } from '../../eventing/resources.ts';
import type { Followed, MakeController } from '../../manager/controller.ts';
import { keyOf } from '../../serving/read.ts';
import { specProblem } from '../status.ts';
import type { SourceSurroundings } from '../surroundings.ts';
import { BINDABLE, environmentAlone } from './kinds.ts';
import { boundBy, reconcileBinding } from './reconcile.ts';
import { Rules } from './rules.ts';

/** Tells admission that there is no binding, where there is none. */
const BEGIN = 'begin';

export function sinkBindingController({ bindings, askAbout }: SourceSurroundings): MakeController {
  return (tools) => {
    const addressables = followAddressables(tools);
    const { store } = tools.follow({ resource: sinkBindings, keysOf: ownKey });
    const subjects = new Map<string, Followed>(
      BINDABLE.map((resource) => {
        const { group, kind } = resource;
        const keysOf = (change: Change) => bindingsOf(change, group, kind, store);
        return [kindKey(group, kind), tools.follow({ resource, keep: environmentAlone, keysOf })];
      }),
    );
    const rules = new Rules(bindings, askAbout);
    const dependencies = { ...tools, addressables, bindings, store, subjects };
    tools.enqueue(BEGIN);

    /** The manager begins when all that is followed is there. */
    function begin(): void {
      for (const binding of store.all()) {
        const isGood = !isBeingDeleted(binding) && specProblem(binding) === undefined;
        if (isGood) bindings.set(keyOf(binding), boundBy(binding, addressables));
      }
      bindings.begin();
    }

    return {
      name: 'sinkbindings',
      rights: [
        { resource: sinkBindings, verbs: ['patch'] },
        { resource: sinkBindings, subresource: 'status', verbs: ['update'] },
        ...BINDABLE.map((resource) => ({ resource, verbs: ['patch'] as const })),
      ],
      async reconcile(key, { client }) {
        if (!bindings.isBegun) begin();
        if (key !== BEGIN) await reconcileBinding(key, client, { ...dependencies, askFor: () => rules.tell() });
        await rules.tell();
        return undefined;
      },
      leave(key) {
        bindings.remove(key);
        // what an earlier run left with the API server would have each new object wait
        bindings.begin();
        // the configuration has the name that Knative's own has
        rules.forget();
      },
    };
  };
}

/** Those whose subject the object is, or was. */
function* bindingsOf({ object, old }: Change, group: string, kind: string, store: Store): Generator<string> {
  const either = object ?? old;
  if (either === undefined) return;
  for (const binding of store.inNamespace(referenceTo(either).namespace)) {
    const subject = subjectOf(binding);
    if (subject.group !== group || subject.kind !== kind) continue;
    const isIts = [object, old].some((each) => each !== undefined && isSubject(subject, each));
    if (isIts) yield keyOf(binding);
  }
}
