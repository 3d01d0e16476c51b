/** Kafka's jars, for the tests: from an earlier run, or from Maven Central by Maven itself. */
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { type RunResult, run } from '../controlplane/process/run.ts';

const HERE = import.meta.dirname;
const POM = path.join(HERE, 'pom.xml');
const CHECKSUMS = path.join(HERE, 'jars.sha256');
const FETCH_SECONDS = 600;
const JAVA_SECONDS = 60;
/** Kafka 4 needs it. */
const JAVA = 17;

/**
 * Where the jars are, each with the checksum that stands in jars.sha256. Mirrors are Maven's own matter (settings.xml,
 * MAVEN_ARGS).
 *
 * @throws with a sentence that says what to install
 */
export async function provideKafka(): Promise<string> {
  const wanted = readFileSync(CHECKSUMS, 'utf8');
  const name = createHash('sha256').update(wanted).digest('hex').slice(0, 12);
  const kept = path.join(cacheFolder(), 'kafka', name);
  if (existsSync(kept)) return kept;
  mkdirSync(path.dirname(kept), { recursive: true });
  const folder = mkdtempSync(`${kept}-`);
  try {
    process.stderr.write("fetching Kafka's jars…\n");
    await fetchInto(folder);
    const jars = path.join(folder, 'jars');
    const differing = compare(wanted, checksumsOf(jars));
    if (differing.length > 0) {
      throw new Error(`what Maven brought differs from tools/kafka/jars.sha256 in ${differing.join(', ')}`);
    }
    renameSync(jars, kept);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return kept;
}

/** @throws with a sentence where there is no Java that Kafka runs on */
export async function provideJava(): Promise<void> {
  const what = `Kafka needs Java ${JAVA} or newer as java on PATH; install one, such as by: apt-get install default-jre-headless`;
  let result: RunResult;
  try {
    result = await run('java', ['-version'], { env: process.env, seconds: JAVA_SECONDS });
  } catch {
    throw new Error(`there is no Java: ${what}`);
  }
  const version = Number(/version "(\d+)/.exec(result.stderr)?.[1] ?? 0);
  if (version < JAVA) throw new Error(`java is of version ${version}: ${what}`);
}

/** `<sha256>  <name>` a line, sorted by name: as sha256sum writes them. */
export function checksumsOf(folder: string): string {
  const names = readdirSync(folder).filter((name) => name.endsWith('.jar'));
  const lines = names.sort().map((name) => {
    const sum = createHash('sha256')
      .update(readFileSync(path.join(folder, name)))
      .digest('hex');
    return `${sum}  ${name}\n`;
  });
  return lines.join('');
}

async function fetchInto(folder: string): Promise<void> {
  copyFileSync(POM, path.join(folder, 'pom.xml'));
  const args = ['-q', '-B', 'dependency:copy-dependencies', '-DincludeScope=runtime', '-DoutputDirectory=jars'];
  let result: RunResult;
  try {
    result = await run('mvn', args, { env: process.env, cwd: folder, seconds: FETCH_SECONDS });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`Kafka's jars are fetched by Maven; install it, such as by: apt-get install maven. ${why}`);
  }
  if (result.code === 0) return;
  const told = `${result.stdout}\n${result.stderr}`.trim().split('\n').slice(0, 5).join('\n');
  throw new Error(`mvn ${args.join(' ')} ended with ${result.code}:\n${told}`);
}

/** Names of files, in one list alone or with another checksum. */
function compare(wanted: string, found: string): string[] {
  const [one, other] = [wanted.split('\n'), found.split('\n')];
  const lines = [...one.filter((line) => !other.includes(line)), ...other.filter((line) => !one.includes(line))];
  return [...new Set(lines.map((line) => line.slice(line.indexOf('  ') + 2)))];
}

function cacheFolder(): string {
  const { XDG_CACHE_HOME } = process.env;
  const cache = XDG_CACHE_HOME === undefined || XDG_CACHE_HOME === '' ? path.join(homedir(), '.cache') : XDG_CACHE_HOME;
  return path.join(cache, 'weir');
}
