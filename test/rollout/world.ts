/**
 * A cluster as small as a rollout needs it: a Service whose Revisions, Route and pods do what the test says, and a
 * controller that carries out what is decided, and may die between any two writes.
 */
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { type Decision, decide } from '../../src/rollout/decide.ts';
import type { TrafficRollout } from '../../src/rollout/model.ts';
import type {
  IntervalResult,
  Observed,
  PolicySeen,
  RevisionSeen,
  Rival,
  SmokeResult,
} from '../../src/rollout/observed.ts';
import type { TrafficOwner } from '../../src/rollout/owner.ts';
import { type Claim, type RolloutStatus, readStatus, statusJson } from '../../src/rollout/status.ts';
import type { Target } from '../../src/rollout/traffic.ts';
import { decideUnreadable } from '../../src/rollout/unreadable.ts';
import type { Problem } from '../../src/schedule/model.ts';

export const LATEST: Target = { revision: undefined, percent: 100, tag: undefined };

/** The writes of a decision, in their order. */
export const WRITES = ['status', 'claims', 'traffic'] as const;

export class World {
  now = Date.parse('2026-11-23T10:00:00Z');
  rollout: TrafficRollout;
  /** What is wrong with its spec, where it cannot be read. */
  problems: readonly Problem[] = [];
  /** As the API server has it. */
  status: JsonObject | undefined;
  traffic: readonly Target[] = [LATEST];
  owner: TrafficOwner = { kind: 'nobody' };
  /** Undefined from a write on until the Route has taken it. */
  routed: readonly Target[] | undefined = [LATEST];
  generation = 1;
  uid = 'uid-1';
  isThere = true;
  readonly revisions = new Map<string, RevisionSeen>();
  latestCreated: string | undefined;
  latestReady: string | undefined;
  rolloutDuration: string | undefined;
  command: string | undefined;
  analysis: IntervalResult | undefined;
  smokeTest: SmokeResult | undefined;
  rival: Rival | undefined;
  policy: PolicySeen = { mostPods: undefined, freezes: [] };
  claims: readonly Claim[] = [];
  kept: readonly string[] = [];
  readonly events: string[] = [];
  /** Each spec.traffic that the controller wrote. */
  readonly written: string[] = [];
  #made = 0;

  constructor(rollout: TrafficRollout) {
    this.rollout = rollout;
  }

  /** A new template: Knative makes its Revision, which is not Ready yet. */
  create(parts: Partial<RevisionSeen> = {}): string {
    this.#made++;
    this.generation++;
    const name = `api-service-${String(this.#made).padStart(5, '0')}`;
    const made = { readiness: 'Unknown', message: 'Deploying', pods: 0, minScale: 0, maxScale: undefined } as const;
    this.revisions.set(name, { ...made, fingerprint: `print-${this.#made}`, ...parts });
    this.latestCreated = name;
    return name;
  }

  change(name: string | undefined, parts: Partial<RevisionSeen>): void {
    const known = name === undefined ? undefined : this.revisions.get(name);
    if (name !== undefined && known !== undefined) this.revisions.set(name, { ...known, ...parts });
  }

  ready(name: string | undefined, pods?: number): void {
    this.change(name, { readiness: 'True', message: '', ...(pods === undefined ? {} : { pods }) });
    if (name === this.latestCreated) this.latestReady = name;
  }

  /** The Route takes spec.traffic, as Knative's controller does in its own time. */
  route(): void {
    this.routed = this.traffic;
  }

  /** Somebody writes spec.traffic, which the Route has not taken yet. */
  edit(traffic: readonly Target[]): void {
    this.traffic = traffic;
    this.routed = undefined;
    this.generation++;
  }

  /** Pods come up for what is claimed. */
  scale(): void {
    for (const { revision, minScale } of this.claims) {
      const pods = this.revisions.get(revision)?.pods ?? 0;
      this.change(revision, { pods: Math.max(pods, minScale) });
    }
  }

  wait(seconds: number): void {
    this.now += seconds * 1000;
  }

  observed(): Observed {
    const { uid, generation, latestCreated, latestReady, traffic, owner, rolloutDuration } = this;
    const service = { uid, generation, latestCreated, latestReady, traffic, owner, rolloutDuration };
    return {
      service: this.isThere ? service : undefined,
      routed: this.routed,
      revisions: this.revisions,
      command: this.command,
      analysis: this.analysis,
      smokeTest: this.smokeTest,
      rival: this.rival !== undefined && this.now < this.rival.until.getTime() ? this.rival : undefined,
      policy: this.policy,
      stableWindow: 60_000,
    };
  }

  known(): RolloutStatus | undefined {
    return readStatus(this.status === undefined ? {} : { status: this.status });
  }

  decide(): Decision {
    const now = new Date(this.now);
    if (this.problems.length > 0) return decideUnreadable(this.problems, this.known(), this.observed(), now);
    return decide(this.rollout, this.known(), this.observed(), now);
  }

  /** One round; with fewer writes than all, the controller dies after so many. */
  reconcile(writes: number = WRITES.length): Decision {
    const decision = this.decide();
    if (writes > 0) this.status = JSON.parse(JSON.stringify(statusJson(decision.status)));
    if (writes > 1) {
      this.claims = decision.claims;
      this.kept = decision.kept;
    }
    if (writes > 2 && decision.traffic !== undefined) {
      this.edit(decision.traffic.targets);
      this.owner = { kind: 'ours' };
      this.written.push(trafficText(this.traffic));
      if (decision.traffic.told !== undefined) this.events.push(decision.traffic.told.reason);
    }
    this.events.push(...decision.events.map(({ reason }) => reason));
    return decision;
  }

  /** Answers what was asked to be measured. */
  measure(
    values: { readonly errors?: number; readonly latency?: number; readonly requests?: number | undefined } = {},
  ) {
    const asked = this.decide().measure;
    if (asked === undefined) return false;
    const { errors = 0, latency = 0.1 } = values;
    this.analysis = {
      ...asked,
      requests: 'requests' in values ? values.requests : 1000,
      metrics: [
        { name: 'error-rate', value: { type: 'value', value: errors } },
        { name: 'p95-latency', value: { type: 'value', value: latency } },
      ],
    };
    return true;
  }

  /** Everything goes well for so long. */
  goWell(seconds: number): void {
    for (let passed = 0; passed < seconds; passed += 10) {
      this.reconcile();
      this.route();
      this.scale();
      this.measure();
      this.wait(10);
    }
    this.reconcile();
  }
}

/** `00001 90, 00002 10 candidate`. */
export function trafficText(targets: readonly Target[]): string {
  return targets
    .map(({ revision, percent, tag }) =>
      [revision?.replace('api-service-', '') ?? 'latest', percent, tag].filter((each) => each !== undefined).join(' '),
    )
    .join(', ');
}

/** A Service at rest: its first Revision is Ready, pinned and routed, with so many pods. */
export function atRest(rollout: TrafficRollout, pods = 4): World {
  const world = new World(rollout);
  world.ready(world.create(), pods);
  world.reconcile();
  world.route();
  world.reconcile();
  return world;
}

export const FIRST = 'api-service-00001';
export const SECOND = 'api-service-00002';
export const THIRD = 'api-service-00003';
