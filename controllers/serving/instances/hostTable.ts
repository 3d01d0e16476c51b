/** The hosts of all Routes, and whether the Plane knows what a Route's status says. */
import { equals, type JsonObject, type JsonValue, objectAt, stringAt } from '../../../src/kubernetes/json.ts';
import type { HostRoute, Plane } from '../../../src/platform/network/plane.ts';
import { keyOf, namespaceOf, placeOf } from '../read.ts';
import type { Reach } from '../runtime.ts';
import type { Settings } from '../settings.ts';
import { hostsOf } from './hosts.ts';

type HostSettings = Pick<Settings, 'network' | 'isTagHeaderRouting'>;

interface Known {
  readonly route: JsonObject;
  readonly says: JsonValue;
  readonly hosts: readonly HostRoute[];
}

export interface HostTableListener {
  /** A Route that asked before is reached by now. */
  reached(route: string): void;
  /** Whether a Route that asked is still there, is to be looked at: `replace` is awaited. */
  unsure(): void;
}

const REACHED: Reach = { status: 'True' };
const NOT_YET: Reach = { status: 'Unknown' };

export class HostTable {
  readonly #plane: Pick<Plane, 'setRoutes'>;
  readonly #listener: HostTableListener;
  readonly #known = new Map<string, Known>();
  /** Routes that were there when all of them were looked at last. */
  #there: ReadonlySet<string> = new Set();
  /** Hosts inside of the cluster, by the DomainMappings that lead there. */
  readonly #domains = new Map<string, string>();
  /** Routes that asked, and were not known as they said. */
  readonly #asked = new Set<string>();
  #settings: HostSettings | undefined;

  constructor(plane: Pick<Plane, 'setRoutes'>, listener: HostTableListener) {
    this.#plane = plane;
    this.#listener = listener;
  }

  /** Takes the Routes as they are now in the place of those before. */
  replace(routes: readonly JsonObject[], settings: HostSettings): void {
    const isOther = settings !== this.#settings;
    // also where there is none: until it is told so, the Plane does not know
    let changes = this.#settings === undefined ? 1 : 0;
    this.#settings = settings;
    const there = new Set<string>();
    for (const route of routes) {
      there.add(keyOf(route));
      if (this.#take(route, isOther, false)) changes++;
    }
    for (const key of this.#known.keys()) {
      if (there.has(key)) continue;
      this.#known.delete(key);
      changes++;
    }
    this.#there = there;
    if (changes > 0) this.#tell();
    const asked = [...this.#asked];
    this.#asked.clear();
    for (const key of asked) this.#listener.reached(key);
  }

  /**
   * A Route is reached once the Plane has what its status says; a status that is not written yet is taken at its word, so
   * that no request finds the old one after the Route is ready.
   */
  reachOf(route: JsonObject): Reach {
    if (this.#settings === undefined) {
      this.#asked.add(keyOf(route));
      return NOT_YET;
    }
    if (this.#take(route, false, true)) this.#tell();
    // it may be new, or was deleted since it was looked at: then nobody would take it away again
    if (!this.#there.has(keyOf(route))) this.#listener.unsure();
    return REACHED;
  }

  /** @param host inside of the cluster; undefined where the DomainMapping leads nowhere any more */
  mapDomain(key: string, host: string | undefined): Reach {
    if (this.#domains.get(key) === host) return REACHED;
    if (host === undefined) this.#domains.delete(key);
    else this.#domains.set(key, host);
    this.#tell();
    return REACHED;
  }

  /** False until it was told for the first time which Routes there are. */
  get isTold(): boolean {
    return this.#settings !== undefined;
  }

  /** True where what it knows was read by other settings, or not at all. */
  isBehind(settings: HostSettings): boolean {
    return settings !== this.#settings;
  }

  clear(): void {
    this.#known.clear();
    this.#domains.clear();
    this.#there = new Set();
    this.#settings = undefined;
    this.#plane.setRoutes([]);
  }

  /** @param isAnyway settings changed; @param isWord what is about to be written, ahead of what is stored */
  #take(route: JsonObject, isAnyway: boolean, isWord: boolean): boolean {
    const settings = this.#settings;
    const key = keyOf(route);
    const known = this.#known.get(key);
    if (settings === undefined || (known !== undefined && !isAnyway && !isWord && isOlder(route, known.route)))
      return false;
    const says = saidBy(route);
    if (known !== undefined && !isAnyway && equals(known.says, says)) {
      this.#known.set(key, { ...known, route });
      return false;
    }
    this.#known.set(key, { route, says, hosts: hostsOf(route, settings) });
    return true;
  }

  /** A host that two Routes have leads to the older name: the other is told nothing, as with Knative. */
  #tell(): void {
    const hosts = new Map<string, HostRoute>();
    for (const key of [...this.#known.keys()].sort()) {
      for (const host of this.#known.get(key)?.hosts ?? []) if (!hosts.has(host.host)) hosts.set(host.host, host);
    }
    for (const [key, inside] of this.#domains) {
      const { name: host } = placeOf(key);
      const target = hosts.get(inside);
      // what is a Route's own is nobody else's
      if (target !== undefined && !hosts.has(host)) hosts.set(host, { ...target, host, isClusterLocal: false });
    }
    this.#plane.setRoutes([...hosts.values()]);
  }
}

/** True of the very object, and of one whose status was about to be written when it was taken at its word. */
function isOlder(route: JsonObject, known: JsonObject): boolean {
  return route === known || versionOf(route) === versionOf(known);
}

function versionOf(route: JsonObject): string | undefined {
  return stringAt(route, 'metadata', 'resourceVersion');
}

/** What of a Route its hosts are made of. */
function saidBy(route: JsonObject): JsonValue {
  const { url = null, traffic = null } = objectAt(route, 'status') ?? {};
  return { namespace: namespaceOf(route), url, traffic };
}
