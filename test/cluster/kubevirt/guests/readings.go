package guests

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// The unit of CPU time in /proc: every Linux has 100 per second.
const ticksPerSecond = 100

// Reading is what an outsider sees of a guest: the value of one of KubeVirt's metrics.
type Reading struct {
	Metric string
	// Labels in addition to those of the instance.
	Labels map[string]string
	Value  float64
}

func (r Reading) isCounter() bool { return strings.HasSuffix(r.Metric, "_total") }

func (r Reading) key() string { return fmt.Sprint(r.Metric, r.Labels) }

// Readings reads the process of QEMU and asks QEMU, on behalf of the virt-handler of a node. When the node has changed,
// counters begin with 0, because KubeVirt migrates a guest into a new process.
func (m *Machine) Readings(node string) ([]Reading, error) {
	readings, err := m.read()
	if err != nil {
		return nil, err
	}
	m.lock.Lock()
	defer m.lock.Unlock()
	if m.node != node {
		if m.node != "" {
			m.origin = map[string]float64{}
			for _, each := range readings {
				m.origin[each.key()] = each.Value
			}
		}
		m.node = node
	}
	for i, each := range readings {
		if each.isCounter() {
			readings[i].Value -= m.origin[each.key()]
		}
	}
	return readings, nil
}

func (m *Machine) read() ([]Reading, error) {
	c, err := m.talk()
	if err != nil {
		return nil, err
	}
	defer c.Close()
	var readings []Reading
	for _, part := range []func(*conversation) ([]Reading, error){m.readCPU, m.readVCPUs, m.readMemory, m.readDrives} {
		some, err := part(c)
		if err != nil {
			return nil, err
		}
		readings = append(readings, some...)
	}
	return append(readings, m.readNetwork()...), nil
}

func (m *Machine) readCPU(*conversation) ([]Reading, error) {
	user, system, err := cpuTime(m.proc("stat"))
	return []Reading{
		{Metric: "kubevirt_vmi_cpu_usage_seconds_total", Value: user + system},
		{Metric: "kubevirt_vmi_cpu_user_usage_seconds_total", Value: user},
		{Metric: "kubevirt_vmi_cpu_system_usage_seconds_total", Value: system},
	}, err
}

func (m *Machine) readVCPUs(c *conversation) ([]Reading, error) {
	var cpus []struct {
		Index  int `json:"cpu-index"`
		Thread int `json:"thread-id"`
	}
	if err := c.ask(&cpus, "query-cpus-fast", nil); err != nil {
		return nil, err
	}
	var readings []Reading
	for _, cpu := range cpus {
		user, system, err := cpuTime(m.proc("task", strconv.Itoa(cpu.Thread), "stat"))
		if err != nil {
			return nil, err
		}
		labels := map[string]string{"id": strconv.Itoa(cpu.Index), "state": "running"}
		readings = append(readings, Reading{"kubevirt_vmi_vcpu_seconds_total", labels, user + system})
	}
	return readings, nil
}

// cpuTime reads the seconds in user mode and in system mode of a process or thread.
func cpuTime(file string) (user, system float64, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, 0, err
	}
	// The name of the process may contain spaces. The third field, the state, is behind it.
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	if len(fields) < 13 {
		return 0, 0, fmt.Errorf("%s: unexpected %q", file, text)
	}
	user, err = strconv.ParseFloat(fields[11], 64)
	if err != nil {
		return 0, 0, err
	}
	system, err = strconv.ParseFloat(fields[12], 64)
	return user / ticksPerSecond, system / ticksPerSecond, err
}

// What the balloon driver of the guest reports, by KubeVirt's names. KubeVirt's traffic of swap is a gauge.
var balloonMetrics = map[string]string{
	"stat-total-memory":     "kubevirt_vmi_memory_available_bytes",
	"stat-available-memory": "kubevirt_vmi_memory_usable_bytes",
	"stat-free-memory":      "kubevirt_vmi_memory_unused_bytes",
	"stat-disk-caches":      "kubevirt_vmi_memory_cached_bytes",
	"stat-swap-in":          "kubevirt_vmi_memory_swap_in_traffic_bytes",
	"stat-swap-out":         "kubevirt_vmi_memory_swap_out_traffic_bytes",
	"stat-major-faults":     "kubevirt_vmi_memory_pgmajfault_total",
	"stat-minor-faults":     "kubevirt_vmi_memory_pgminfault_total",
}

func (m *Machine) readMemory(c *conversation) ([]Reading, error) {
	resident, err := residentBytes(m.proc("statm"))
	if err != nil {
		return nil, err
	}
	readings := []Reading{{Metric: "kubevirt_vmi_memory_resident_bytes", Value: resident}}
	var balloon struct{ Actual float64 }
	if err := c.ask(&balloon, "query-balloon", nil); err != nil {
		return nil, err
	}
	readings = append(readings, Reading{Metric: "kubevirt_vmi_memory_actual_balloon_bytes", Value: balloon.Actual})
	var guest struct{ Stats map[string]uint64 }
	if err := c.ask(&guest, "qom-get", map[string]any{"path": m.layout.Balloon, "property": "guest-stats"}); err != nil {
		return nil, err
	}
	for name, metric := range balloonMetrics {
		// QEMU's value for what the guest has not reported.
		if value, ok := guest.Stats[name]; ok && value != math.MaxUint64 {
			readings = append(readings, Reading{Metric: metric, Value: float64(value)})
		}
	}
	return readings, nil
}

func residentBytes(file string) (float64, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(text))
	if len(fields) < 2 {
		return 0, fmt.Errorf("%s: unexpected %q", file, text)
	}
	pages, err := strconv.ParseFloat(fields[1], 64)
	return pages * float64(os.Getpagesize()), err
}

func (m *Machine) readDrives(c *conversation) ([]Reading, error) {
	var drives []struct {
		Device string
		Stats  struct {
			ReadBytes  float64 `json:"rd_bytes"`
			Reads      float64 `json:"rd_operations"`
			ReadTime   float64 `json:"rd_total_time_ns"`
			WriteBytes float64 `json:"wr_bytes"`
			Writes     float64 `json:"wr_operations"`
			WriteTime  float64 `json:"wr_total_time_ns"`
			Flushes    float64 `json:"flush_operations"`
			FlushTime  float64 `json:"flush_total_time_ns"`
		}
	}
	if err := c.ask(&drives, "query-blockstats", nil); err != nil {
		return nil, err
	}
	var readings []Reading
	for _, drive := range drives {
		name, ok := m.layout.Drives[drive.Device]
		if !ok {
			return nil, fmt.Errorf("query-blockstats: unknown drive %q", drive.Device)
		}
		labels := map[string]string{"drive": name}
		s := drive.Stats
		readings = append(readings,
			Reading{"kubevirt_vmi_storage_iops_read_total", labels, s.Reads},
			Reading{"kubevirt_vmi_storage_iops_write_total", labels, s.Writes},
			Reading{"kubevirt_vmi_storage_read_traffic_bytes_total", labels, s.ReadBytes},
			Reading{"kubevirt_vmi_storage_write_traffic_bytes_total", labels, s.WriteBytes},
			Reading{"kubevirt_vmi_storage_flush_requests_total", labels, s.Flushes},
			Reading{"kubevirt_vmi_storage_read_times_seconds_total", labels, s.ReadTime / 1e9},
			Reading{"kubevirt_vmi_storage_write_times_seconds_total", labels, s.WriteTime / 1e9},
			Reading{"kubevirt_vmi_storage_flush_times_seconds_total", labels, s.FlushTime / 1e9},
		)
	}
	return readings, nil
}

// readNetwork adds up all cards: the guest has one for the other guests and one for this machine in place of the first
// interface of its instance.
func (m *Machine) readNetwork() []Reading {
	var sent, sentBytes, received, receivedBytes float64
	for _, tap := range m.layout.Taps {
		frames, bytes := float64(tap.frames.Load()), float64(tap.bytes.Load())
		if tap.Sent {
			sent, sentBytes = sent+frames, sentBytes+bytes
		} else {
			received, receivedBytes = received+frames, receivedBytes+bytes
		}
	}
	labels := map[string]string{"interface": m.card}
	return []Reading{
		{"kubevirt_vmi_network_transmit_packets_total", labels, sent},
		{"kubevirt_vmi_network_transmit_bytes_total", labels, sentBytes},
		{"kubevirt_vmi_network_receive_packets_total", labels, received},
		{"kubevirt_vmi_network_receive_bytes_total", labels, receivedBytes},
	}
}

// ask sends a command, and reads its answer.
func (c *conversation) ask(result any, command string, arguments map[string]any) error {
	answer, err := c.say(command, arguments)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(answer, result); err != nil {
		return fmt.Errorf("%s: %w", command, err)
	}
	return nil
}

func (m *Machine) proc(names ...string) string {
	m.lock.Lock()
	defer m.lock.Unlock()
	return filepath.Join(append([]string{"/proc", strconv.Itoa(m.command.Process.Pid)}, names...)...)
}
