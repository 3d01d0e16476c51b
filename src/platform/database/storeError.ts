/** Why a store cannot be opened, as a sentence for whoever started it. */
export class StoreError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
  }
}

/** What SQLite says, as its primary result code (sqlite.org/rescode.html). */
export const SQLITE = {
  busy: 5,
  locked: 6,
  memory: 7,
  readOnly: 8,
  io: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
} as const;

/** The primary result code, or undefined where the error is not SQLite's. */
export function sqliteCode(error: unknown): number | undefined {
  const code = memberOf(error, 'errcode');
  return typeof code === 'number' ? code & 0xff : undefined;
}

export function messageOf(error: unknown): string {
  const message = memberOf(error, 'message');
  return typeof message === 'string' ? message : String(error);
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
