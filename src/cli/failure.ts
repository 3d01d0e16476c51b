/** Errors that end a command with a sentence for the user. */

/** Exit codes: 2 beats 1. */
export const EXIT = { clean: 0, denied: 1, failed: 2, interrupted: 130 } as const;

/** The command cannot go on; the message is the whole of what the user reads. */
export class Failure extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Failure';
  }
}

/** An error of the operating system in words: `permission denied`. */
export function systemReason(error: unknown): string {
  const { code, message } = detailsOf(error);
  return REASONS[code] ?? message;
}

/** By shape: an error of another realm, as in a test runner, is no instance of this one's Error. */
function detailsOf(error: unknown): { code: string; message: string } {
  if (typeof error !== 'object' || error === null) return { code: '', message: String(error) };
  const code = 'code' in error ? String(error.code) : '';
  const message = 'message' in error ? String(error.message) : String(error);
  return { code, message };
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'the operating system does not allow it',
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'a part of the path is not a folder',
  EEXIST: 'something else is there',
  EISDIR: 'it is a folder',
  ELOOP: 'its symbolic links lead in a circle',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'the name is too long',
  ENOSPC: 'no space is left on the disk',
  EROFS: 'the file system is read-only',
};
