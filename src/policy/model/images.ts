/** `spec.images`: where images come from and which secrets pull them. */
import { section, textList } from './bounds.ts';

export interface ImagesPolicy {
  /** Patterns with `*` for any text, such as `registry.example.com/*`; how they are read says src/kubernetes/image.ts. */
  readonly registries?: readonly string[];
  /** Tags that move, as patterns; `latest` alone unless said. */
  readonly movingTags?: readonly string[];
  /** The secret that pulls from a private registry. */
  readonly pullSecrets?: readonly PullSecret[];
}

export interface PullSecret {
  /** A registry's host, with its port if it has one: `registry.example.com`. */
  readonly registry: string;
  /** The Secret's name, in the namespace of whoever pulls. */
  readonly secret: string;
}

export const imagesSchema = section('Where images come from', {
  registries: textList(
    'patterns of allowed images, with * for any text: registry.example.com/* or docker.io/library/postgres',
  ),
  movingTags: textList('tags that move and so say nothing, with * for any text; [latest] unless said'),
  pullSecrets: {
    type: 'array',
    description: 'the secret that pulls from each private registry',
    items: {
      type: 'object',
      additionalProperties: false,
      required: ['registry', 'secret'],
      properties: {
        registry: { type: 'string', minLength: 1, description: "the registry's host: registry.example.com" },
        secret: { type: 'string', minLength: 1, description: 'the name of the Secret, the same in each namespace' },
      },
    },
  },
});
