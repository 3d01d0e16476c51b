/** The stories that are told. Images whose name holds `broken` end as soon as they start; all others are ready at once. */
import { seedServices } from './seeds.ts';
import { CHILDREN_STORIES } from './stories/children.ts';
import { TEMPLATES_STORIES } from './stories/templates.ts';
import { TRAFFIC_STORIES } from './stories/traffic.ts';
import type { Story } from './story.ts';

const SEEDS: Story = {
  name: 'seeds',
  title: 'Services as people write them',
  steps: [{ what: 'all are created', does: seedServices().map((service) => ({ create: service })) }],
};

export const STORIES: readonly Story[] = [...TEMPLATES_STORIES, ...TRAFFIC_STORIES, ...CHILDREN_STORIES, SEEDS];
