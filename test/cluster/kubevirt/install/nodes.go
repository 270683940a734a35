package install

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// nodes that kwok keeps alive. Each alone would hold a thousand machines: what does not fit is not what this bed tests.
func nodes(count int, kubelet int32) []runtime.Object {
	objects := make([]runtime.Object, 0, count)
	for i := range count {
		objects = append(objects, node(i, kubelet))
	}
	return objects
}

func node(i int, kubelet int32) *corev1.Node {
	name := fmt.Sprintf("worker-%d", i)
	return &corev1.Node{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Node"},
		ObjectMeta: metav1.ObjectMeta{
			Name:        name,
			Annotations: map[string]string{"kwok.x-k8s.io/node": "fake"},
			Labels: map[string]string{
				corev1.LabelHostname:                name,
				corev1.LabelArchStable:              "amd64",
				corev1.LabelOSStable:                "linux",
				corev1.LabelTopologyZone:            string(rune('a' + i%3)),
				"node-role.kubernetes.io/worker":    "",
				"machine-type.node.kubevirt.io/q35": "true",
			},
		},
		// 4096 addresses a node, out of 10.128.0.0/9.
		Spec: corev1.NodeSpec{PodCIDR: fmt.Sprintf("10.%d.%d.0/20", 128+i/16, i%16*16)},
		Status: corev1.NodeStatus{
			Capacity:    capacity(),
			Allocatable: capacity(),
			Addresses: []corev1.NodeAddress{
				{Type: corev1.NodeInternalIP, Address: fmt.Sprintf("192.168.%d.%d", i/250, i%250+1)},
				{Type: corev1.NodeHostName, Address: name},
				// The API server calls kubelets at this address.
				{Type: corev1.NodeExternalIP, Address: "127.0.0.1"},
			},
			DaemonEndpoints: corev1.NodeDaemonEndpoints{KubeletEndpoint: corev1.DaemonEndpoint{Port: kubelet}},
		},
	}
}

func capacity() corev1.ResourceList {
	list := corev1.ResourceList{}
	for name, quantity := range map[corev1.ResourceName]string{
		corev1.ResourceCPU:              "4000",
		corev1.ResourceMemory:           "32Ti",
		corev1.ResourceEphemeralStorage: "100Ti",
		corev1.ResourcePods:             "4000",
		"devices.kubevirt.io/kvm":       "4000",
		"devices.kubevirt.io/tun":       "4000",
		"devices.kubevirt.io/vhost-net": "4000",
	} {
		list[name] = resource.MustParse(quantity)
	}
	return list
}
