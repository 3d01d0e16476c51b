/** PUT: the client's object in place of the one that stands. */
import { isObject, type JsonObject } from '../../../kubernetes/json.ts';
import { trackUpdate } from '../patch/apply/trackUpdate.ts';
import { decode } from './decode.ts';
import type { Dependencies } from './dependencies.ts';
import { uidOf } from './metadata/metadata.ts';
import { checkName, inNamespace, withoutDoubleOwners } from './metadata/system.ts';
import type { Answer, Body, Target, WriteOptions } from './objects.ts';
import { managerOf } from './steps.ts';
import { write } from './update.ts';
import { versionsIn } from './versions.ts';

export function put(dependencies: Dependencies, target: Target, options: WriteOptions, body: Body): Promise<Answer> {
  const { resource, namespace, name, warn } = target;
  const decoded = decode(dependencies.resources, body, target, options.fieldValidation);
  const sent = withoutDoubleOwners(inNamespace(decoded, resource, namespace), 'as sent', warn);
  checkName(sent, name);

  const make = (old: JsonObject | undefined) =>
    trackUpdate({
      old,
      next: isObject(sent.metadata) ? sent : { ...sent, metadata: {} },
      manager: managerOf(options, target),
      subresource: target.subresource,
      resource,
      now: dependencies.clock.now(),
      versionOf: versionsIn(dependencies.resources, resource),
    });
  return write(dependencies, { target, options, mayCreate: false, uid: uidOf(sent), make });
}
