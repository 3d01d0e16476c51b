/** `spec.images`: where images come from and which secrets pull them. */
import { section, textList } from './bounds.ts';

export interface ImagesPolicy {
  /** Patterns with `*` for any text, such as `registry.example.com/*`. */
  readonly registries?: readonly string[];
  /** The secret that pulls from a private registry. */
  readonly pullSecrets?: readonly { readonly registry: string; readonly secret: string }[];
}

export const imagesSchema = section('Where images come from', {
  registries: textList('patterns of allowed images, with * for any text: registry.example.com/*'),
  pullSecrets: {
    type: 'array',
    description: 'the secret that pulls from each private registry',
    items: {
      type: 'object',
      additionalProperties: false,
      required: ['registry', 'secret'],
      properties: { registry: { type: 'string', minLength: 1 }, secret: { type: 'string', minLength: 1 } },
    },
  },
});
