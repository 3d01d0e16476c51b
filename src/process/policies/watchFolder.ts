/**
 * Says when a folder may have changed: by the operating system where it tells, and every few seconds in any case.
 *
 * Kubernetes mounts a ConfigMap or a Secret as symbolic links into `..data`, itself a link that is replaced by a rename
 * (k8s.io/kubernetes pkg/volume/util/atomic_writer.go): the folder's own events show the rename, the files' never show
 * anything. Some file systems tell nothing at all, and a folder that is replaced takes its watch along: hence the poll.
 */
import { type FSWatcher, statSync, watch } from 'node:fs';

export interface WatchOptions {
  /** Milliseconds of quiet after an event: one change comes as several events. */
  readonly debounce?: number;
  /** Milliseconds between two looks that nothing asked for. */
  readonly poll?: number;
}

export interface FolderWatch {
  close(): void;
}

const DEBOUNCE = 200;
const POLL = 10_000;

/** @param look called again and again, whether or not anything changed; never while it still runs */
export function watchFolder(
  folder: string,
  look: () => Promise<void>,
  { debounce = DEBOUNCE, poll = POLL }: WatchOptions = {},
): FolderWatch {
  let watcher: { readonly inode: number; readonly handle: FSWatcher } | undefined;
  let soon: NodeJS.Timeout | undefined;
  let isLooking = false;
  let isAskedAgain = false;
  let isClosed = false;

  const lookNow = async (): Promise<void> => {
    if (isLooking) {
      isAskedAgain = true;
      return;
    }
    isLooking = true;
    try {
      do {
        isAskedAgain = false;
        // It tells what it finds wrong by itself. What it did not think of must not end the server: the next look comes.
        await look().catch(() => undefined);
      } while (isAskedAgain && !isClosed);
    } finally {
      isLooking = false;
    }
  };
  const lookSoon = (): void => {
    clearTimeout(soon);
    if (!isClosed) soon = setTimeout(lookNow, debounce);
  };
  const stopWatching = (): void => {
    watcher?.handle.close();
    watcher = undefined;
  };
  /** Watches the folder that is there now: another one under the same name has another inode. */
  const watchAgain = (): void => {
    const inode = inodeOf(folder);
    if (inode === watcher?.inode) return;
    stopWatching();
    if (inode === undefined) return;
    try {
      const handle = watch(folder, lookSoon);
      handle.on('error', stopWatching);
      watcher = { inode, handle };
    } catch {
      // it went between the two calls, or there are no more watches to have: the poll remains
    }
  };

  watchAgain();
  const timer = setInterval(() => {
    watchAgain();
    void lookNow();
  }, poll);
  return {
    close: () => {
      isClosed = true;
      clearInterval(timer);
      clearTimeout(soon);
      stopWatching();
    },
  };
}

function inodeOf(folder: string): number | undefined {
  return statSync(folder, { throwIfNoEntry: false })?.ino;
}
