package guests

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// keepProbing runs the readiness probe of the launcher pod against the guest, as a kubelet does.
func (m *Machine) keepProbing() {
	probe := m.probe
	if probe == nil || !m.pause(seconds(probe.InitialDelaySeconds)) {
		return
	}
	var successes, failures int32
	for {
		m.lock.Lock()
		healthy := m.healthy
		m.lock.Unlock()
		url := fmt.Sprintf("http://%s%s", m.HealthAddress(), probe.HTTPGet.Path)
		if answers(url, seconds(probe.TimeoutSeconds)) {
			successes, failures = successes+1, 0
		} else {
			successes, failures = 0, failures+1
		}
		switch {
		case !healthy && successes >= max(1, probe.SuccessThreshold):
			m.change(func() { m.healthy = true })
		case healthy && failures >= max(1, probe.FailureThreshold):
			m.change(func() { m.healthy = false })
		}
		if !m.pause(seconds(max(1, probe.PeriodSeconds))) {
			return
		}
	}
}

// HealthAddress is the health port at the address of the launcher pod, "" without one.
func (m *Machine) HealthAddress() string {
	m.lock.Lock()
	defer m.lock.Unlock()
	if m.port == 0 {
		return ""
	}
	return net.JoinHostPort(m.address, fmt.Sprint(m.port))
}

// A kubelet does not reuse connections either.
var prober = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

func answers(url string, timeout time.Duration) bool {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	response, err := prober.Do(request)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, io.LimitReader(response.Body, 10<<10))
	return err == nil && response.StatusCode >= 200 && response.StatusCode < 400
}

// probeOf returns the readiness probe of a launcher pod, nil if it has none that asks the guest by HTTP.
func probeOf(pod *corev1.Pod) *corev1.Probe {
	for _, container := range pod.Spec.Containers {
		if container.ReadinessProbe != nil && container.ReadinessProbe.HTTPGet != nil {
			return container.ReadinessProbe
		}
	}
	return nil
}

func seconds(count int32) time.Duration { return time.Duration(count) * time.Second }
