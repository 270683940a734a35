package cdi

import (
	"context"
	"fmt"
	"math"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	cdiv1 "kubevirt.io/containerized-data-importer-api/pkg/apis/core/v1beta1"
)

const (
	defaultClass = "storageclass.kubernetes.io/is-default-class"
	// What a file system takes of a volume, as in CDI.
	fileSystemOverhead = 0.06
	mebibyte           = 1 << 20
)

// createClaim makes the claim as CDI does: owned by the DataVolume, with its labels and annotations. The two recommended
// labels that say who manages an object and what it is are CDI's own, whatever the DataVolume's say.
func (i *importer) createClaim(ctx context.Context, dv *cdiv1.DataVolume) error {
	spec, err := i.claimSpec(ctx, dv)
	if err != nil {
		return err
	}
	claim := &corev1.PersistentVolumeClaim{
		ObjectMeta: metav1.ObjectMeta{
			Name:            dv.Name,
			Namespace:       dv.Namespace,
			Labels:          claimLabels(dv, spec),
			Annotations:     claimAnnotations(dv),
			OwnerReferences: []metav1.OwnerReference{*metav1.NewControllerRef(dv, cdiv1.SchemeGroupVersion.WithKind("DataVolume"))},
		},
		Spec: *spec,
	}
	_, err = i.client.CoreV1().PersistentVolumeClaims(dv.Namespace).Create(ctx, claim, metav1.CreateOptions{})
	return err
}

func claimLabels(dv *cdiv1.DataVolume, spec *corev1.PersistentVolumeClaimSpec) map[string]string {
	labels := map[string]string{"app": "containerized-data-importer"}
	if !isBlock(spec) {
		labels["alerts.k8s.io/KubePersistentVolumeFillingUp"] = "disabled"
	}
	for key, value := range dv.Labels {
		labels[key] = value
	}
	labels["app.kubernetes.io/managed-by"] = "cdi-controller"
	labels["app.kubernetes.io/component"] = "storage"
	return labels
}

func claimAnnotations(dv *cdiv1.DataVolume) map[string]string {
	annotations := map[string]string{}
	for key, value := range dv.Annotations {
		annotations[key] = value
	}
	annotations["cdi.kubevirt.io/createdForDataVolume"] = string(dv.UID)
	annotations["cdi.kubevirt.io/storage.contentType"] = "kubevirt"
	annotations["cdi.kubevirt.io/storage.pod.restarts"] = "0"
	return annotations
}

// claimSpec is spec.pvc as it stands, or spec.storage with what it leaves out taken from the class's storage profile.
func (i *importer) claimSpec(ctx context.Context, dv *cdiv1.DataVolume) (*corev1.PersistentVolumeClaimSpec, error) {
	if dv.Spec.PVC != nil {
		return dv.Spec.PVC.DeepCopy(), nil
	}
	if dv.Spec.Storage == nil {
		return nil, fmt.Errorf("neither spec.pvc nor spec.storage")
	}
	storage := dv.Spec.Storage.DeepCopy()
	spec := &corev1.PersistentVolumeClaimSpec{
		AccessModes: storage.AccessModes, VolumeMode: storage.VolumeMode, Resources: storage.Resources, Selector: storage.Selector,
		StorageClassName: storage.StorageClassName, VolumeName: storage.VolumeName,
		DataSource: storage.DataSource, DataSourceRef: storage.DataSourceRef,
	}
	class, err := i.class(ctx, spec.StorageClassName)
	if err != nil {
		return nil, err
	}
	spec.StorageClassName = &class.Name
	if err := i.applyProfile(ctx, class.Name, spec); err != nil {
		return nil, err
	}
	if !isBlock(spec) {
		addOverhead(spec)
	}
	return spec, nil
}

func (i *importer) class(ctx context.Context, name *string) (*storagev1.StorageClass, error) {
	if name != nil {
		return i.client.StorageV1().StorageClasses().Get(ctx, *name, metav1.GetOptions{})
	}
	classes, err := i.client.StorageV1().StorageClasses().List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	for at := range classes.Items {
		if classes.Items[at].Annotations[defaultClass] == "true" {
			return &classes.Items[at], nil
		}
	}
	return nil, fmt.Errorf("no default storage class")
}

func (i *importer) applyProfile(ctx context.Context, class string, spec *corev1.PersistentVolumeClaimSpec) error {
	if len(spec.AccessModes) > 0 && spec.VolumeMode != nil {
		return nil
	}
	profile, err := i.client.CdiClient().CdiV1beta1().StorageProfiles().Get(ctx, class, metav1.GetOptions{})
	if err != nil {
		return err
	}
	for _, set := range profile.Status.ClaimPropertySets {
		if spec.VolumeMode != nil && set.VolumeMode != nil && *spec.VolumeMode != *set.VolumeMode {
			continue
		}
		if len(spec.AccessModes) == 0 {
			spec.AccessModes = set.AccessModes
		}
		if spec.VolumeMode == nil {
			spec.VolumeMode = set.VolumeMode
		}
		return nil
	}
	return fmt.Errorf("the storage profile of %s has no fitting claim property set", class)
}

func isBlock(spec *corev1.PersistentVolumeClaimSpec) bool {
	return spec.VolumeMode != nil && *spec.VolumeMode == corev1.PersistentVolumeBlock
}

func addOverhead(spec *corev1.PersistentVolumeClaimSpec) {
	size := spec.Resources.Requests[corev1.ResourceStorage]
	mebibytes := math.Ceil(float64(size.Value()) / (1 - fileSystemOverhead) / mebibyte)
	spec.Resources.Requests[corev1.ResourceStorage] = *resource.NewQuantity(int64(mebibytes)*mebibyte, resource.BinarySI)
}
