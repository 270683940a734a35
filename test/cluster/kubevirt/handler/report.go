package handler

import (
	"crypto/sha256"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kubevirtv1 "kubevirt.io/api/core/v1"

	"virtwork.test/cluster/kubevirt/rules"
)

// report writes into the status what virt-handler reads from libvirt and the guest agent.
func (g *guest) report() {
	status := &g.vmi.Status
	// Without it virt-controller makes no target pod for a migration.
	status.SelinuxContext = "none"
	status.MigrationMethod = kubevirtv1.LiveMigration
	if machine := g.vmi.Spec.Domain.Machine; machine != nil {
		status.Machine = &kubevirtv1.Machine{Type: machine.Type}
	}
	if status.Memory != nil && status.Memory.GuestCurrent == nil {
		status.Memory.GuestCurrent = status.Memory.GuestAtBoot
	}
	g.reportInterfaces()
	g.reportDisks()
	g.reportMigratable()
	g.reportAgent()
}

func (g *guest) reportInterfaces() {
	pod := g.pod()
	if pod == nil {
		return
	}
	for i, device := range g.vmi.Spec.Domain.Devices.Interfaces {
		face := g.interfaceStatus(device.Name)
		face.IP, face.IPs = pod.Status.PodIP, []string{pod.Status.PodIP}
		face.InterfaceName = fmt.Sprintf("eth%d", i)
		face.QueueCount = 1
		face.LinkState = "up"
		face.InfoSource = "domain, guest-agent"
		if g.rule.Agent == rules.Missing {
			face.InfoSource = "domain"
		}
		if face.MAC = device.MacAddress; face.MAC == "" {
			face.MAC = macAddress(string(g.vmi.UID) + device.Name)
		}
	}
}

// interfaceStatus is a pointer into the status: virt-controller keeps fields of its own in the same entry.
func (g *guest) interfaceStatus(name string) *kubevirtv1.VirtualMachineInstanceNetworkInterface {
	faces := &g.vmi.Status.Interfaces
	at := slices.IndexFunc(*faces, func(f kubevirtv1.VirtualMachineInstanceNetworkInterface) bool { return f.Name == name })
	if at < 0 {
		*faces = append(*faces, kubevirtv1.VirtualMachineInstanceNetworkInterface{Name: name})
		at = len(*faces) - 1
	}
	return &(*faces)[at]
}

func macAddress(seed string) string {
	sum := sha256.Sum256([]byte(seed))
	return fmt.Sprintf("02:%02x:%02x:%02x:%02x:%02x", sum[0], sum[1], sum[2], sum[3], sum[4])
}

func (g *guest) reportDisks() {
	for i, disk := range g.vmi.Spec.Domain.Devices.Disks {
		for v := range g.vmi.Status.VolumeStatus {
			if volume := &g.vmi.Status.VolumeStatus[v]; volume.Name == disk.Name {
				volume.Target = fmt.Sprintf("vd%c", 'a'+i)
			}
		}
	}
}

// reportMigratable: a disk that only one node may write to keeps the guest where it is.
func (g *guest) reportMigratable() {
	for _, volume := range g.vmi.Status.VolumeStatus {
		claim := volume.PersistentVolumeClaimInfo
		if claim == nil || slices.Contains(claim.AccessModes, corev1.ReadWriteMany) {
			continue
		}
		message := fmt.Sprintf("cannot migrate VMI: PVC %s is not shared, live migration requires that all PVCs must be shared "+
			"(using ReadWriteMany access mode)", claim.ClaimName)
		g.condition(kubevirtv1.VirtualMachineInstanceIsMigratable, corev1.ConditionFalse,
			kubevirtv1.VirtualMachineInstanceReasonDisksNotMigratable, message)
		return
	}
	g.condition(kubevirtv1.VirtualMachineInstanceIsMigratable, corev1.ConditionTrue, "", "")
	g.condition(kubevirtv1.VirtualMachineInstanceIsStorageLiveMigratable, corev1.ConditionTrue, "", "")
}

func (g *guest) reportAgent() {
	if g.rule.Agent == rules.Missing || g.machine != nil && g.machine.System() == nil {
		g.vmi.Status.GuestOSInfo = kubevirtv1.VirtualMachineInstanceGuestOSInfo{}
		g.removeCondition(kubevirtv1.VirtualMachineInstanceAgentConnected)
		return
	}
	g.vmi.Status.GuestOSInfo = kubevirtv1.VirtualMachineInstanceGuestOSInfo{
		ID: "simulated", Name: "Simulated Linux", PrettyName: "Simulated Linux 1", Version: "1", VersionID: "1", Machine: "x86_64",
	}
	if g.machine != nil {
		g.vmi.Status.GuestOSInfo = g.machine.System().Info()
	}
	g.condition(kubevirtv1.VirtualMachineInstanceAgentConnected, corev1.ConditionTrue, "", "")
}

func (g *guest) condition(kind kubevirtv1.VirtualMachineInstanceConditionType, status corev1.ConditionStatus, reason, message string) {
	for i := range g.vmi.Status.Conditions {
		if c := &g.vmi.Status.Conditions[i]; c.Type == kind {
			if c.Status != status {
				c.LastTransitionTime = metav1.Now()
			}
			c.Status, c.Reason, c.Message = status, reason, message
			return
		}
	}
	g.vmi.Status.Conditions = append(g.vmi.Status.Conditions, kubevirtv1.VirtualMachineInstanceCondition{
		Type: kind, Status: status, Reason: reason, Message: message, LastTransitionTime: metav1.Now(),
	})
}

func (g *guest) removeCondition(kind kubevirtv1.VirtualMachineInstanceConditionType) {
	g.vmi.Status.Conditions = slices.DeleteFunc(g.vmi.Status.Conditions,
		func(c kubevirtv1.VirtualMachineInstanceCondition) bool { return c.Type == kind })
}
