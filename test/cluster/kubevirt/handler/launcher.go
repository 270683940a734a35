package handler

import (
	"context"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"virtwork.test/cluster/kubevirt/rules"
)

// The container of a launcher pod that holds the guest, and its readiness probe.
const compute = "compute"

// syncPods plays the kubelet where it depends on the guest: a launcher is ready when the guest answers its probe, and
// ends when the guest has.
func (h *handler) syncPods(ctx context.Context, g *guest) error {
	for _, pod := range g.pods {
		after := pod.DeepCopy()
		g.syncPod(after)
		if equality.Semantic.DeepEqual(pod.Status, after.Status) {
			continue
		}
		if _, err := h.client.CoreV1().Pods(pod.Namespace).UpdateStatus(ctx, after, metav1.UpdateOptions{}); err != nil {
			return err
		}
	}
	return nil
}

func (g *guest) syncPod(pod *corev1.Pod) {
	switch {
	case pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed:
	case g.over(pod):
		finish(pod)
	case pod.Status.Phase == corev1.PodRunning && pod.DeletionTimestamp == nil:
		answer(pod, g.healthy(pod))
	}
}

// over is true for a launcher whose guest has ended, has moved on, or never came.
func (g *guest) over(pod *corev1.Pod) bool {
	if g.vmi == nil || !g.owns(pod) {
		return pod.DeletionTimestamp != nil
	}
	if g.vmi.IsFinal() {
		return true
	}
	if !g.vmi.IsScheduled() && !g.vmi.IsRunning() {
		return pod.DeletionTimestamp != nil
	}
	if pod.Spec.NodeName == "" || pod.Spec.NodeName == g.vmi.Status.NodeName {
		return false
	}
	return pod.DeletionTimestamp != nil || !g.awaited(pod)
}

func (g *guest) healthy(pod *corev1.Pod) bool {
	if !hasProbe(pod) {
		return true
	}
	if g.vmi == nil || !g.vmi.IsRunning() || pod.Spec.NodeName != g.vmi.Status.NodeName {
		return false
	}
	return g.rule.Health == rules.OK && (g.machine == nil || g.machine.Healthy())
}

func hasProbe(pod *corev1.Pod) bool {
	return slices.ContainsFunc(pod.Spec.Containers, func(c corev1.Container) bool { return c.Name == compute && c.ReadinessProbe != nil })
}

// answer carries the probe's answer into the statuses, as a kubelet does.
func answer(pod *corev1.Pod, healthy bool) {
	for i := range pod.Status.ContainerStatuses {
		if status := &pod.Status.ContainerStatuses[i]; status.Name == compute {
			status.Ready = healthy
		}
	}
	if !healthy {
		reason, message := "ContainersNotReady", "containers with unready status: ["+compute+"]"
		setCondition(pod, corev1.ContainersReady, corev1.ConditionFalse, reason, message)
		setCondition(pod, corev1.PodReady, corev1.ConditionFalse, reason, message)
		return
	}
	setCondition(pod, corev1.ContainersReady, corev1.ConditionTrue, "", "")
	if !gatesOpen(pod) {
		setCondition(pod, corev1.PodReady, corev1.ConditionFalse, "ReadinessGatesNotReady", "a readiness gate is not open")
		return
	}
	setCondition(pod, corev1.PodReady, corev1.ConditionTrue, "", "")
}

// gatesOpen: virt-controller's gate says that the guest is not paused.
func gatesOpen(pod *corev1.Pod) bool {
	for _, gate := range pod.Spec.ReadinessGates {
		open := slices.ContainsFunc(pod.Status.Conditions, func(c corev1.PodCondition) bool {
			return c.Type == gate.ConditionType && c.Status == corev1.ConditionTrue
		})
		if !open {
			return false
		}
	}
	return true
}

// finish: the launcher has nothing left to run. A stage of kwok then removes the pod if it is being deleted.
func finish(pod *corev1.Pod) {
	pod.Status.Phase = corev1.PodSucceeded
	// Sidecars are init containers that still run.
	for _, statuses := range [][]corev1.ContainerStatus{pod.Status.ContainerStatuses, pod.Status.InitContainerStatuses} {
		for i := range statuses {
			if status := &statuses[i]; status.State.Running != nil {
				status.Ready = false
				status.State = corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{Reason: "Completed", FinishedAt: metav1.Now()}}
			}
		}
	}
	setCondition(pod, corev1.ContainersReady, corev1.ConditionFalse, "PodCompleted", "")
	setCondition(pod, corev1.PodReady, corev1.ConditionFalse, "PodCompleted", "")
}

func setCondition(pod *corev1.Pod, kind corev1.PodConditionType, status corev1.ConditionStatus, reason, message string) {
	condition := corev1.PodCondition{Type: kind, Status: status, Reason: reason, Message: message, LastTransitionTime: metav1.Now()}
	for i, old := range pod.Status.Conditions {
		if old.Type != kind {
			continue
		}
		if old.Status == status {
			condition.LastTransitionTime = old.LastTransitionTime
		}
		condition.LastProbeTime, condition.ObservedGeneration = old.LastProbeTime, old.ObservedGeneration
		pod.Status.Conditions[i] = condition
		return
	}
	pod.Status.Conditions = append(pod.Status.Conditions, condition)
}
