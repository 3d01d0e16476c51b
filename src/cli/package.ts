/** Where the package stands on disk, and what it says of itself. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder with Weir's own package.json: the checkout, whether this file runs from src/ or from the bundle in dist/. */
export function packageRoot(): string {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(folder, 'package.json'))) {
    const above = path.dirname(folder);
    if (above === folder) throw new Error('the package.json of Weir is missing');
    folder = above;
  }
  return folder;
}

/** The policies that Weir ships. */
export function shippedPolicies(): string {
  return path.join(packageRoot(), 'policies');
}

export function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(path.join(packageRoot(), 'package.json'), 'utf8'));
  const { version: text } = manifest as { version?: unknown };
  return typeof text === 'string' ? text : 'unknown';
}
