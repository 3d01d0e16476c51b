/** `weir rollout promote` and its like: what a person says, by the annotation that the controller heeds (ADR 0031). */
import type { Client } from '../../kubernetes/client/client.ts';
import { ApiError, isNotFound, sentenceOf } from '../../kubernetes/client/errors.ts';
import { pause, systemClock } from '../../kubernetes/clock.ts';
import { stringAt } from '../../kubernetes/json.ts';
import { oneLine } from '../../report/safeText.ts';
import { COMMAND_ANNOTATION } from '../../rollout/command.ts';
import { trafficRollouts } from '../../rollout/resource.ts';
import { withCluster } from '../cluster.ts';
import type { CommandContext } from '../command.ts';
import { EXIT, Failure } from '../failure.ts';
import { lineOf } from './draw.ts';
import { lookAt } from './look.ts';
import { type Asked, commandOf, type Spoken } from './speak.ts';
import type { InCluster } from './status.ts';
import { viewOf } from './view.ts';

export interface SayOptions extends InCluster {
  readonly full?: boolean;
  readonly wait: boolean;
}

const FIELD_MANAGER = 'weir-cli';
/** A controller hears at once; one that stands by for another takes over after a Lease. */
const LISTENED_FOR = 20_000;
const LOOKED_AGAIN = 300;

export async function say(asked: Asked, name: string, options: SayOptions, { io }: CommandContext): Promise<number> {
  const verb: Spoken = asked === 'promote' && options.full === true ? 'promote-full' : asked;
  return withCluster(options, io, async (client, usual) => {
    const namespace = options.namespace ?? usual;
    const { text, note } = commandOf(verb, await lookAt(client, namespace, name), io.now());
    await write(client, namespace, name, text);
    io.stdout.write(`${oneLine(name)}: ${oneLine(text)}\n`);
    if (note !== undefined) io.stdout.write(`${oneLine(note)}\n`);
    return options.wait ? hear(client, namespace, name, text) : EXIT.clean;
  });

  async function hear(client: Client, namespace: string, name: string, text: string): Promise<number> {
    for (let waited = 0; waited <= LISTENED_FOR && !io.signal.aborted; waited += LOOKED_AGAIN) {
      const look = await lookAt(client, namespace, name);
      const view = viewOf(look);
      if (view.command === text && view.refusal !== undefined) {
        io.stderr.write(`weir: ${oneLine(view.refusal)}\n`);
        return EXIT.denied;
      }
      if (view.command === text) {
        io.stdout.write(`${lineOf(view)}\n`);
        return EXIT.clean;
      }
      const said = stringAt(look.object, 'metadata', 'annotations', COMMAND_ANNOTATION);
      if (said !== text) throw new Failure(`somebody else has said "${oneLine(said ?? '')}" before it was heard`);
      await pause(systemClock, LOOKED_AGAIN, io.signal);
    }
    throw new Failure(
      `it is written down, and no controller has heard it in ${LISTENED_FOR / 1000} s: is weir controller running? It is heard as soon as one does`,
    );
  }
}

async function write(client: Client, namespace: string, name: string, text: string): Promise<void> {
  const body = { metadata: { annotations: { [COMMAND_ANNOTATION]: text } } };
  try {
    await client.patch(trafficRollouts, { namespace, name }, { type: 'merge', body }, { fieldManager: FIELD_MANAGER });
  } catch (error) {
    if (isNotFound(error)) throw new Failure(`the TrafficRollout ${name} was deleted meanwhile`);
    if (!(error instanceof ApiError)) throw error;
    throw new Failure(`it may not be said: ${sentenceOf(error)}`);
  }
}
