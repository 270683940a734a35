package handler

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kubevirtv1 "kubevirt.io/api/core/v1"

	"virtwork.test/cluster/kubevirt/rules"
)

// migrate simulates both nodes of a live migration, from the handover of the target pod to the end. In between,
// virt-controller advances the phases of the migration object.
func (g *guest) migrate() time.Duration {
	state := g.vmi.Status.MigrationState
	if state == nil || state.MigrationUID == "" || state.EndTimestamp != nil {
		// A target that is deleted before the handover leaves its label.
		delete(g.vmi.Labels, kubevirtv1.MigrationTargetNodeNameLabel)
		return 0
	}
	step := func(name string) time.Duration { return g.wait("migration " + string(state.MigrationUID) + " " + name) }
	switch {
	case state.AbortRequested:
		state.AbortStatus = kubevirtv1.MigrationAbortSucceeded
		g.endMigration("Live migration aborted")
		return 0
	case state.TargetNodeAddress == "":
		g.openTarget(state)
		return 0
	case state.StartTimestamp == nil:
		if wait := step("start"); wait > 0 {
			return wait
		}
		state.StartTimestamp, state.Mode = now(), kubevirtv1.MigrationPreCopy
		return g.rule.Pace
	// Not earlier, because virt-controller forwards an abort only after the migration runs.
	case g.rule.Migration == rules.Stall:
		return 0
	}
	if wait := step("copy"); wait > 0 {
		return wait
	}
	if g.rule.Migration == rules.Fail {
		g.endMigration("Live migration failed: simulated")
		return 0
	}
	done, err := g.moveReal(state)
	if err != nil {
		g.endMigration("Live migration failed: " + err.Error())
		return 0
	}
	if !done {
		return 0
	}
	g.moveToTarget(state)
	g.endMigration("")
	return 0
}

// openTarget reports the address of the target. No connection is ever made.
func (g *guest) openTarget(state *kubevirtv1.VirtualMachineInstanceMigrationState) {
	for _, pod := range g.pods {
		if pod.Name == state.TargetPod {
			state.TargetNodeAddress = pod.Status.HostIP
			state.TargetDirectMigrationNodePorts = map[string]int{"49152": 0}
		}
	}
}

func (g *guest) moveToTarget(state *kubevirtv1.VirtualMachineInstanceMigrationState) {
	state.TargetNodeDomainDetected, state.TargetNodeDomainReadyTimestamp = true, now()
	g.vmi.Labels[kubevirtv1.NodeNameLabel] = state.TargetNode
	delete(g.vmi.Labels, kubevirtv1.OutdatedLauncherImageLabel)
	delete(g.vmi.Annotations, kubevirtv1.EvictionSourceAnnotation)
	g.vmi.Status.NodeName = state.TargetNode
	g.vmi.Status.EvacuationNodeName = ""
	g.vmi.Status.LauncherContainerImageVersion = ""
	g.plugIn()
}

// plugIn completes the hotplug of CPUs and memory, which happens with the migration.
func (g *guest) plugIn() {
	if cpu := g.vmi.Spec.Domain.CPU; cpu != nil && g.vmi.Status.CurrentCPUTopology != nil {
		g.vmi.Status.CurrentCPUTopology = &kubevirtv1.CPUTopology{Sockets: cpu.Sockets, Cores: cpu.Cores, Threads: cpu.Threads}
	}
	if memory := g.vmi.Spec.Domain.Memory; memory != nil && g.vmi.Status.Memory != nil {
		g.vmi.Status.Memory.GuestRequested, g.vmi.Status.Memory.GuestCurrent = memory.Guest, memory.Guest
	}
	for _, kind := range []kubevirtv1.VirtualMachineInstanceConditionType{
		kubevirtv1.VirtualMachineInstanceVCPUChange, kubevirtv1.VirtualMachineInstanceMemoryChange,
		kubevirtv1.VirtualMachineInstanceMigrationRequired,
	} {
		g.removeCondition(kind)
	}
	for _, label := range []string{
		kubevirtv1.VirtualMachinePodCPULimitsLabel, kubevirtv1.VirtualMachinePodMemoryRequestsLabel,
		kubevirtv1.MemoryHotplugOverheadRatioLabel,
	} {
		delete(g.vmi.Labels, label)
	}
}

func (g *guest) endMigration(failure string) {
	state := g.vmi.Status.MigrationState
	state.EndTimestamp, state.Completed = now(), true
	state.Failed, state.FailureReason = failure != "", failure
	delete(g.vmi.Labels, kubevirtv1.MigrationTargetNodeNameLabel)
}

// awaited is true for the target pod of a migration that has not ended.
func (g *guest) awaited(pod *corev1.Pod) bool {
	state := g.vmi.Status.MigrationState
	if state == nil || state.EndTimestamp != nil || state.TargetPod != pod.Name {
		// The target pod is created before the migration state names it.
		_, target := pod.Labels[kubevirtv1.MigrationJobLabel]
		return target && (state == nil || string(state.MigrationUID) != pod.Labels[kubevirtv1.MigrationJobLabel])
	}
	return true
}

func now() *metav1.Time {
	t := metav1.Now()
	return &t
}
