const EVERY_MS = 1000;

/** Where progress is told; process.stderr is one. */
export interface Terminal {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/**
 * Does the work and tells how long it has taken so far: on a terminal one line that counts the seconds, elsewhere a
 * line at the start and one at the end.
 */
export async function withProgress<T>(what: string, terminal: Terminal, work: () => Promise<T>): Promise<T> {
  const began = Date.now();
  const seconds = () => Math.round((Date.now() - began) / 1000);
  const isLive = terminal.isTTY === true;
  const show = () => terminal.write(`\r\u001b[2K${what}: ${seconds()} s`);

  if (!isLive) terminal.write(`${what} ...\n`);
  const ticker = isLive ? setInterval(show, EVERY_MS) : undefined;
  try {
    const result = await work();
    terminal.write(`${isLive ? '\r\u001b[2K' : ''}${what}: done in ${seconds()} s\n`);
    return result;
  } catch (error) {
    terminal.write(`${isLive ? '\r\u001b[2K' : ''}${what}: failed after ${seconds()} s\n`);
    throw error;
  } finally {
    clearInterval(ticker);
  }
}
