/** `GET deadletters`: what could not be delivered, and why. */
import { setImmediate as turn } from 'node:timers/promises';
import { attributeText } from '../../../cloudevents/event.ts';
import type { DeadLetter } from '../log/kept.ts';
import type { EventHead } from '../log/reading.ts';
import type { Look } from './looking.ts';
import { selects } from './selection.ts';
import type { DeadLetterLine } from './shapes.ts';

/** In one answer. */
const MOST = 10_000;
const PORTION = 200;

export interface FoundLetter {
  readonly letter: DeadLetter;
  /** Without its data: there may be many. */
  readonly head: EventHead;
  /** The key of the one that did not take it. */
  readonly lane: string;
}

/** The first of them. */
export async function deadLetters(look: Look): Promise<FoundLetter[]> {
  const found: FoundLetter[] = [];
  for await (const letter of eachDeadLetter(look)) {
    found.push(letter);
    if (found.length === MOST) break;
  }
  return found;
}

/** Those whose event is selected and may be seen; a Trigger that is asked for is the one that did not take it. */
export async function* eachDeadLetter({ eventing, selection, rights, names }: Look): AsyncGenerator<FoundLetter> {
  let after: Pick<DeadLetter, 'seq' | 'lane'> | undefined = { seq: 0, lane: 0 };
  while (after !== undefined) {
    const letters = eventing.log.reading.deadAfter(after, PORTION);
    for (const letter of letters) {
      const [head] = eventing.log.reading.heads(letter.seq - 1, 0, 1);
      const lane = names.keyOf(letter.lane) ?? '';
      if (head?.seq !== letter.seq || (selection.lane !== undefined && lane !== selection.lane)) continue;
      // its moment is that at which it was given up
      const isSelected = selects(selection, { ...head, at: letter.at }, names.keyOf);
      if (isSelected && rights.may('get', head.topic)) yield { letter, head, lane };
    }
    after = letters.at(-1);
    await turn();
  }
}

export function deadLetterOf(
  letter: DeadLetter,
  { topic, attributes }: Pick<EventHead, 'topic' | 'attributes'>,
  lane: string,
  attempts: number,
): DeadLetterLine {
  const event = { attributes, data: undefined };
  const subject = attributeText(event, 'subject');
  return {
    seq: letter.seq,
    lane,
    topic,
    at: new Date(letter.at).toISOString(),
    id: attributeText(event, 'id'),
    type: attributeText(event, 'type'),
    source: attributeText(event, 'source'),
    ...(subject === '' ? {} : { subject }),
    ...(letter.status === undefined ? {} : { code: letter.status }),
    reason: Buffer.from(letter.data, 'base64').toString('utf8').trim(),
    destination: letter.destination,
    ...(letter.sink === undefined ? {} : { sink: letter.sink }),
    attempts,
    ...(letter.returned === undefined ? {} : { returned: new Date(letter.returned).toISOString() }),
  };
}
