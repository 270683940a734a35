package guests

import (
	"encoding/json"
	"fmt"
	"time"

	kubevirtv1 "kubevirt.io/api/core/v1"
)

// System is the operating system of a guest, as its agent reports it.
type System struct {
	ID            string `json:"id"`
	Name          string `json:"name"`
	PrettyName    string `json:"pretty-name"`
	Version       string `json:"version"`
	VersionID     string `json:"version-id"`
	Machine       string `json:"machine"`
	KernelRelease string `json:"kernel-release"`
	KernelVersion string `json:"kernel-version"`
}

// Info is the system in the form of KubeVirt.
func (s System) Info() kubevirtv1.VirtualMachineInstanceGuestOSInfo {
	return kubevirtv1.VirtualMachineInstanceGuestOSInfo{
		ID: s.ID, Name: s.Name, PrettyName: s.PrettyName, Version: s.Version, VersionID: s.VersionID, Machine: s.Machine,
		KernelRelease: s.KernelRelease, KernelVersion: s.KernelVersion,
	}
}

// awaitAgent asks for the operating system until the agent answers.
func (m *Machine) awaitAgent() {
	for m.pause(5 * time.Second) {
		result, err := m.agent("guest-get-osinfo", nil)
		if err != nil {
			continue
		}
		var system System
		if json.Unmarshal(result, &system) == nil {
			m.change(func() { m.system = &system })
			return
		}
	}
}

// run runs a program in the guest until it exits.
func (m *Machine) run(path string, args ...string) error {
	result, err := m.agent("guest-exec", map[string]any{"path": path, "arg": args})
	if err != nil {
		return err
	}
	var process struct {
		PID int `json:"pid"`
	}
	if err := json.Unmarshal(result, &process); err != nil {
		return err
	}
	for m.pause(200 * time.Millisecond) {
		result, err := m.agent("guest-exec-status", map[string]any{"pid": process.PID})
		if err != nil {
			return err
		}
		var status struct {
			Exited   bool `json:"exited"`
			ExitCode int  `json:"exitcode"`
		}
		if err := json.Unmarshal(result, &status); err != nil {
			return err
		}
		if status.Exited && status.ExitCode != 0 {
			return fmt.Errorf("%s %v: exit code %d", path, args, status.ExitCode)
		}
		if status.Exited {
			return nil
		}
	}
	return fmt.Errorf("%s %v: the guest ended", path, args)
}
