/** Prometheus and promtool, for the tests: from PATH, from an earlier run, or out of Debian's package. */
import path from 'node:path';
import { provideFromDebian } from '../../debian/provide.ts';

export interface Programs {
  readonly prometheus: string;
  readonly promtool: string;
}

/** Where both programs are. @throws with a sentence that says what to install */
export async function providePrometheus(): Promise<Programs> {
  const { folder } = await provideFromDebian({
    name: 'prometheus',
    programs: ['prometheus', 'promtool'],
    missing: 'Prometheus: put prometheus and promtool (2.42 or newer) on PATH, such as by: apt-get install prometheus',
  });
  return { prometheus: path.join(folder, 'prometheus'), promtool: path.join(folder, 'promtool') };
}
