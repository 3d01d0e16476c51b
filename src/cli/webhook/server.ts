import { Failure } from '../failure.ts';

/** The one way from src to the admission server, which is loaded when it is to run: it takes a third of a second. */
export function loadServer() {
  return import('../../../webhooks/main.ts');
}

/** What the server says of a start that cannot be, as the command's own. By its name: the server's errors are not imported. */
export function asFailure(error: unknown): never {
  if (error instanceof Error && error.name === 'StartFailure') throw new Failure(error.message);
  throw error;
}
