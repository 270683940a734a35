package handler

import (
	"context"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kubevirtv1 "kubevirt.io/api/core/v1"

	"virtwork.test/cluster/kubevirt/guests"
	"virtwork.test/cluster/kubevirt/loop"
	"virtwork.test/cluster/kubevirt/rules"
)

// guest is one VirtualMachineInstance with its launcher pods and its behavior. vmi is nil when only pods are left.
type guest struct {
	vmi  *kubevirtv1.VirtualMachineInstance
	pods []*corev1.Pod
	rule rules.Behaviour
	pace *loop.Pace

	// host is nil if the bed has no real guests, machine if this guest is not one.
	host    *guests.Host
	machine *guests.Machine
	// changed brings the next turn of this guest.
	changed func()
}

// live advances the guest by one step, and returns the time until the next step.
func (g *guest) live(ctx context.Context) time.Duration {
	switch {
	// Before Scheduled, virt-controller handles the instance. After its end there is nothing to do.
	case !g.vmi.IsScheduled() && !g.vmi.IsRunning():
		return 0
	case g.stopping():
		return g.shutDown()
	case g.vmi.IsScheduled():
		return g.boot(ctx)
	case g.ended():
		return 0
	}
	wait := g.migrate()
	g.report()
	return wait
}

func (g *guest) boot(ctx context.Context) time.Duration {
	pod := g.pod()
	if g.rule.Boot == rules.Stall || pod == nil || pod.Status.PodIP == "" {
		return 0
	}
	if wait := g.wait("boot"); wait > 0 {
		return wait
	}
	if g.rule.Boot == rules.Fail {
		g.enter(kubevirtv1.Failed)
		return 0
	}
	if g.rule.Guest == rules.Real || g.machine != nil {
		g.bootReal(ctx, pod)
		return 0
	}
	g.enter(kubevirtv1.Running)
	g.report()
	return 0
}

// stopping is true when the instance or its pod is being deleted. A launcher that is stopped shuts down its guest
// first.
func (g *guest) stopping() bool {
	pod := g.pod()
	return g.vmi.DeletionTimestamp != nil || pod != nil && pod.DeletionTimestamp != nil
}

func (g *guest) shutDown() time.Duration {
	if g.rule.Shutdown == rules.Stall || !g.shutDownReal() {
		return 0
	}
	if wait := g.wait("shutdown"); wait > 0 {
		return wait
	}
	g.enter(kubevirtv1.Succeeded)
	return 0
}

func (g *guest) wait(step string) time.Duration {
	return g.pace.Wait(g.vmi.UID, step, g.rule.Pace)
}

func (g *guest) enter(phase kubevirtv1.VirtualMachineInstancePhase) {
	g.vmi.Status.Phase = phase
	g.vmi.Status.PhaseTransitionTimestamps = append(g.vmi.Status.PhaseTransitionTimestamps,
		kubevirtv1.VirtualMachineInstancePhaseTransitionTimestamp{Phase: phase, PhaseTransitionTimestamp: metav1.Now()})
}

// pod is the launcher pod of the guest: the newest on the node of the instance.
func (g *guest) pod() *corev1.Pod {
	var newest *corev1.Pod
	for _, pod := range g.pods {
		if !g.owns(pod) || pod.Spec.NodeName == "" || pod.Spec.NodeName != g.vmi.Status.NodeName {
			continue
		}
		if newest == nil || newest.CreationTimestamp.Before(&pod.CreationTimestamp) {
			newest = pod
		}
	}
	return newest
}

// owns is false for pods of an earlier instance with the same name.
func (g *guest) owns(pod *corev1.Pod) bool {
	return g.vmi != nil && metav1.IsControlledBy(pod, g.vmi)
}
