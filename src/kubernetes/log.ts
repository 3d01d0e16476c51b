/** Where sentences for the operator go; a pino logger is one. */
export interface Log {
  debug(details: object, message: string): void;
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export const SILENT: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
