// Package guests runs real guests: QEMU, as the lab starts it, for VirtualMachineInstances of the test bed. The bed has a
// network of its own, in which the addresses of all pods lead to this machine.
package guests

import (
	"bytes"
	"context"
	"encoding/json"
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
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	kubevirtv1 "kubevirt.io/api/core/v1"
	netdns "kubevirt.io/kubevirt/pkg/network/dns"
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
	words, err := h.prepare(ctx, m, vmi)
	if err != nil {
		return err
	}
	console, err := os.OpenFile(h.log(m, "console"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer console.Close()
	var problems bytes.Buffer
	command := exec.Command(words[0], words[1:]...)
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

// order is the input of prepare.ts.
type order struct {
	Folder   string                             `json:"folder"`
	Images   string                             `json:"images"`
	VMI      *kubevirtv1.VirtualMachineInstance `json:"vmi"`
	Secrets  map[string]map[string][]byte       `json:"secrets"`
	Claims   map[string]claim                   `json:"claims"`
	Address  string                             `json:"address"`
	Prefix   int                                `json:"prefix"`
	LinkPort int                                `json:"linkPort"`
	DNS      resolver                           `json:"dns"`
}

type claim struct {
	File string `json:"file"`
	Size int64  `json:"size"`
}

type resolver struct {
	Server string   `json:"server"`
	Search []string `json:"search"`
}

// prepare creates the disks of a guest, and returns the command line of QEMU.
func (h *Host) prepare(ctx context.Context, m *Machine, vmi *kubevirtv1.VirtualMachineInstance) ([]string, error) {
	order := order{
		Folder: m.folder, Images: h.images, VMI: vmi, Address: m.address, Prefix: prefix, LinkPort: h.link(vmi.Namespace),
		Secrets: map[string]map[string][]byte{}, Claims: map[string]claim{},
		DNS: resolver{Server: dnsAddress, Search: searchDomains(vmi)},
	}
	for i := range vmi.Spec.Volumes {
		if err := h.addVolume(ctx, &order, vmi.Namespace, &vmi.Spec.Volumes[i]); err != nil {
			return nil, err
		}
	}
	input, err := json.Marshal(order)
	if err != nil {
		return nil, err
	}
	var output, problems bytes.Buffer
	command := exec.CommandContext(ctx, h.program)
	command.Stdin, command.Stdout, command.Stderr = bytes.NewReader(input), &output, &problems
	if err := command.Run(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, strings.TrimSpace(problems.String()))
	}
	var words []string
	if err := json.Unmarshal(output.Bytes(), &words); err != nil || len(words) == 0 {
		return nil, fmt.Errorf("%s printed no command line: %w", h.program, err)
	}
	return words, nil
}

func (h *Host) addVolume(ctx context.Context, o *order, namespace string, volume *kubevirtv1.Volume) error {
	secret := ""
	switch {
	case volume.Secret != nil:
		secret = volume.Secret.SecretName
	case volume.CloudInitNoCloud != nil && volume.CloudInitNoCloud.UserDataSecretRef != nil:
		secret = volume.CloudInitNoCloud.UserDataSecretRef.Name
	}
	if secret != "" {
		object, err := h.client.CoreV1().Secrets(namespace).Get(ctx, secret, metav1.GetOptions{})
		if err != nil {
			return err
		}
		o.Secrets[secret] = object.Data
	}
	name := ""
	switch {
	case volume.PersistentVolumeClaim != nil:
		name = volume.PersistentVolumeClaim.ClaimName
	case volume.DataVolume != nil:
		name = volume.DataVolume.Name
	}
	if name != "" {
		object, err := h.client.CoreV1().PersistentVolumeClaims(namespace).Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return err
		}
		size := object.Spec.Resources.Requests[corev1.ResourceStorage]
		o.Claims[name] = claim{File: h.claim(object.UID), Size: size.Value()}
	}
	return nil
}

// Forget removes the disk of a claim that was deleted.
func (h *Host) Forget(claim types.UID) {
	if err := os.Remove(h.claim(claim)); err != nil && !os.IsNotExist(err) {
		log.Print(err)
	}
}

// searchDomains is what a guest gets from KubeVirt by DHCP: the domains of its pod, and that of its own Service.
func searchDomains(vmi *kubevirtv1.VirtualMachineInstance) []string {
	search := []string{vmi.Namespace + "." + serviceDomain, serviceDomain, clusterDomain}
	if domain := netdns.DomainNameWithSubdomain(search, vmi.Spec.Subdomain); domain != "" {
		search = append([]string{domain}, search...)
	}
	return search
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
