import { X509Certificate } from 'node:crypto';
import { kubectl } from '../command.ts';
import { listed, note, type Verdict, well, wrong } from '../verdict.ts';
import { type Entry, entriesOf, ownerOf } from './entries.ts';
import type { ClusterFacts } from './facts.ts';

const DAY = 24 * 60 * 60 * 1000;
/** Weir and cert-manager renew long before; who is this late has stopped. */
const NEAR_MS = 7 * DAY;

/** The caBundles by which the API server knows Weir's and Knative's webhooks: they are there, they can be read, they are in date. */
export function certificates(facts: ClusterFacts): Verdict[] {
  const entries = entriesOf(facts).filter(
    ({ configuration, service }) => service !== undefined && ownerOf(configuration) !== 'other',
  );
  return (['weir', 'knative'] as const).flatMap((of) => {
    const ours = entries.filter(({ configuration }) => ownerOf(configuration) === of);
    return ours.length === 0 ? [] : verdictsOf(of, ours, facts.now);
  });
}

function verdictsOf(of: 'weir' | 'knative', entries: readonly Entry[], now: Date): Verdict[] {
  const check = `certificates/${of}`;
  const next =
    of === 'weir'
      ? kubectl('logs deployment/weir-webhook --tail=50', 'weir-system')
      : kubectl('logs deployment/webhook --tail=50', 'knative-serving');
  const empty = entries.filter(({ caBundle }) => caBundle === '').map(({ name }) => name);
  if (empty.length > 0) {
    return [
      wrong(
        check,
        `no caBundle stands in ${listed(empty)}: the API server trusts no certificate of the webhook. ${of === 'weir' ? 'The webhook writes it within a minute of its start, or cert-manager does' : "Knative's webhook writes it"}`,
        next,
      ),
    ];
  }
  let soonest: Date | undefined;
  for (const bundle of new Set(entries.map(({ caBundle }) => caBundle))) {
    const dates = datesOf(bundle);
    const names = entries.filter(({ caBundle }) => caBundle === bundle).map(({ name }) => name);
    if (dates.length === 0)
      return [wrong(check, `the caBundle of ${listed(names)} holds no certificate that can be read`, next)];
    const valid = dates.filter(({ from, to }) => from <= now && now < to);
    const last = dates.reduce((left, right) => (right.to > left.to ? right : left));
    if (valid.length === 0) {
      const found =
        last.to <= now
          ? `expired at ${last.to.toISOString()}`
          : `is not valid before ${last.from.toISOString()}, or a clock is wrong`;
      return [
        wrong(check, `the certificate authority in the caBundle of ${listed(names)} ${found}`, ...renewal(of), next),
      ];
    }
    const end = new Date(Math.max(...valid.map(({ to }) => to.getTime())));
    if (soonest === undefined || end < soonest) soonest = end;
  }
  if (soonest === undefined) return [];
  const days = Math.floor((soonest.getTime() - now.getTime()) / DAY);
  const text = `the certificate authority of ${of === 'weir' ? "Weir's" : "Knative's"} webhook ends at ${soonest.toISOString()}, in ${days} days`;
  if (soonest.getTime() - now.getTime() >= NEAR_MS) return [well(check, text)];
  return [note(check, `${text}, and should have been renewed by now`, ...renewal(of), next)];
}

function renewal(of: 'weir' | 'knative'): string[] {
  return of === 'weir' ? [kubectl('annotate secret weir-webhook-certificate weir.dev/rotate=now', 'weir-system')] : [];
}

function datesOf(bundle: string): { readonly from: Date; readonly to: Date }[] {
  const text = Buffer.from(bundle, 'base64').toString('latin1');
  const dates: { from: Date; to: Date }[] = [];
  for (const [pem] of text.matchAll(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)) {
    try {
      const { validFrom, validTo } = new X509Certificate(pem);
      dates.push({ from: new Date(validFrom), to: new Date(validTo) });
    } catch {
      // the others may still be good
    }
  }
  return dates;
}
