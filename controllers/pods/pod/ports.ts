/** Where the ports that a Pod declares are on this machine. */
import {
  arrayAt,
  isObject,
  type JsonObject,
  type JsonValue,
  numberAt,
  stringAt,
} from '../../../src/kubernetes/json.ts';
import type { Ports } from '../surroundings/ports.ts';
import { nameIn } from './prepare.ts';

export class PodPorts {
  /** The container that PORT and the annotation tell of: the first that names a port, or the first of all. */
  readonly serving: string;
  readonly #ports: Ports;
  readonly #containers: readonly JsonObject[];
  /** `web/8080`, or `web/` for one that names no port. */
  readonly #picked = new Map<string, number>();

  constructor(pod: JsonObject, ports: Ports) {
    this.#ports = ports;
    this.#containers = arrayAt(pod, 'spec', 'containers').filter(isObject);
    const found = this.#containers.find((each) => declaredBy(each).length > 0) ?? this.#containers[0];
    this.serving = found === undefined ? '' : nameIn(found);
  }

  /** Undefined until it was picked. */
  get servingPort(): number | undefined {
    return this.#firstOf(this.serving);
  }

  /** At each start: a port that somebody else has taken meanwhile is changed for another. @returns what PORT says */
  async pickFor(container: JsonObject): Promise<number | undefined> {
    const name = nameIn(container);
    const declared = declaredBy(container).map(({ number }) => `${name}/${number}`);
    const keys = declared.length === 0 && name === this.serving ? [`${name}/`] : declared;
    for (const key of keys) {
      const before = this.#picked.get(key);
      if (before !== undefined && (await this.#ports.isFree(before))) continue;
      if (before !== undefined) this.#ports.release(before);
      this.#picked.set(key, await this.#ports.pick());
    }
    return this.#firstOf(name);
  }

  /** By its number or name in this container or another; what nobody declares, and 0, is where the container serves. */
  portOf(container: JsonObject, port: JsonValue | undefined): number {
    for (const each of [container, ...this.#containers]) {
      const found = declaredBy(each).find(({ name, number }) => port === number || (name !== '' && port === name));
      const picked = found === undefined ? undefined : this.#picked.get(`${nameIn(each)}/${found.number}`);
      if (picked !== undefined) return picked;
    }
    return this.#firstOf(nameIn(container)) ?? this.servingPort ?? 0;
  }

  release(): void {
    for (const port of this.#picked.values()) this.#ports.release(port);
  }

  #firstOf(container: string): number | undefined {
    for (const [key, port] of this.#picked) if (key.startsWith(`${container}/`)) return port;
    return undefined;
  }
}

function declaredBy(container: JsonObject): { readonly name: string; readonly number: number }[] {
  return arrayAt(container, 'ports').map((port) => ({
    name: stringAt(port, 'name') ?? '',
    number: numberAt(port, 'containerPort') ?? 0,
  }));
}
