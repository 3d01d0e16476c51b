/** What a connection begins with that speaks cleartext HTTP/2 without asking before (RFC 9113, section 3.4). */
export const PREFACE = 'PRI * HTTP/2.0\r\n';
