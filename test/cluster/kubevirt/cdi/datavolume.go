package cdi

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	cdiv1 "kubevirt.io/containerized-data-importer-api/pkg/apis/core/v1beta1"

	"virtwork.test/cluster/kubevirt/rules"
)

// An importer that fails comes back in this many paces.
const restartPaces = 5

// fill brings one DataVolume a step further.
func (i *importer) fill(ctx context.Context, key string) (time.Duration, error) {
	object, exists, err := i.sources.GetStore().GetByKey(key)
	if err != nil || !exists {
		return 0, err
	}
	dv := object.(*cdiv1.DataVolume).DeepCopy()
	if dv.DeletionTimestamp != nil || dv.Status.Phase == cdiv1.Succeeded || dv.Status.Phase == cdiv1.Failed {
		return 0, nil
	}
	claim := i.claim(key)
	if claim == nil {
		if err := i.createClaim(ctx, dv); err != nil {
			return 0, err
		}
	}
	before := dv.DeepCopy()
	wait := i.advance(dv, claim)
	describe(dv, claim)
	if equality.Semantic.DeepEqual(before.Status, dv.Status) {
		return wait, nil
	}
	_, err = i.client.CdiClient().CdiV1beta1().DataVolumes(dv.Namespace).UpdateStatus(ctx, dv, metav1.UpdateOptions{})
	return wait, err
}

// advance moves the phase: pending, scheduled, in progress, succeeded.
func (i *importer) advance(dv *cdiv1.DataVolume, claim *corev1.PersistentVolumeClaim) time.Duration {
	rule := i.book.For(dv.Namespace, dv.Name)
	status := &dv.Status
	status.ClaimName = dv.Name
	scheduled, inProgress := phases(dv)
	switch {
	case rule.DataVolume == rules.Fail:
		status.Phase, status.Progress = cdiv1.Failed, "N/A"
	case claim == nil || claim.Status.Phase != corev1.ClaimBound:
		status.Phase, status.Progress = cdiv1.Pending, "N/A"
	case status.Phase != scheduled && status.Phase != inProgress:
		status.Phase, status.Progress = scheduled, "N/A"
		return rule.Pace
	case status.Phase == scheduled:
		if wait := i.wait(dv, "scheduled", rule); wait > 0 {
			return wait
		}
		status.Phase, status.Progress = inProgress, "0.00%"
		return rule.Pace
	case rule.DataVolume == rules.Stall:
	case rule.DataVolume == rules.Restart:
		return i.restart(dv, rule)
	default:
		if wait := i.wait(dv, "in progress", rule); wait > 0 {
			return wait
		}
		status.Phase, status.Progress = cdiv1.Succeeded, "100.0%"
	}
	return 0
}

// restart: what an image that cannot be had looks like, over and over.
func (i *importer) restart(dv *cdiv1.DataVolume, rule rules.Behaviour) time.Duration {
	every := restartPaces * rule.Pace
	step := fmt.Sprint("restart ", dv.Status.RestartCount)
	if wait := i.pace.Wait(dv.UID, step, every); wait > 0 {
		return wait
	}
	dv.Status.RestartCount++
	return every
}

func phases(dv *cdiv1.DataVolume) (scheduled, inProgress cdiv1.DataVolumePhase) {
	source := dv.Spec.Source
	switch {
	case dv.Spec.SourceRef != nil, source != nil && (source.PVC != nil || source.Snapshot != nil):
		return cdiv1.CloneScheduled, cdiv1.CloneInProgress
	case source != nil && source.Upload != nil:
		return cdiv1.UploadScheduled, cdiv1.UploadReady
	}
	return cdiv1.ImportScheduled, cdiv1.ImportInProgress
}

// describe says in conditions what the phase and the claim come to.
func describe(dv *cdiv1.DataVolume, claim *corev1.PersistentVolumeClaim) {
	bound, reason, message := corev1.ConditionFalse, "Pending", "PVC "+dv.Name+" Pending"
	if claim != nil && claim.Status.Phase == corev1.ClaimBound {
		bound, reason, message = corev1.ConditionTrue, "Bound", "PVC "+dv.Name+" Bound"
	}
	setCondition(dv, cdiv1.DataVolumeBound, bound, reason, message)
	ready, running := corev1.ConditionFalse, corev1.ConditionFalse
	reason, message = "", ""
	switch dv.Status.Phase {
	case cdiv1.Succeeded:
		ready, reason, message = corev1.ConditionTrue, "Completed", "Import Complete"
	case cdiv1.Failed:
		reason, message = "Error", "Unable to process data: simulated"
	case cdiv1.ImportInProgress, cdiv1.CloneInProgress:
		running, reason = corev1.ConditionTrue, "Pod is running"
		if dv.Status.RestartCount > 0 {
			running, reason, message = corev1.ConditionFalse, "Error", "Unable to connect to http data source: simulated"
		}
	}
	setCondition(dv, cdiv1.DataVolumeReady, ready, "", "")
	setCondition(dv, cdiv1.DataVolumeRunning, running, reason, message)
}

func setCondition(dv *cdiv1.DataVolume, kind cdiv1.DataVolumeConditionType, status corev1.ConditionStatus, reason, message string) {
	next := cdiv1.DataVolumeCondition{
		Type: kind, Status: status, Reason: reason, Message: message,
		LastTransitionTime: metav1.Now(), LastHeartbeatTime: metav1.Now(),
	}
	for at, old := range dv.Status.Conditions {
		if old.Type != kind {
			continue
		}
		if old.Status == status && old.Reason == reason && old.Message == message {
			return
		}
		dv.Status.Conditions[at] = next
		return
	}
	dv.Status.Conditions = append(dv.Status.Conditions, next)
}
