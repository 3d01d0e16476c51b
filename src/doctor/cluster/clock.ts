import { note, type Verdict, well, wrong } from '../verdict.ts';
import type { ClusterFacts } from './facts.ts';

/** A certificate is backdated, a token is not: from here on things begin to fail. */
const WRONG_S = 60;
const NOTED_S = 5;

/** The API server's clock beside this machine's: schedules, certificates and expiry dates live by the one, people read the other. */
export function clock({ now, serverTime }: ClusterFacts): Verdict[] {
  const check = 'clock/skew';
  if (serverTime === undefined) return [];
  // the header is in whole seconds, and was written somewhere between question and answer
  const blur = 1000 + serverTime.tookMs;
  const difference = serverTime.date.getTime() - now.getTime();
  const seconds = Math.max(0, Math.abs(difference) - blur) / 1000;
  if (seconds < NOTED_S) return [well(check, "this machine's clock and the API server's agree")];
  const text = `the API server's clock is ${Math.round(Math.abs(difference) / 1000)} s ${difference > 0 ? 'ahead of' : 'behind'} this machine's`;
  if (seconds < WRONG_S) return [note(check, text, 'timedatectl status')];
  const found = `${text}: certificates, tokens and the windows of schedules begin and end at another time than you read here; set both by NTP`;
  return [wrong(check, found, 'timedatectl status')];
}
