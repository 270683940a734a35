package cdi

import (
	"context"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"virtwork.test/cluster/kubevirt/rules"
)

// Provisioner of the bed's storage classes.
const Provisioner = "storage.bed"

const provisionedBy = "pv.kubernetes.io/provisioned-by"

// provision gives a claim of one of the bed's classes its volume; the claim's binding is the real controller's.
func (i *importer) provision(ctx context.Context, key string) (time.Duration, error) {
	claim := i.claim(key)
	if claim == nil || claim.DeletionTimestamp != nil || claim.Spec.VolumeName != "" || claim.Spec.StorageClassName == nil {
		return 0, nil
	}
	if i.book.For(claim.Namespace, claim.Name).DataVolume == rules.Stall {
		return 0, nil
	}
	volume := volumeFor(claim)
	if _, exists, err := i.volumes.GetStore().GetByKey(volume.Name); exists || err != nil {
		return 0, err
	}
	class, err := i.class(ctx, claim.Spec.StorageClassName)
	if err != nil || class.Provisioner != Provisioner {
		return 0, err
	}
	_, err = i.client.CoreV1().PersistentVolumes().Create(ctx, volume, metav1.CreateOptions{})
	return 0, err
}

func volumeFor(claim *corev1.PersistentVolumeClaim) *corev1.PersistentVolume {
	name := "pvc-" + string(claim.UID)
	return &corev1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: name, Annotations: map[string]string{provisionedBy: Provisioner}},
		Spec: corev1.PersistentVolumeSpec{
			Capacity:                      claim.Spec.Resources.Requests,
			AccessModes:                   claim.Spec.AccessModes,
			VolumeMode:                    claim.Spec.VolumeMode,
			StorageClassName:              *claim.Spec.StorageClassName,
			PersistentVolumeReclaimPolicy: corev1.PersistentVolumeReclaimDelete,
			ClaimRef: &corev1.ObjectReference{
				APIVersion: "v1", Kind: "PersistentVolumeClaim", Namespace: claim.Namespace, Name: claim.Name, UID: claim.UID,
			},
			PersistentVolumeSource: corev1.PersistentVolumeSource{
				CSI: &corev1.CSIPersistentVolumeSource{Driver: Provisioner, VolumeHandle: name},
			},
		},
	}
}

// release deletes a volume whose claim is gone.
func (i *importer) release(ctx context.Context, name string) (time.Duration, error) {
	object, exists, err := i.volumes.GetStore().GetByKey(name)
	if err != nil || !exists {
		return 0, err
	}
	volume := object.(*corev1.PersistentVolume)
	if volume.Status.Phase != corev1.VolumeReleased || volume.DeletionTimestamp != nil || volume.Annotations[provisionedBy] != Provisioner {
		return 0, nil
	}
	return 0, i.client.CoreV1().PersistentVolumes().Delete(ctx, name, metav1.DeleteOptions{})
}
