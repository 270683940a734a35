// Package guests runs real guests: QEMU, as the lab starts it, for VirtualMachineInstances of the test bed. The bed has a
// network of its own, in which the addresses of all pods lead to this machine.
package guests

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	kubevirtv1 "kubevirt.io/api/core/v1"
)

const (
	// prefix is the size of the pod network, 10.128.0.0/9.
	prefix = 9
	// The first of the UDP ports of links. Each namespace has its own link.
	firstLinkPort = 7000
)

// Host runs the guests of all nodes.
type Host struct {
	client kubernetes.Interface
	// Program creates the disks of a guest, and prints the command line of QEMU.
	program string
	images  string
	state   string
	logs    string
	starts  chan func()

	lock     sync.Mutex
	machines map[types.UID]*Machine
	links    map[string]int
}

// Settings of a host. Program and images are those of prepare.ts, state is a folder for disks.
type Settings struct{ Program, Images, State, Logs string }

// NewHost returns a host without guests.
func NewHost(client kubernetes.Interface, s Settings) (*Host, error) {
	h := &Host{
		client: client, program: s.Program, images: s.Images, state: s.State, logs: s.Logs,
		starts:   make(chan func()),
		machines: map[types.UID]*Machine{},
		links:    map[string]int{},
	}
	if err := h.removeLost(); err != nil {
		return nil, err
	}
	for _, folder := range []string{h.claims(), h.logs} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return nil, err
		}
	}
	go h.startProcesses()
	return h, nil
}

// removeLost removes the disks of guests that ended with an earlier process of this program. Those of claims are kept.
func (h *Host) removeLost() error {
	entries, err := os.ReadDir(h.state)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	for _, entry := range entries {
		if folder := filepath.Join(h.state, entry.Name()); folder != h.claims() {
			if err := os.RemoveAll(folder); err != nil {
				return err
			}
		}
	}
	return nil
}

// startProcesses starts all processes on one thread that lives as long as this program. The kernel kills a process when
// the thread that started it ends.
func (h *Host) startProcesses() {
	runtime.LockOSThread()
	for start := range h.starts {
		start()
	}
}

// Machine returns the guest of an instance, nil if it has none.
func (h *Host) Machine(uid types.UID) *Machine {
	h.lock.Lock()
	defer h.lock.Unlock()
	return h.machines[uid]
}

// Start boots the guest of an instance, with the address and the readiness probe of its launcher pod. It does not wait,
// and calls changed after each change of the guest.
func (h *Host) Start(ctx context.Context, vmi *kubevirtv1.VirtualMachineInstance, pod *corev1.Pod, changed func()) {
	m := &Machine{
		key:     vmi.Namespace + "/" + vmi.Name,
		folder:  filepath.Join(h.state, string(vmi.UID)),
		address: pod.Status.PodIP,
		probe:   probeOf(pod),
		card:    cardOf(vmi),
		changed: changed,
		ended:   make(chan struct{}),
	}
	if m.probe != nil {
		m.port = m.probe.HTTPGet.Port.IntValue()
	}
	h.lock.Lock()
	h.machines[vmi.UID] = m
	h.lock.Unlock()
	go func() {
		if err := h.live(ctx, m, vmi); err != nil {
			log.Printf("%s: %v", m.key, err)
			m.lock.Lock()
			m.failure = err
			m.lock.Unlock()
		}
		if err := os.RemoveAll(m.folder); err != nil {
			log.Printf("%s: %v", m.key, err)
		}
		close(m.ended)
		changed()
	}()
}

// Keep kills all guests of a key except that of an instance; "" for all.
func (h *Host) Keep(key string, uid types.UID) {
	h.lock.Lock()
	defer h.lock.Unlock()
	for id, m := range h.machines {
		if m.key == key && id != uid {
			m.kill()
			delete(h.machines, id)
		}
	}
}

// live runs QEMU to its end.
func (h *Host) live(ctx context.Context, m *Machine, vmi *kubevirtv1.VirtualMachineInstance) error {
	if err := h.prepare(ctx, m, vmi); err != nil {
		return err
	}
	for _, tap := range m.layout.Taps {
		if err := tap.listen(m); err != nil {
			return err
		}
	}
	console, err := os.OpenFile(h.log(m, "console"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer console.Close()
	var problems bytes.Buffer
	command := exec.Command(m.layout.Command[0], m.layout.Command[1:]...)
	command.Dir, command.Stdout, command.Stderr = m.folder, console, &problems
	if err := h.start(command, m); err != nil {
		return err
	}
	go m.keepProbing()
	go m.awaitAgent()
	m.changed()
	if err := command.Wait(); err != nil {
		return fmt.Errorf("QEMU: %w\n%s", err, problems.String())
	}
	return nil
}

func (h *Host) start(command *exec.Cmd, m *Machine) error {
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	result := make(chan error)
	h.starts <- func() {
		m.lock.Lock()
		defer m.lock.Unlock()
		if m.down {
			result <- fmt.Errorf("stopped before it started")
			return
		}
		err := command.Start()
		if err == nil {
			m.command = command
		}
		result <- err
	}
	return <-result
}

// Forget removes the disk of a claim that was deleted.
func (h *Host) Forget(claim types.UID) {
	if err := os.Remove(h.claim(claim)); err != nil && !os.IsNotExist(err) {
		log.Print(err)
	}
}

func cardOf(vmi *kubevirtv1.VirtualMachineInstance) string {
	if interfaces := vmi.Spec.Domain.Devices.Interfaces; len(interfaces) > 0 {
		return interfaces[0].Name
	}
	return "default"
}

func (h *Host) link(namespace string) int {
	h.lock.Lock()
	defer h.lock.Unlock()
	if _, ok := h.links[namespace]; !ok {
		h.links[namespace] = firstLinkPort + len(h.links)
	}
	return h.links[namespace]
}

func (h *Host) claims() string { return filepath.Join(h.state, "claims") }

func (h *Host) claim(uid types.UID) string { return filepath.Join(h.claims(), string(uid)) }

func (h *Host) log(m *Machine, name string) string {
	return filepath.Join(h.logs, strings.ReplaceAll(m.key, "/", "-")+"-"+name+".log")
}
