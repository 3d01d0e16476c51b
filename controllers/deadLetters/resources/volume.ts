/** The volume on which letters are. A claim is made once: afterwards it may grow, and nothing else of it changes. */
import { persistentVolumeClaims } from '../../../src/kubernetes/client/resources.ts';
import { type JsonObject, type JsonValue, objectAt, stringAt, valueAt } from '../../../src/kubernetes/json.ts';
import { parseQuantity } from '../../../src/kubernetes/quantity.ts';
import { DEFAULT_STORAGE, type DeadLettersPolicy } from '../../../src/policy/model/deadLetters.ts';
import { sinkObject } from './labels.ts';

const STORAGE = ['spec', 'resources', 'requests', 'storage'] as const;

/** Of the volume, what letters may fill: SQLite needs as much again, and writes ahead beside it. */
const SHARE = 4n;
const NANOS = 1_000_000_000n;

/** @param before the claim that is there, whose class and access stay */
export function volumeOf(environment: string, policy: DeadLettersPolicy, before: JsonObject | undefined): JsonObject {
  const storage = String(policy.storage ?? DEFAULT_STORAGE);
  const { storageClass } = policy;
  const kept = objectAt(before, 'spec');
  return sinkObject(persistentVolumeClaims, environment, {
    spec:
      kept === undefined
        ? {
            accessModes: ['ReadWriteOnce'],
            ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
            resources: { requests: { storage } },
          }
        : {
            ...withField('accessModes', kept.accessModes),
            ...withField('storageClassName', kept.storageClassName),
            resources: { requests: { storage: larger(valueAt(before, ...STORAGE), storage) } },
          },
  });
}

/** How many bytes of letters the claim has room for. */
export function roomOf(claim: JsonObject): number {
  return Number((parseQuantity(valueAt(claim, ...STORAGE)) ?? 0n) / NANOS / SHARE);
}

/** What the policy asks for that the claim which is there does not become, as a sentence. */
export function unmetOf(policy: DeadLettersPolicy, claim: JsonObject): string | undefined {
  const { storage = DEFAULT_STORAGE, storageClass } = policy;
  const own = stringAt(claim, 'spec', 'storageClassName');
  if (storageClass !== undefined && own !== undefined && own !== storageClass) {
    return `is of the class ${own}, and the policy asks for ${storageClass}: the class of a claim never changes`;
  }
  const there = valueAt(claim, ...STORAGE);
  const [size, wanted] = [parseQuantity(there), parseQuantity(storage)];
  if (size === undefined || wanted === undefined || size === wanted) return undefined;
  return size > wanted
    ? `has ${String(there)}, and the policy asks for ${storage}: a claim never shrinks`
    : `has ${String(there)}, and the policy asks for ${storage}`;
}

function larger(there: JsonValue | undefined, wanted: string): string {
  const [size, asked] = [parseQuantity(there), parseQuantity(wanted)];
  return size !== undefined && asked !== undefined && size >= asked ? String(there) : wanted;
}

function withField(name: string, value: JsonValue | undefined): JsonObject {
  return value === undefined ? {} : { [name]: value };
}
