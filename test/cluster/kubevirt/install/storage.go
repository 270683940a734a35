package install

import (
	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	cdiv1 "kubevirt.io/containerized-data-importer-api/pkg/apis/core/v1beta1"

	"virtwork.test/cluster/kubevirt/cdi"
)

// class is a storage class, and what its profile says of the volumes it gives.
type class struct {
	name      string
	isDefault string
	access    corev1.PersistentVolumeAccessMode
	mode      corev1.PersistentVolumeMode
}

// One class of each sort: guests on the first can migrate, guests on the second cannot.
var classes = []class{
	{"shared", "true", corev1.ReadWriteMany, corev1.PersistentVolumeBlock},
	{"local", "false", corev1.ReadWriteOnce, corev1.PersistentVolumeFilesystem},
}

func storage() []runtime.Object {
	attach := false
	objects := []runtime.Object{&storagev1.CSIDriver{
		TypeMeta:   metav1.TypeMeta{APIVersion: "storage.k8s.io/v1", Kind: "CSIDriver"},
		ObjectMeta: metav1.ObjectMeta{Name: cdi.Provisioner},
		// No node would ever say that a volume is attached.
		Spec: storagev1.CSIDriverSpec{AttachRequired: &attach},
	}}
	for _, class := range classes {
		objects = append(objects, class.storageClass(), class.profile())
	}
	return objects
}

func (c class) storageClass() *storagev1.StorageClass {
	return &storagev1.StorageClass{
		TypeMeta: metav1.TypeMeta{APIVersion: "storage.k8s.io/v1", Kind: "StorageClass"},
		ObjectMeta: metav1.ObjectMeta{
			Name:        c.name,
			Annotations: map[string]string{"storageclass.kubernetes.io/is-default-class": c.isDefault},
		},
		Provisioner: cdi.Provisioner,
	}
}

func (c class) profile() *cdiv1.StorageProfile {
	provisioner := cdi.Provisioner
	return &cdiv1.StorageProfile{
		TypeMeta:   cdiType("StorageProfile"),
		ObjectMeta: metav1.ObjectMeta{Name: c.name},
		Status: cdiv1.StorageProfileStatus{
			StorageClass: &c.name,
			Provisioner:  &provisioner,
			ClaimPropertySets: []cdiv1.ClaimPropertySet{
				{AccessModes: []corev1.PersistentVolumeAccessMode{c.access}, VolumeMode: &c.mode},
			},
		},
	}
}
