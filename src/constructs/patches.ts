import { isDeepStrictEqual } from 'node:util';
import { JsonPatch } from 'cdk8s';
import type { Construct } from 'constructs';
import { VirtualMachine as KubeVirtualMachine, type VirtualMachineProps } from '../../imports/kubevirt.io';
import { type Problem, refuse } from '../errors';
import type { PatchPlan } from '../plan/plan';
import { type Text, valueAt, whyNotAdded } from './json-pointer';
import { type KeptField, keptFields } from './kept-fields';
import { inObject, PATCH } from './messages';

/**
 * The object of a VM, with patches. `addJsonPatch` would apply them before the generated class gives fields the names and values that they
 * have in Kubernetes, and a patch would have to use those of the class.
 */
export class PatchedVirtualMachine extends KubeVirtualMachine {
  private readonly operations: readonly JsonPatch[];

  /** @throws UserError with every patch that cannot be applied, or that changes what virtwork relies on */
  constructor(scope: Construct, id: string, props: VirtualMachineProps, patches: readonly PatchPlan[]) {
    super(scope, id, props);
    patched(super.toJson(), patches);
    this.operations = patches.map(operation);
  }

  override toJson(): object {
    return JsonPatch.apply(super.toJson(), ...this.operations);
  }
}

/**
 * The object of a VM with patches, as JSON.
 * @throws UserError with every patch that cannot be applied, or that changes what virtwork relies on
 */
export function patched<T extends { readonly metadata: { readonly name: string } }>(vm: T, patches: readonly PatchPlan[]): T {
  refuse(patchProblems(vm.metadata.name, vm, patches));
  return patches.length === 0 ? vm : JsonPatch.apply(copyOf(vm), ...patches.map(operation));
}

/** Each patch is tried on the result of those before it; one with a problem is left out. */
function patchProblems(name: string, object: object, patches: readonly PatchPlan[]): Problem[] {
  const before = keptFields(object);
  let document = object;
  return patches.flatMap((patch) => {
    const found = whyNot(document, patch);
    if (found !== undefined) return [{ where: patch.place, ...inObject(name, found) }];
    const changed = JsonPatch.apply(copyOf(document), operation(patch));
    const broken = patch.op === 'test' ? [] : brokenBy(before, keptFields(changed));
    if (broken.length === 0) document = changed;
    return broken.map((text) => ({ where: patch.place, ...inObject(name, text) }));
  });
}

/** Why a patch cannot be applied; undefined if it can. */
function whyNot(document: object, patch: PatchPlan): Text | undefined {
  const { op, path, from = '', value } = patch;
  if (op === 'add') return whyNotAdded(document, path);
  if (op === 'copy') return absent(document, from) ?? whyNotAdded(document, path);
  if (op === 'move') return absent(document, from) ?? whyNotMoved(document, from, path);
  const found = valueAt(document, path);
  if ('message' in found) return found;
  return op === 'test' && !isDeepStrictEqual(found.value, value) ? PATCH.testFailed(path, found.value, value) : undefined;
}

function absent(document: object, from: string): Text | undefined {
  const found = valueAt(document, from);
  return 'message' in found ? found : undefined;
}

function whyNotMoved(document: object, from: string, path: string): Text | undefined {
  if (path === from) return undefined;
  if (path.startsWith(`${from}/`)) return PATCH.intoItself(from);
  return whyNotAdded(JsonPatch.apply(copyOf(document), JsonPatch.remove(from)), path);
}

function brokenBy(before: readonly KeptField[], after: readonly KeptField[]): Text[] {
  const [were, are] = [before, after].map((fields) => new Map(fields.map((field) => [field.name, field])));
  const changed = before.filter(({ name, value }) => !isDeepStrictEqual(are?.get(name)?.value, value));
  const added = after.filter(({ name, mayBeAdded }) => !mayBeAdded && !were?.has(name));
  const all = [...changed, ...added];
  return [...new Set(all.map(({ because }) => because))].map((because) => {
    const names = all.filter((field) => field.because === because).map(({ name }) => name);
    return { ...because, message: PATCH.mustNotChange(names, because.message) };
  });
}

/** JsonPatch changes the document itself. */
function copyOf(document: object): object {
  return JSON.parse(JSON.stringify(document)) as object;
}

function operation({ op, path, from = '', value }: PatchPlan): JsonPatch {
  switch (op) {
    case 'add':
      return JsonPatch.add(path, value);
    case 'remove':
      return JsonPatch.remove(path);
    case 'replace':
      return JsonPatch.replace(path, value);
    case 'move':
      return JsonPatch.move(from, path);
    case 'copy':
      return JsonPatch.copy(from, path);
    case 'test':
      return JsonPatch.test(path, value);
  }
}
