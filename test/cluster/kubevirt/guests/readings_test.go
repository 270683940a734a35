package guests

import (
	"bufio"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"kubevirt.io/kubevirt/pkg/monitoring/metrics/virt-handler/domainstats"
)

// qemu answers as QEMU does, with this count of written bytes.
func qemu(t *testing.T, m *Machine, written *int) {
	t.Helper()
	listener, err := net.Listen("unix", m.file("qmp"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	answers := map[string]func() string{
		"qmp_capabilities": func() string { return `{}` },
		"query-cpus-fast":  func() string { return fmt.Sprintf(`[{"cpu-index": 0, "thread-id": %d}]`, os.Getpid()) },
		"query-balloon":    func() string { return `{"actual": 1024}` },
		"qom-get":          func() string { return `{"stats": {"stat-total-memory": 1000, "stat-swap-in": 18446744073709551615}}` },
		"query-blockstats": func() string {
			return fmt.Sprintf(`[{"device": "root", "stats": {"wr_bytes": %d, "wr_total_time_ns": 2000000000}}]`, *written)
		},
	}
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			for lines := bufio.NewScanner(connection); lines.Scan(); {
				for command, answer := range answers {
					if strings.Contains(lines.Text(), `"`+command+`"`) {
						fmt.Fprintf(connection, "{\"return\": %s}\n", answer())
					}
				}
			}
		}
	}()
}

func values(t *testing.T, m *Machine, node string) map[string]float64 {
	t.Helper()
	readings, err := m.Readings(node)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]float64{}
	for _, each := range readings {
		found[each.key()] = each.Value
	}
	return found
}

func TestReadsUnderNamesOfKubeVirtAndBeginsAgainOnAnotherNode(t *testing.T) {
	m := &Machine{folder: t.TempDir(), card: "default", command: &exec.Cmd{Process: &os.Process{Pid: os.Getpid()}}}
	m.layout.Drives = map[string]string{"root": "containerdisk"}
	written := 7
	qemu(t, m, &written)

	first := values(t, m, "node-1")
	const bytes = "kubevirt_vmi_storage_write_traffic_bytes_total" + "map[drive:containerdisk]"
	for key, want := range map[string]float64{
		bytes: 7,
		"kubevirt_vmi_storage_write_times_seconds_totalmap[drive:containerdisk]": 2,
		"kubevirt_vmi_memory_available_bytesmap[]":                               1000,
		"kubevirt_vmi_memory_actual_balloon_bytesmap[]":                          1024,
		"kubevirt_vmi_network_receive_bytes_totalmap[interface:default]":         0,
	} {
		if got, ok := first[key]; !ok || got != want {
			t.Errorf("%s: got %v, want %v", key, got, want)
		}
	}
	if _, ok := first["kubevirt_vmi_memory_swap_in_traffic_bytesmap[]"]; ok {
		t.Error("reports what the guest has not reported")
	}
	if first["kubevirt_vmi_memory_resident_bytesmap[]"] < 1<<20 {
		t.Errorf("got %v", first)
	}

	written = 9
	if got := values(t, m, "node-1")[bytes]; got != 9 {
		t.Errorf("same node: got %v, want 9", got)
	}
	if got := values(t, m, "node-2")[bytes]; got != 0 {
		t.Errorf("after a migration: got %v, want 0", got)
	}
	written = 12
	after := values(t, m, "node-2")
	if after[bytes] != 3 || after["kubevirt_vmi_memory_available_bytesmap[]"] != 1000 {
		t.Errorf("after a migration: got %v, want 3 bytes and 1000 bytes of memory", after)
	}

	var known []string
	for _, metric := range domainstats.Collector.Metrics {
		known = append(known, metric.GetOpts().Name)
	}
	for _, key := range slices.Sorted(maps.Keys(first)) {
		if name, _, _ := strings.Cut(key, "map["); !slices.Contains(known, name) {
			t.Errorf("KubeVirt has no metric %s", name)
		}
	}
	for _, metric := range balloonMetrics {
		if !slices.Contains(known, metric) {
			t.Errorf("KubeVirt has no metric %s", metric)
		}
	}
}
