package guests

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kubevirtv1 "kubevirt.io/api/core/v1"
	netdns "kubevirt.io/kubevirt/pkg/network/dns"
)

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

// layout is the output of prepare.ts.
type layout struct {
	// Command is the command line of QEMU.
	Command []string `json:"command"`
	// Drives are the names of the disks in the instance, by the names of QEMU.
	Drives map[string]string `json:"drives"`
	// Balloon is the path of the balloon in QEMU.
	Balloon string `json:"balloon"`
	Taps    []*tap `json:"taps"`
}

// prepare creates the disks of a guest, and sets its layout.
func (h *Host) prepare(ctx context.Context, m *Machine, vmi *kubevirtv1.VirtualMachineInstance) error {
	order := order{
		Folder: m.folder, Images: h.images, VMI: vmi, Address: m.address, Prefix: prefix, LinkPort: h.link(vmi.Namespace),
		Secrets: map[string]map[string][]byte{}, Claims: map[string]claim{},
		DNS: resolver{Server: dnsAddress, Search: searchDomains(vmi)},
	}
	for i := range vmi.Spec.Volumes {
		if err := h.addVolume(ctx, &order, vmi.Namespace, &vmi.Spec.Volumes[i]); err != nil {
			return err
		}
	}
	input, err := json.Marshal(order)
	if err != nil {
		return err
	}
	var output, problems bytes.Buffer
	command := exec.CommandContext(ctx, h.program)
	command.Stdin, command.Stdout, command.Stderr = bytes.NewReader(input), &output, &problems
	if err := command.Run(); err != nil {
		return fmt.Errorf("%w: %s", err, strings.TrimSpace(problems.String()))
	}
	if err := json.Unmarshal(output.Bytes(), &m.layout); err != nil || len(m.layout.Command) == 0 {
		return fmt.Errorf("%s printed no command line: %w", h.program, err)
	}
	return nil
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

// searchDomains is what a guest gets from KubeVirt by DHCP: the domains of its pod, and that of its own Service.
func searchDomains(vmi *kubevirtv1.VirtualMachineInstance) []string {
	search := []string{vmi.Namespace + "." + serviceDomain, serviceDomain, clusterDomain}
	if domain := netdns.DomainNameWithSubdomain(search, vmi.Spec.Subdomain); domain != "" {
		search = append([]string{domain}, search...)
	}
	return search
}
