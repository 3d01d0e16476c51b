/** Why the disk gave no file, in words. */

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is none',
  ENOTDIR: 'it is a file',
  EISDIR: 'it is a folder',
  EACCES: 'permission is missing',
  ELOOP: 'it is a loop of symbolic links',
};

export function reasonOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const message = 'message' in error ? String(error.message) : String(error);
  return Object.hasOwn(REASONS, code) ? (REASONS[code] ?? message) : message;
}
