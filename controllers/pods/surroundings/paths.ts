/**
 * Where a container's mounts are. A process sees the file system of the machine: what a manifest mounts at /etc/shop is in
 * a folder of the Pod. Programs find it by WEIR_ROOT, before which a mount's path is to be put, and texts of the manifest
 * that are such a path are changed to where it is.
 */
import path from 'node:path';
import { arrayAt, isObject, type JsonObject, stringAt } from '../../../src/kubernetes/json.ts';
import { expand } from './expand.ts';
import { ConfigProblem } from './problem.ts';
import { isInside } from './volumes.ts';

export interface Mount {
  readonly volume: string;
  /** Absolute, as the manifest says it, in its shortest form. */
  readonly mountPath: string;
  /** In the volume; empty for all of it. */
  readonly subPath: string;
}

/** Those with the shortest paths first. @throws ConfigProblem for a path that leads out of the volume */
export function mountsOf(container: JsonObject, variables: ReadonlyMap<string, string>): Mount[] {
  const mounts: Mount[] = [];
  for (const mount of arrayAt(container, 'volumeMounts').filter(isObject)) {
    const expression = stringAt(mount, 'subPathExpr') ?? '';
    const subPath =
      expression === '' ? (stringAt(mount, 'subPath') ?? '') : expand(expression, (name) => variables.get(name));
    if (subPath !== '' && !isInside(subPath)) {
      throw new ConfigProblem(
        `subPath ${JSON.stringify(subPath)} leads out of volume ${stringAt(mount, 'name') ?? ''}`,
      );
    }
    const mountPath = path.posix.join('/', stringAt(mount, 'mountPath') ?? '').replace(/(.)\/$/, '$1');
    mounts.push({ volume: stringAt(mount, 'name') ?? '', mountPath, subPath });
  }
  return mounts.sort((left, right) => left.mountPath.length - right.mountPath.length);
}

/** A path that is a mount's, or in one, as it is on this machine; `--config=/etc/shop/x` counts, too. */
export function onThisMachine(text: string, mounts: readonly Mount[], root: string): string {
  const [, option = '', value = text] = /^(-[^=/\s]*=)(\/.*)$/s.exec(text) ?? [];
  if (!value.startsWith('/')) return text;
  const isMounted = mounts.some(({ mountPath }) => value === mountPath || value.startsWith(`${mountPath}/`));
  return isMounted ? `${option}${root}${value}` : text;
}
