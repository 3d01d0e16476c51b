/** The floor: reads the same files with js-yaml, and does nothing else. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';

const folder = process.argv[2] ?? '.';
let documents = 0;
for (const file of readdirSync(folder)) documents += loadAll(readFileSync(join(folder, file), 'utf8')).length;
console.log(documents);
