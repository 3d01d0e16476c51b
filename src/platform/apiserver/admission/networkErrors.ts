/** Node's network errors in the words of Go's net, crypto/tls and crypto/x509. */

interface NetworkError {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly address?: unknown;
  readonly port?: unknown;
  readonly hostname?: unknown;
  readonly reason?: unknown;
}

const UNVERIFIED = 'tls: failed to verify certificate: x509: ';
const UNKNOWN_AUTHORITY = 'certificate signed by unknown authority';

/** @param serverName what the certificate was to be for */
export function explainNetwork(error: unknown, serverName: string): string {
  const found = firstOf(error);
  const { code, message, address, port, hostname } = found;
  const dial = `dial tcp ${String(address)}:${String(port)}: connect: `;
  switch (code) {
    case 'ECONNREFUSED':
      return `${dial}connection refused`;
    case 'EHOSTUNREACH':
      return `${dial}no route to host`;
    case 'ENETUNREACH':
      return `${dial}network is unreachable`;
    case 'ETIMEDOUT':
      return `${dial}connection timed out`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `dial tcp: lookup ${String(hostname)}: no such host`;
    case 'ECONNRESET':
    case 'EPIPE':
      return 'EOF';
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
      return `${UNVERIFIED}certificate has expired or is not yet valid`;
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `${UNVERIFIED}${validFor(found.reason, serverName)}`;
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'CERT_SIGNATURE_FAILURE':
      return `${UNVERIFIED}${UNKNOWN_AUTHORITY}`;
    case 'EPROTO':
      return isNoTls(message)
        ? 'http: server gave HTTP response to HTTPS client'
        : 'remote error: tls: handshake failure';
    default:
      return typeof message === 'string' && message !== '' ? message : String(error);
  }
}

/** What came does not begin as TLS does. */
function isNoTls(message: unknown): boolean {
  return /wrong version number|packet length too long/.test(String(message));
}

/** `certificate is valid for a, b, not c`: Node lists the names as `DNS:a, DNS:b`. */
function validFor(reason: unknown, serverName: string): string {
  const names = [...String(reason).matchAll(/(?:DNS|IP Address):([^,\s]+)/g)].map(([, name]) => name);
  if (names.length === 0) return `certificate is not valid for any names, but wanted to match ${serverName}`;
  return `certificate is valid for ${names.join(', ')}, not ${serverName}`;
}

/** Of several addresses that were tried in vain, the first one's. */
function firstOf(error: unknown): NetworkError {
  if (typeof error !== 'object' || error === null) return {};
  const errors: unknown = 'errors' in error ? error.errors : undefined;
  const [first]: unknown[] = Array.isArray(errors) ? errors : [];
  return typeof first === 'object' && first !== null ? first : error;
}
