/** The volume on which letters are. A claim is made once: afterwards it may grow, and nothing else of it changes. */
import { persistentVolumeClaims } from '../../../src/kubernetes/client/resources.ts';
import { type JsonObject, stringAt, valueAt } from '../../../src/kubernetes/json.ts';
import { parseQuantity } from '../../../src/kubernetes/quantity.ts';
import { DEFAULT_STORAGE, type DeadLettersPolicy } from '../../../src/policy/model/deadLetters.ts';
import { sinkObject } from './labels.ts';

const STORAGE = ['spec', 'resources', 'requests', 'storage'] as const;
const CAPACITY = ['status', 'capacity', 'storage'] as const;

/** Of the volume, what letters may fill: SQLite needs as much again, and writes ahead beside it. */
const SHARE = 4n;
const NANOS = 1_000_000_000n;

export function volumeOf(
  environment: string,
  { storage = DEFAULT_STORAGE, storageClass }: DeadLettersPolicy,
): JsonObject {
  return sinkObject(persistentVolumeClaims, environment, {
    spec: {
      accessModes: ['ReadWriteOnce'],
      ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
      resources: { requests: { storage: String(storage) } },
    },
  });
}

/** What makes the claim as large as the policy asks for; undefined where it is. */
export function growthOf({ storage = DEFAULT_STORAGE }: DeadLettersPolicy, claim: JsonObject): JsonObject | undefined {
  const [size, wanted] = [parseQuantity(valueAt(claim, ...STORAGE)), parseQuantity(storage)];
  if (size === undefined || wanted === undefined || size >= wanted) return undefined;
  return { spec: { resources: { requests: { storage: String(storage) } } } };
}

/** How many bytes of letters the claim has room for. A volume that is still to grow has no more than it has. */
export function roomOf(claim: JsonObject): number {
  const asked = parseQuantity(valueAt(claim, ...STORAGE)) ?? 0n;
  const size = isSmaller(claim) ? (parseQuantity(valueAt(claim, ...CAPACITY)) ?? asked) : asked;
  return Number(size / NANOS / SHARE);
}

/** Whether the volume has less than the claim asks for; a claim that is bound to none yet says nothing of it. */
function isSmaller(claim: JsonObject): boolean {
  const [has, asked] = [parseQuantity(valueAt(claim, ...CAPACITY)), parseQuantity(valueAt(claim, ...STORAGE))];
  return has !== undefined && asked !== undefined && has < asked;
}

/** What the policy asks for that the claim which is there does not become, as a sentence. */
export function unmetOf(policy: DeadLettersPolicy, claim: JsonObject): string | undefined {
  const { storage = DEFAULT_STORAGE, storageClass } = policy;
  const own = stringAt(claim, 'spec', 'storageClassName');
  if (storageClass !== undefined && own !== undefined && own !== storageClass) {
    return `is of the class ${own}, and the policy asks for ${storageClass}: the class of a claim never changes`;
  }
  const there = valueAt(claim, ...STORAGE);
  if (isSmaller(claim)) {
    const asked = `asks for ${String(there)}, and its volume has ${String(valueAt(claim, ...CAPACITY))} so far`;
    return `${asked}: letters fill a quarter of that until it has grown`;
  }
  const [size, wanted] = [parseQuantity(there), parseQuantity(storage)];
  if (size === undefined || wanted === undefined || size === wanted) return undefined;
  return size > wanted
    ? `has ${String(there)}, and the policy asks for ${storage}: a claim never shrinks`
    : `has ${String(there)}, and the policy asks for ${storage}`;
}
