/** Waits for what a golden says, however long the machine takes. */
import type { Client } from '../../src/kubernetes/client/client.ts';
import { type Difference, differences } from './compare.ts';
import { knownDifference } from './differences.ts';
import { type Snapshot, takeSnapshot } from './snapshot.ts';
import type { Told } from './tell.ts';

const LONGEST_MS = 120_000;
const LOOK_MS = 300;
/** Right in passing is not right. */
const LOOKS_IN_A_ROW = 3;

export interface AsToldOptions {
  readonly client: Client;
  readonly namespace: string;
  readonly story: string;
  /** The golden's. */
  readonly golden: readonly Told[];
}

/**
 * Resolves when the namespace is as the golden has it after that step, with what it was then: a moment later Knative may
 * begin what the golden knows the end of, such as new Pods for an annotation. Undefined after two minutes in vain.
 */
export function asTold({ client, namespace, story, golden }: AsToldOptions) {
  return async (step: number): Promise<Snapshot | undefined> => {
    const wanted = golden[step];
    if (wanted === undefined) return undefined;
    const end = Date.now() + LONGEST_MS;
    for (let looks = 0; Date.now() < end; ) {
      const snapshot = await takeSnapshot(client, namespace);
      const isRight = unknown(differences(story, [{ ...wanted, snapshot }], [wanted])).length === 0;
      looks = isRight ? looks + 1 : 0;
      if (looks === LOOKS_IN_A_ROW) return snapshot;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    return undefined;
  };
}

/** Those that docs/serving.md does not tell of. */
export function unknown(found: readonly Difference[]): readonly Difference[] {
  return found.filter((each) => knownDifference(each) === undefined);
}
