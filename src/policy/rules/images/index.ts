import type { Rule } from '../../engine/rule.ts';
import { imageTag } from './tag.ts';

export const imagesRules: readonly Rule[] = [imageTag];
