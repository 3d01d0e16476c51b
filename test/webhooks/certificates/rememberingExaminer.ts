import { X509Certificate } from 'node:crypto';
import { authoritiesIn, type Examined, type Examiner, examine } from '../../../webhooks/certificates/examine.ts';
import { blocksOf } from './pem.ts';

/**
 * Gives the same answers as the real one, and asks it once for each: an answer depends on the time only in so far as
 * one of the certificates begins or ends.
 */
export function rememberingExaminer(): Examiner {
  const examined = new Map<string, Examined>();
  const authorities = new Map<string, ReturnType<typeof authoritiesIn>>();
  const moments = new Map<string, readonly number[]>();
  const moment = (pem: string, now: number): number => {
    const known = moments.get(pem) ?? momentsOf(pem);
    moments.set(pem, known);
    return known.filter((each) => each <= now).length;
  };
  return {
    examine(material, expected) {
      const texts = [material['ca.crt'], material['previous-ca.crt'], material['tls.crt']];
      const when = texts.map((text) => moment(text, expected.now)).join(',');
      const key = `${when} ${expected.others.map(({ id }) => id).join(' ')} ${Object.values(material).join(' ')}`;
      const answer = examined.get(key) ?? examine(material, expected);
      examined.set(key, answer);
      return answer;
    },
    authoritiesIn(text, expected) {
      const key = `${moment(text, expected.now)} ${text}`;
      const answer = authorities.get(key) ?? authoritiesIn(text, expected);
      authorities.set(key, answer);
      return answer;
    },
  };
}

function momentsOf(pem: string): number[] {
  const moments: number[] = [];
  for (const block of blocksOf(pem)) {
    try {
      const { validFromDate, validToDate } = new X509Certificate(block);
      moments.push(validFromDate.getTime(), validToDate.getTime());
    } catch {
      // garbage, of which time changes nothing
    }
  }
  return moments;
}
