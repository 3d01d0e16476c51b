/** What the controllers of sources are given. */
import type { Clock } from '../../src/kubernetes/clock.ts';
import type { ClientFor } from './apiServer/accounts.ts';
import type { Bindings } from './binding/bindings.ts';
import type { AskAbout } from './binding/rules.ts';
import type { Deliveries } from './deliver.ts';
import type { Hooks } from './github/hooks.ts';
import type { SecretOf } from './github/receiver.ts';
import type { KafkaSurroundings } from './kafka/surroundings.ts';

export interface SourceSurroundings {
  readonly deliveries: Deliveries;
  /** Measures how long something takes; the same clock unless a test moves that. */
  readonly steady: Clock;
  readonly clientFor: ClientFor;
  /** `https://127.0.0.1:7443`. */
  readonly server: string;
  /** What admission asks. */
  readonly bindings: Bindings;
  readonly askAbout: AskAbout;
  /** Which GitHubSources take webhooks, for who takes them, whose address this is. */
  readonly hooks: Hooks;
  readonly hooksUrl: string;
  readonly secretOf: SecretOf;
  readonly kafka: KafkaSurroundings;
  /** For an event. */
  newId(): string;
  /** Takes what is to be ended with the process. */
  onStop(stop: () => void): void;
}
