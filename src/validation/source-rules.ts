import { exactlyOne } from './fields';
import { exactlyOneOf, REQUIRED } from './messages';
import type { FieldProblem } from './object-schema';
import type { VirtualMachineSpec } from './vm-spec';

const TEMPLATE = 'template.spec';

/** Rules for the source of a volume, a DataVolume or a network: each has one. */
export const SOURCE_RULES = [volumeSources, secretNames, networkSources, dataVolumeSources];

function volumeSources({ template: { spec } }: VirtualMachineSpec): FieldProblem[] {
  return (spec.volumes ?? []).flatMap((volume, index) => oneSource(`${TEMPLATE}.volumes[${index}]`, volume));
}

function secretNames({ template: { spec } }: VirtualMachineSpec): FieldProblem[] {
  return (spec.volumes ?? []).flatMap(({ secret }, index) =>
    secret === undefined || secret.secretName ? [] : [{ field: `${TEMPLATE}.volumes[${index}].secret.secretName`, message: REQUIRED }],
  );
}

function networkSources({ template: { spec } }: VirtualMachineSpec): FieldProblem[] {
  return (spec.networks ?? []).flatMap((network, index) => oneSource(`${TEMPLATE}.networks[${index}]`, network));
}

function dataVolumeSources({ dataVolumeTemplates = [] }: VirtualMachineSpec): FieldProblem[] {
  return dataVolumeTemplates.flatMap(({ spec }, index) => {
    const field = `dataVolumeTemplates[${index}].spec`;
    return [
      ...exactlyOne(field, { pvc: spec.pvc, storage: spec.storage }),
      ...exactlyOne(field, { source: spec.source, sourceRef: spec.sourceRef }),
      ...(spec.source === undefined ? [] : oneSource(`${field}.source`, spec.source)),
    ];
  });
}

/** The schema allows no unknown fields, so every field but the name is a source. */
function oneSource(field: string, object: object): FieldProblem[] {
  const given = Object.keys(object).filter((key) => key !== 'name');
  return given.length === 1 ? [] : [{ field, message: exactlyOneOf('source', given) }];
}
