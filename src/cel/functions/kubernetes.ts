/** All functions of Kubernetes 1.36's CEL but those of the authorizer (k8s.io/apiserver pkg/cel/environment/base.go). */
import { ADDRESSES } from './addresses.ts';
import { payingForTexts } from './arguments.ts';
import { CONVERSIONS } from './conversions.ts';
import { FORMAT_FUNCTIONS } from './formats.ts';
import { type FunctionTable, tableOf } from './function.ts';
import { LISTS } from './lists.ts';
import { OPERATORS } from './operators.ts';
import { OPTIONALS } from './optionals.ts';
import { QUANTITIES } from './quantities.ts';
import { TEXTS } from './texts.ts';
import { TIMES } from './times.ts';
import { URLS } from './urls.ts';
import { VERSIONS } from './versions.ts';

export const KUBERNETES_FUNCTIONS: FunctionTable = tableOf(
  OPERATORS,
  CONVERSIONS,
  TEXTS,
  LISTS,
  TIMES,
  OPTIONALS,
  payingForTexts(QUANTITIES),
  payingForTexts(ADDRESSES),
  payingForTexts(URLS),
  payingForTexts(VERSIONS),
  payingForTexts(FORMAT_FUNCTIONS),
);
