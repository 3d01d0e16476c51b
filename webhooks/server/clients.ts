/** Who may ask for a review, where a client has to show a certificate. */
import type { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Logger } from '../../src/process/log.ts';
import type { ClientAuthorities } from './clientCa.ts';

/** Says why the sender of a request may not ask; undefined where it may. */
export type Gate = (request: IncomingMessage) => string | undefined;

/**
 * A connection was judged when it came about. Where the CAs changed since, it is judged again at its next request: it is
 * not cut off, since a request may be on its way.
 *
 * @param log hears of the first that is turned away, and again once somebody was let in: strangers must not fill it
 */
export function gateFor(authorities: ClientAuthorities, log: Logger): Gate {
  const judgedBy = new WeakMap<TLSSocket, readonly X509Certificate[]>();
  let isTold = false;

  function judge(socket: Socket): string | undefined {
    if (!(socket instanceof TLSSocket)) return 'reviews are answered over TLS alone';
    const shown = socket.getPeerX509Certificate();
    if (shown === undefined) return 'reviews are answered to clients that show a certificate, and you show none';

    const current = authorities.certificates();
    const judged = judgedBy.get(socket);
    if (judged === current) return undefined;
    if (judged === undefined && !socket.authorized) return untrusted(socket);
    if (!isSigned(shown, current)) return `${UNTRUSTED}; its CAs have changed`;
    judgedBy.set(socket, current);
    return undefined;
  }

  return ({ socket }) => {
    const why = judge(socket);
    if (why !== undefined && !isTold) log.warn({ from: socket.remoteAddress, why }, 'a client was turned away');
    isTold = why !== undefined;
    return why;
  };
}

const UNTRUSTED = 'your certificate is none that this server takes (--client-ca)';

/** The code alone: a message of OpenSSL's may quote the certificate. */
function untrusted({ authorizationError }: TLSSocket): string {
  const code = String(authorizationError);
  return /^[A-Z_]{1,60}$/.test(code) ? `${UNTRUSTED}: ${code}` : UNTRUSTED;
}

/** Certificates between a client's and its CA. */
const LONGEST_CHAIN = 5;

/** True where one of the CAs signed the certificate, or one of those that came with it on the way up. */
function isSigned(certificate: X509Certificate, authorities: readonly X509Certificate[]): boolean {
  let signed: X509Certificate | undefined = certificate;
  for (let length = 0; signed !== undefined && length <= LONGEST_CHAIN; length++) {
    const child: X509Certificate = signed;
    if (authorities.some((authority) => isSignedBy(child, authority))) return true;
    const issuer: X509Certificate | undefined = child.issuerCertificate;
    signed = issuer?.ca === true && isSignedBy(child, issuer) ? issuer : undefined;
  }
  return false;
}

function isSignedBy(certificate: X509Certificate, authority: X509Certificate): boolean {
  return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
}
