package install

import (
	"bytes"
	"errors"
	"io"
	"os"

	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/yaml"
	"kubevirt.io/kubevirt/pkg/virt-operator/resource/generate/components"
)

func crds(cdiFile string) ([]runtime.Object, error) {
	objects, err := kubevirtCRDs()
	if err != nil {
		return nil, err
	}
	shipped, err := readCRDs(cdiFile)
	if err != nil {
		return nil, err
	}
	return append(append(objects, shipped...), openCRDs()...), nil
}

// kubevirtCRDs are the ones virt-operator creates, with full validation.
func kubevirtCRDs() ([]runtime.Object, error) {
	var objects []runtime.Object
	for _, definition := range []func() (*extv1.CustomResourceDefinition, error){
		components.NewKubeVirtCrd,
		components.NewVirtualMachineCrd,
		components.NewVirtualMachineInstanceCrd,
		components.NewVirtualMachineInstanceMigrationCrd,
		components.NewMigrationPolicyCrd,
		components.NewPresetCrd,
		components.NewReplicaSetCrd,
		components.NewVirtualMachinePoolCrd,
		components.NewVirtualMachineInstancetypeCrd,
		components.NewVirtualMachineClusterInstancetypeCrd,
		components.NewVirtualMachinePreferenceCrd,
		components.NewVirtualMachineClusterPreferenceCrd,
		components.NewVirtualMachineCloneCrd,
		components.NewVirtualMachineExportCrd,
		components.NewVirtualMachineSnapshotCrd,
		components.NewVirtualMachineSnapshotContentCrd,
		components.NewVirtualMachineRestoreCrd,
	} {
		crd, err := definition()
		if err != nil {
			return nil, err
		}
		objects = append(objects, crd)
	}
	return objects, nil
}

func readCRDs(file string) ([]runtime.Object, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var objects []runtime.Object
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(text), 4096)
	for {
		crd := &extv1.CustomResourceDefinition{}
		if err := decoder.Decode(crd); errors.Is(err, io.EOF) {
			return objects, nil
		} else if err != nil {
			return nil, err
		}
		objects = append(objects, crd)
	}
}

// openCRDs are kinds of CDI that the project has no types of but virt-controller watches: any content goes.
func openCRDs() []runtime.Object {
	return []runtime.Object{
		openCRD("CDI", "cdi", "cdis"),
		openCRD("CDIConfig", "cdiconfig", "cdiconfigs"),
		openCRD("StorageProfile", "storageprofile", "storageprofiles"),
	}
}

func openCRD(kind, singular, plural string) *extv1.CustomResourceDefinition {
	anything := true
	return &extv1.CustomResourceDefinition{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apiextensions.k8s.io/v1", Kind: "CustomResourceDefinition"},
		ObjectMeta: metav1.ObjectMeta{Name: plural + "." + cdiGroup},
		Spec: extv1.CustomResourceDefinitionSpec{
			Group: cdiGroup,
			Scope: extv1.ClusterScoped,
			Names: extv1.CustomResourceDefinitionNames{Kind: kind, ListKind: kind + "List", Singular: singular, Plural: plural},
			Versions: []extv1.CustomResourceDefinitionVersion{{
				Name: "v1beta1", Served: true, Storage: true,
				Subresources: &extv1.CustomResourceSubresources{Status: &extv1.CustomResourceSubresourceStatus{}},
				Schema: &extv1.CustomResourceValidation{
					OpenAPIV3Schema: &extv1.JSONSchemaProps{Type: "object", XPreserveUnknownFields: &anything},
				},
			}},
		},
	}
}
