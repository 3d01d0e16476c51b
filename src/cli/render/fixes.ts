/** What `--fix` did, told by rule and object; never a value, which may be a secret. */
import { isArray, isObject, type JsonValue, stringAt } from '../../kubernetes/json.ts';
import type { PatchOperation } from '../../kubernetes/jsonPatch.ts';
import { describe } from '../../kubernetes/object.ts';
import type { Finding } from '../../policy/engine/judge.ts';
import { oneLine } from '../../report/safeText.ts';

/** A line for each rule and object, in the order of the fixes. */
export function describeFixes(fixed: readonly Finding[], verb: 'fixed' | 'would fix'): string[] {
  const times = new Map<string, number>();
  const secrets = new Set<string>();
  for (const { rule, resource, fix } of fixed) {
    const line = `${verb} ${rule} of ${describe(resource)}`;
    times.set(line, (times.get(line) ?? 0) + 1);
    for (const operation of fix ?? []) {
      if (operation.op === 'remove') continue;
      for (const { name, key } of secretsIn(written(operation))) {
        const namespace = resource.namespace === '' ? '' : `${resource.namespace}/`;
        secrets.add(
          `create the Secret ${namespace}${name} with the key ${key}, and rotate its value: the old one stood in Git`,
        );
      }
    }
  }
  const lines = [...times].map(([line, number]) => (number === 1 ? line : `${line} (${number} times)`));
  return [...lines, ...secrets].map(oneLine);
}

/** With the reference's own key, where that is all that is written. */
function written({ path, value }: Extract<PatchOperation, { value: JsonValue }>): JsonValue {
  return path.endsWith('/secretKeyRef') ? { secretKeyRef: value } : value;
}

interface SecretKey {
  readonly name: string;
  readonly key: string;
}

function secretsIn(value: JsonValue | undefined): SecretKey[] {
  if (isArray(value)) return value.flatMap(secretsIn);
  if (!isObject(value)) return [];
  const name = stringAt(value, 'secretKeyRef', 'name');
  const key = stringAt(value, 'secretKeyRef', 'key');
  const own = name === undefined || key === undefined ? [] : [{ name, key }];
  return [...own, ...Object.values(value).flatMap(secretsIn)];
}
