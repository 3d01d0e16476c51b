/** What a person may say to a rollout when: what the controller would not heed is said before anything is written. */
import { describe, expect, it } from '@jest/globals';
import { commandOf, type Spoken } from '../../../src/cli/rollout/speak.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { parseCommand } from '../../../src/rollout/command.ts';
import { Played } from './played.ts';

const STEPS: JsonObject = {
  strategy: {
    canary: {
      steps: [
        { percent: 10, pause: {} },
        { percent: 50, pause: {} },
      ],
    },
  },
};
const FREEZE: JsonObject = {
  ...STEPS,
  freeze: { timeZone: 'UTC', windows: [{ name: 'monday', start: '0 0 * * 1', end: '0 0 * * 2' }] },
};
const NOW = new Date('2026-11-23T10:00:00Z');

const say = (verb: Spoken, played: Played) => commandOf(verb, played.look(), NOW);
const atStep = (spec: JsonObject = STEPS) => Played.underWay(spec).settle().settle();

function first(): Played {
  const played = new Played(STEPS);
  played.world.ready(played.world.create(), 6);
  return played.settle();
}

function failed(): Played {
  const played = atStep();
  played.world.command = 'abort api-service-00002';
  return played.settle();
}

function promoted(): Played {
  const played = atStep();
  played.world.command = 'promote-full api-service-00002 step-1';
  return played.settle().settle();
}

function paused(): Played {
  const played = atStep();
  played.world.command = 'pause a';
  return played.settle();
}

function gits(): Played {
  const played = atStep();
  played.git = true;
  return played;
}

function bare(): Played {
  const played = atStep();
  played.world.isThere = false;
  return played;
}

describe('what is said', () => {
  it.each<[Spoken, () => Played, string]>([
    ['promote', atStep, 'promote api-service-00002 step-1'],
    ['promote-full', atStep, 'promote-full api-service-00002 step-1'],
    ['pause', atStep, 'pause 2026-11-23T10:00:00Z'],
    ['pause', first, 'pause 2026-11-23T10:00:00Z'],
    ['resume', paused, 'resume 2026-11-23T10:00:00Z'],
    ['abort', atStep, 'abort api-service-00002 2026-11-23T10:00:00Z'],
    ['undo', promoted, 'undo api-service-00001 2026-11-23T10:00:00Z'],
    ['retry', failed, 'retry api-service-00002 2026-11-23T10:00:00Z'],
  ])('%s is heeded', (verb, play, text) => {
    const played = play();
    expect(say(verb, played).text).toBe(text);
    expect(parseCommand(text)).toMatchObject({ verb });
    const told = played.world.events.length;
    played.world.command = text;
    played.settle();
    expect(played.world.events.slice(told)).toContain('Command');
    expect(played.world.events.slice(told)).not.toContain('CommandRefused');
  });
});

describe('what is not said', () => {
  it.each<[Spoken, string, () => Played, string]>([
    [
      'promote',
      'before a controller',
      () => new Played(STEPS),
      'no controller has looked at api-service yet, so that there is nothing to promote; weir controller does',
    ],
    ['promote', 'without a Service', bare, 'there is no Service api-service of Knative, which api-service is about'],
    [
      'promote',
      'at rest',
      first,
      'there is nothing to promote: api-service-00001 is the newest Revision, and has everything',
    ],
    [
      'promote',
      'after a failure',
      failed,
      'there is nothing to promote: api-service-00002 has failed; weir rollout retry api-service tries it again',
    ],
    [
      'promote',
      'in a freeze',
      () => atStep(FREEZE),
      "api-service is frozen: no step is taken in the rollout's own freeze (monday) until 2026-11-24T00:00:00Z; nobody promotes through a freeze",
    ],
    [
      'promote',
      'while it is paused',
      paused,
      'api-service cannot be promoted: a person has paused it; resume lets it go on',
    ],
    [
      'abort',
      'under Git',
      gits,
      'argocd-controller writes spec.traffic of the Service api-service, so that nothing moves and nobody is heard; leave spec.traffic out there, and the rollout goes on',
    ],
    ['abort', 'at rest', first, 'nothing of api-service is under way, so that there is nothing to abort'],
    [
      'abort',
      'after a promotion',
      promoted,
      'nothing of api-service is under way, so that there is nothing to abort; weir rollout undo api-service goes back to api-service-00001',
    ],
    ['undo', 'with nothing before', first, 'there is nothing to undo: nothing was stable before api-service-00001'],
    [
      'undo',
      'amid a rollout',
      atStep,
      'api-service-00002 is under way; weir rollout abort api-service gives everything back to api-service-00001',
    ],
    ['retry', 'without a failure', atStep, 'there is nothing to retry: api-service-00002 has not failed'],
    ['pause', 'twice', paused, 'api-service is paused already; weir rollout resume api-service lets it go on'],
    ['resume', 'what runs', atStep, 'api-service is not paused'],
    [
      'resume',
      'what Git has paused',
      () => atStep({ ...STEPS, paused: true }),
      'api-service is paused by spec.paused, which whoever writes the TrafficRollout has to take out: in Git, where it comes from there',
    ],
  ])('%s %s', (verb, _, play, sentence) => {
    expect(() => say(verb, play())).toThrow(sentence);
  });

  it.each(['InvalidSpec', 'Contested', 'KnativeVersionUnknown'])('is anything, while %s', (reason) => {
    const look = atStep().look();
    const conditions = [{ type: 'Ready', status: 'False', reason, message: 'nothing moves' }];
    const object = { ...look.object, status: { observedGeneration: 1, conditions, waitingFor: 'Person' } };
    expect(() => commandOf('pause', { ...look, object }, NOW)).toThrow('api-service hears nobody: nothing moves');
  });

  it.each<[Spoken, boolean]>([
    ['abort', true],
    ['promote', false],
    ['undo', false],
    ['pause', false],
  ])('%s, where the spec cannot be read: only what ends it is heard', (verb, isHeard) => {
    const played = atStep();
    played.world.problems = [{ path: '/spec', message: 'it says nothing' }];
    played.settle(1);
    if (isHeard) expect(say(verb, played).text).toBe('abort api-service-00002 2026-11-23T10:00:00Z');
    else
      expect(() => say(verb, played)).toThrow(
        /^api-service hears nobody: nothing moves until spec can be read: .*; abort is heard all the same$/,
      );
  });

  it('is a promotion that was heard already', () => {
    const played = atStep();
    const { text } = say('promote', played);
    played.world.command = text;
    // its pods do not come
    played.world.reconcile();
    played.last = played.world.reconcile();
    expect(() => say('promote', played)).toThrow('api-service has been promoted in this step already; it waits: ');
  });

  it('is a promotion past a failed interval, which --full passes', () => {
    const analysis = {
      prometheus: { address: 'http://p:9090' },
      interval: '30s',
      metrics: [{ name: 'error-rate', max: 0.01 }],
    };
    const played = Played.underWay({ ...STEPS, analysis })
      .settle()
      .wait(31)
      .settle()
      .settle()
      .wait(31)
      .settle(6, { errors: 0.5 });
    expect(() => say('promote', played)).toThrow(
      'api-service cannot be promoted: 1 of 2 failed intervals in a row: error-rate is 50 %, above 1 %; promote --full goes on all the same',
    );
    expect(say('promote-full', played).text).toBe('promote-full api-service-00002 step-1');
  });
});
