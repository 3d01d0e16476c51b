/**
 * A process that writes until it is killed: `node writer.ts <file> <fsync>`. It says each write after it is
 * acknowledged, as one line: `<name> <round> <revision>`; round 0 is a deletion.
 */
import { writeSync } from 'node:fs';
import { systemClock } from '../../../../src/kubernetes/clock.ts';
import { openStore } from '../../../../src/platform/apiserver/store/openStore.ts';

const [file = '', fsync] = process.argv.slice(2);
const store = await openStore({ file, clock: systemClock, fsync: fsync === 'true' });
writeSync(1, `open ${store.list({ resource: 'configmaps', namespace: '' }).items.length} ${store.revision}\n`);

await Promise.all(Array.from({ length: 8 }, (_, index) => writeFor(`writer-${index}`)));

async function writeFor(writer: string): Promise<void> {
  for (let round = store.revision + 1; ; round++) {
    const key = { resource: 'configmaps', namespace: 'shop', name: `${writer}-${round % 5}` };
    const present = store.get(key);
    if (present !== undefined && round % 3 === 0) {
      const { revision } = await store.remove(key, present.object(), present.revision);
      writeSync(1, `${key.name} 0 ${revision}\n`);
      continue;
    }
    const text = `${round} `.repeat(1 + ((round * 37) % 3000));
    const object = {
      kind: 'ConfigMap',
      metadata: { name: key.name, labels: { round: String(round) } },
      data: { round, text },
    };
    const { revision } = await store.put(key, object, present?.revision);
    writeSync(1, `${key.name} ${round} ${revision}\n`);
  }
}
