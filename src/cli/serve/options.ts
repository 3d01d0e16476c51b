/** Options that what stays up shares: `weir webhook` and `weir controller`. Every wrong value is a sentence. */
import { Failure } from '../failure.ts';

/** Those of src/process/log.ts, which is loaded only when the server runs; a test holds the two together. */
export const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

export function portOf(option: string, text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new Failure(`${option} is "${text}", and must be a port from 0 to 65535`);
}

export function addressOf(option: string, text: string): string {
  if (/^[\w.:%-]+$/.test(text)) return text;
  throw new Failure(`${option} is "${text}", and must be an address of this machine, such as 127.0.0.1 or 0.0.0.0`);
}

export function nameOf(option: string, text: string): string {
  if (/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(text)) return text;
  throw new Failure(`${option} is "${text}", and must be a name of Kubernetes: small letters, digits and dashes`);
}
