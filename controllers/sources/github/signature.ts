/** How GitHub proves that a webhook is its own: an HMAC of the body (docs.github.com, "Validating webhook deliveries"). */
import { createHmac, timingSafeEqual } from 'node:crypto';

export const SIGNATURE = 'x-hub-signature-256';
const PREFIX = 'sha256=';

/** Takes as long whatever of it is wrong. @param header `sha256=<64 hex digits>` */
export function isSigned(body: Buffer, header: string | undefined, secret: string): boolean {
  if (secret === '' || header === undefined || !header.startsWith(PREFIX)) return false;
  const wanted = createHmac('sha256', secret).update(body).digest();
  const given = Buffer.from(header.slice(PREFIX.length), 'hex');
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
