import { onSettings, type Rule } from '../../engine/rule.ts';
import { imageDigest } from './digest.ts';
import { imagePullSecret } from './pullSecret.ts';
import { imagePullSecretMisplaced } from './pullSecretMisplaced.ts';
import { imagePullSecretMissing } from './pullSecretMissing.ts';
import { imagePullSecretType } from './pullSecretType.ts';
import { imageRegistry } from './registry.ts';
import { imageTag } from './tag.ts';

export const imagesRules: readonly Rule[] = [
  imageRegistry,
  imageTag,
  imageDigest,
  ...onSettings([imagePullSecretMisplaced]),
  imagePullSecret,
  imagePullSecretMissing,
  imagePullSecretType,
];
