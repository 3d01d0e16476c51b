/** Which partitions are not read at the moment, and why: each is asked again after a while, and holds up no other. */
import { type Place, placeKey, placeText } from './record.ts';

interface Stands {
  readonly place: Place;
  readonly why: string;
}

export class Standing {
  readonly #all = new Map<string, Stands>();
  /** Those that are not to be asked yet. */
  readonly #resting = new Set<string>();

  /** @returns whether that is said for the first time */
  add(place: Place, why: string): boolean {
    const key = placeKey(place);
    this.#resting.add(key);
    if (this.#all.get(key)?.why === why) return false;
    this.#all.set(key, { place, why });
    return true;
  }

  /** It was read. @returns whether it had stood */
  remove(place: Place): boolean {
    const key = placeKey(place);
    this.#resting.delete(key);
    return this.#all.delete(key);
  }

  has(place: Place): boolean {
    return this.#all.has(placeKey(place));
  }

  isResting(place: Place): boolean {
    return this.#resting.has(placeKey(place));
  }

  /** All may be asked again, which says nothing of whether they will be read. */
  wake(): void {
    this.#resting.clear();
  }

  get places(): Place[] {
    return [...this.#all.values()].map(({ place }) => place);
  }

  /** Undefined where none stands. */
  get sentence(): string | undefined {
    const texts = [...this.#all.values()].map(({ place, why }) => `${placeText(place)}: ${why}`);
    if (texts.length === 0) return undefined;
    const named = texts.slice(0, MOST_NAMED).join('; ');
    const rest = texts.length - MOST_NAMED;
    return `not read at the moment, and asked for again and again: ${named}${rest > 0 ? `; and ${rest} more` : ''}`;
  }
}

const MOST_NAMED = 5;
