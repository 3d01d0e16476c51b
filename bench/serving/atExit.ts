/** What has to be ended or removed when this process ends: one listener, since Node warns of more than ten. */
const endings = new Set<() => void>();

/** @returns takes it back: the ending has happened */
export function atExit(ending: () => void): () => void {
  if (endings.size === 0) process.on('exit', endAll);
  endings.add(ending);
  return () => endings.delete(ending);
}

function endAll(): void {
  for (const ending of endings) ending();
  endings.clear();
}
