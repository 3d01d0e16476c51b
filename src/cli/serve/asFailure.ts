import { Failure } from '../failure.ts';

/** What a server says of a start that cannot be, as the command's own. By its name: the server's errors are not imported. */
export function asFailure(error: unknown): never {
  if (error instanceof Error && error.name === 'StartFailure') throw new Failure(error.message);
  throw error;
}
