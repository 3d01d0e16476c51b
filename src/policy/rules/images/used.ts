/** The images that a pod runs or mounts. */
import { type ImageReference, parseImage } from '../../../kubernetes/image.ts';
import { asArray, asString, isArray, stringAt } from '../../../kubernetes/json.ts';
import type { PodTemplate } from '../../../kubernetes/podTemplate.ts';
import { join, placeIn } from '../../../kubernetes/pointer.ts';
import { rememberLast } from '../rememberLast.ts';

export interface UsedImage {
  /** As it is written. */
  readonly text: string;
  readonly reference: ImageReference;
  readonly path: string;
  /** `container 1`, `cart`, `volume model`. */
  readonly user: string;
}

/** Images of containers and init containers, then of image volumes. An image that is no text, or empty, is left out. */
export function imagesUsed(template: PodTemplate | undefined): readonly UsedImage[] {
  return template === undefined ? [] : imagesOf(template);
}

/** An object's image is asked for as its author wrote it, and again with the defaults in the object. */
function referenceTo(text: string): ImageReference {
  if (text !== last.text) last = { text, reference: parseImage(text) };
  return last.reference;
}

let last = { text: '', reference: parseImage('') };

/** Worked out once for each template: every rule about images asks. */
const imagesOf = rememberLast(readImages);

function readImages(template: PodTemplate): UsedImage[] {
  const used: UsedImage[] = [];
  for (const container of template.containers) {
    const text = asString(container.value.image);
    if (text === undefined || text === '') continue;
    used.push({ text, reference: referenceTo(text), path: placeIn(container.path, 'image'), user: container.name });
  }
  if (!isArray(template.spec.volumes)) return used;

  for (const [index, volume] of asArray(template.spec.volumes).entries()) {
    const text = stringAt(volume, 'image', 'reference');
    if (text === undefined || text === '') continue;
    const user = `volume ${stringAt(volume, 'name') ?? index + 1}`;
    used.push({
      text,
      reference: parseImage(text),
      path: join(template.specPath, 'volumes', index, 'image', 'reference'),
      user,
    });
  }
  return used;
}
