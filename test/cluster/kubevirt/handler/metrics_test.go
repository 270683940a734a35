package handler

import (
	"context"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/cache"
	kubevirtv1 "kubevirt.io/api/core/v1"
)

func TestSaysThatItIsASimulation(t *testing.T) {
	const address = "127.0.0.8:9100"
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	h := &handler{vmis: cache.NewSharedIndexInformer(nil, &kubevirtv1.VirtualMachineInstance{}, 0, cache.Indexers{})}
	if err := h.openMetrics(ctx, address); err != nil {
		t.Fatal(err)
	}
	var text []byte
	for end := time.Now().Add(10 * time.Second); len(text) == 0 && time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if response, err := http.Get("http://" + address + "/metrics"); err == nil {
			text, _ = io.ReadAll(response.Body)
			_ = response.Body.Close()
		}
	}
	for _, want := range []string{
		"# HELP simulated_virt_handler_info This is a simulation and not KubeVirt's virt-handler.",
		"simulated_virt_handler_info 1",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("got %s\nwant %s", text, want)
		}
	}
}

func TestLabelsAreThoseOfKubeVirt(t *testing.T) {
	vmi := &kubevirtv1.VirtualMachineInstance{ObjectMeta: metav1.ObjectMeta{
		Namespace: "ns", Name: "vm", Labels: map[string]string{"app.kubernetes.io/part-of": "virtwork", "name": "other"},
	}}
	vmi.Status.NodeName = "node-1"
	want := map[string]string{
		"node": "node-1", "namespace": "ns", "name": "vm",
		"kubernetes_vmi_label_app_kubernetes_io_part_of": "virtwork", "kubernetes_vmi_label_name": "other",
	}
	if got := labelsOf(vmi); !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
