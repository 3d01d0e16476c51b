/** A step of the pipeline: it runs COMMAND on a commit, and answers what came of it. Build and test are two of them. */
import { eventOf, serve } from '../lib/service.ts';
import { changeIn, inCommit, run } from './git.ts';

const { COMMAND = '', DONE = '', FAILED = '' } = process.env;

serve({
  async onEvent(event) {
    const change = changeIn(event);
    const { code, output } = await inCommit(change, (folder) => run('sh', ['-c', COMMAND], folder));
    const type = code === 0 ? DONE : FAILED;
    // named after the commit: a push that comes twice is built twice, and is one event for who counts
    const id = `${type}/${change.commit}`;
    return eventOf({ id, type, source: '/ci', subject: change.commit, data: { ...change, output } });
  },
});
