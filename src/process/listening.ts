/** Why a server does not listen, in words. */

/** Why a port cannot be listened on, in words. */
export function whyNot({ code, message }: NodeJS.ErrnoException, port: number, bind: string): string {
  if (code === 'EADDRINUSE') return `something listens on port ${port} of ${bind} already; choose another port`;
  if (code === 'EACCES') return `port ${port} of ${bind} is not for this user; choose one from 1024 on`;
  if (code === 'EADDRNOTAVAIL')
    return `${bind} is no address of this machine; 127.0.0.1 and 0.0.0.0 are, and with IPv6 ::1 and ::`;
  return `port ${port} of ${bind} cannot be listened on: ${message}`;
}
