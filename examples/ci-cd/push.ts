/**
 * Plays a developer and GitHub: commits the files of a folder to a repository, and tells of the push as GitHub does, signed.
 *
 *     node examples/ci-cd/push.ts REPOSITORY WEBHOOK SECRET [FOLDER]
 */
import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const AUTHOR = ['-c', 'user.name=A developer', '-c', 'user.email=developer@example.com'];

/** @returns the commit that is the head of `main` now */
export function commit(repository: string, folder: string, message = 'A change'): string {
  const copy = mkdtempSync(path.join(tmpdir(), 'push-'));
  const git = (...args: string[]) => execFileSync('git', args, { cwd: copy, encoding: 'utf8', stdio: 'pipe' }).trim();
  try {
    git('clone', '--quiet', repository, '.');
    git('checkout', '--quiet', '-B', 'main');
    cpSync(folder, copy, { recursive: true });
    git('add', '--all');
    git(...AUTHOR, 'commit', '--quiet', '--allow-empty', '-m', message);
    git('push', '--quiet', 'origin', 'main');
    return git('rev-parse', 'HEAD');
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

export interface Push {
  readonly webhook: string;
  readonly secret: string;
  readonly commit: string;
  /** Seconds since 1970. */
  readonly pushedAt: number;
  readonly ref?: string;
}

/** @returns the status of the answer; 202 once the event is the sink's */
export async function tell({
  webhook,
  secret,
  commit: after,
  pushedAt,
  ref = 'refs/heads/main',
}: Push): Promise<number> {
  const repository = { full_name: 'my-org/hello', pushed_at: pushedAt };
  const body = JSON.stringify({ ref, after, repository, pusher: { name: 'developer' } });
  const headers = {
    'content-type': 'application/json',
    'x-github-event': 'push',
    // GitHub's name for this delivery, which stays when it is delivered again
    'x-github-delivery': `push-${after}`,
    'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
  };
  return (await fetch(webhook, { method: 'POST', headers, body })).status;
}

if (import.meta.main) {
  const [repository = '', webhook = '', secret = '', folder = path.join(import.meta.dirname, 'app')] =
    process.argv.slice(2);
  const pushed = commit(path.resolve(repository), folder);
  const status = await tell({ webhook, secret, commit: pushed, pushedAt: Math.floor(Date.now() / 1000) });
  console.log(`${pushed} ${status === 202 ? 'is on its way' : `was answered with ${status}`}`);
}
