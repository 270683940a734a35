package handler

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"maps"
	"net/http"
	"strings"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/rhobs/operator-observability-toolkit/pkg/operatormetrics"
	kubevirtv1 "kubevirt.io/api/core/v1"
	"kubevirt.io/kubevirt/pkg/monitoring/metrics/virt-handler/domainstats"

	"virtwork.test/cluster/kubevirt/guests"
)

// simulation says in every answer what it is.
var simulation = prometheus.NewGaugeFunc(prometheus.GaugeOpts{
	Name: "simulated_virt_handler_info",
	Help: "This is a simulation and not KubeVirt's virt-handler. It reads the metrics kubevirt_vmi_* of real guests " +
		"from QEMU and from /proc. Simulated guests have none.",
}, func() float64 { return 1 })

// openMetrics serves KubeVirt's own metrics of real guests until the context ends, and the targets of their own metrics.
func (h *handler) openMetrics(ctx context.Context, address string) error {
	prometheus.MustRegister(simulation)
	// KubeVirt's names, types and help.
	collector := operatormetrics.Collector{Metrics: domainstats.Collector.Metrics, CollectCallback: h.readGuests}
	if err := operatormetrics.RegisterCollector(collector); err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/metrics", promhttp.Handler())
	mux.HandleFunc("/guests", h.serveTargets)
	server := &http.Server{Addr: address, Handler: mux}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	go func() {
		if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
			log.Fatalf("metrics: %v", err)
		}
	}()
	return nil
}

// readGuests reads all real guests at the same time. A guest that cannot be read has no metrics.
func (h *handler) readGuests() []operatormetrics.CollectorResult {
	known := map[string]operatormetrics.Metric{}
	for _, metric := range domainstats.Collector.Metrics {
		known[metric.GetOpts().Name] = metric
	}
	var results []operatormetrics.CollectorResult
	var lock sync.Mutex
	var reading sync.WaitGroup
	for vmi, machine := range h.realGuests() {
		reading.Add(1)
		go func() {
			defer reading.Done()
			some, err := resultsOf(known, vmi, machine)
			if err != nil {
				log.Printf("metrics of %s/%s: %v", vmi.Namespace, vmi.Name, err)
			}
			lock.Lock()
			defer lock.Unlock()
			results = append(results, some...)
		}()
	}
	reading.Wait()
	return results
}

func (h *handler) realGuests() map[*kubevirtv1.VirtualMachineInstance]*guests.Machine {
	found := map[*kubevirtv1.VirtualMachineInstance]*guests.Machine{}
	for _, object := range h.vmis.GetStore().List() {
		vmi := object.(*kubevirtv1.VirtualMachineInstance)
		if machine := h.host.Machine(vmi.UID); machine != nil && machine.Running() && vmi.IsRunning() {
			found[vmi] = machine
		}
	}
	return found
}

// target is one of the targets that Prometheus gets by HTTP.
type target struct {
	Targets []string          `json:"targets"`
	Labels  map[string]string `json:"labels"`
}

// serveTargets lists the health ports of real guests.
func (h *handler) serveTargets(w http.ResponseWriter, _ *http.Request) {
	targets := []target{}
	for vmi, machine := range h.realGuests() {
		if address := machine.HealthAddress(); address != "" {
			labels := map[string]string{"namespace": vmi.Namespace, "name": vmi.Name}
			targets = append(targets, target{[]string{address}, labels})
		}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(targets)
}

func resultsOf(
	known map[string]operatormetrics.Metric, vmi *kubevirtv1.VirtualMachineInstance, machine *guests.Machine,
) ([]operatormetrics.CollectorResult, error) {
	readings, err := machine.Readings(vmi.Status.NodeName)
	if err != nil {
		return nil, err
	}
	var results []operatormetrics.CollectorResult
	for _, reading := range readings {
		metric, ok := known[reading.Metric]
		if !ok {
			return nil, fmt.Errorf("KubeVirt has no metric %s", reading.Metric)
		}
		labels := labelsOf(vmi)
		maps.Copy(labels, reading.Labels)
		results = append(results, operatormetrics.CollectorResult{Metric: metric, ConstLabels: labels, Value: reading.Value})
	}
	return results, nil
}

// inLabelName replaces what the name of a label of Prometheus cannot contain.
var inLabelName = strings.NewReplacer(".", "_", "/", "_", "-", "_")

// labelsOf returns the labels that KubeVirt gives each metric of an instance.
func labelsOf(vmi *kubevirtv1.VirtualMachineInstance) map[string]string {
	labels := map[string]string{}
	for key, value := range vmi.Labels {
		labels["kubernetes_vmi_label_"+inLabelName.Replace(key)] = value
	}
	labels["node"], labels["namespace"], labels["name"] = vmi.Status.NodeName, vmi.Namespace, vmi.Name
	return labels
}
